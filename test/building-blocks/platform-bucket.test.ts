import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as notifications from 'aws-cdk-lib/aws-s3-notifications';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PlatformBucket, type PlatformBucketProps } from '../../src/building-blocks/platform-bucket';
import type { IConnectedService } from '../../src/contracts';
import { Tier } from '../../src/environment/tier';
import { PlatformService } from '../../src/platform-service/platform-service';
import { agnosticStackOf, stackOf, vpcIn, workerProps } from '../support';

const BUCKET = 'AWS::S3::Bucket';
const POLICY = 'AWS::IAM::ManagedPolicy';

/** A service that somebody else wrote. */
class Tasks extends Construct implements IConnectedService {
  public readonly connections = new ec2.Connections();
  public readonly maxTasks = 1;

  constructor(scope: Construct, id: string, public readonly grantPrincipal: iam.IPrincipal) {
    super(scope, id);
  }
}

function templateOf(props: PlatformBucketProps = {}, tier: Tier = Tier.PROD): Template {
  const stack = stackOf(tier);
  new PlatformBucket(stack, 'Uploads', props);
  return Template.fromStack(stack);
}

/** The bucket with the objects, not the one with the record of requests. */
function bucketOf(template: Template): [string, any] {
  const [bucket, ...others] = Object.entries(template.findResources(BUCKET)).filter(([, { Properties }]) => Properties.LoggingConfiguration.DestinationBucketName);
  expect(others).toEqual([]);
  return bucket;
}

function keyOf(template: Template): string {
  const [key] = Object.keys(template.findResources('AWS::KMS::Key', { Properties: { Description: 'Objects of the bucket Shop/Uploads' } }));
  return key;
}

function workerIn(stack: Stack): PlatformService {
  return new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));
}

function taskRoleOf(template: Template): any {
  return Object.entries(template.findResources('AWS::IAM::Role')).find(([id]) => id.includes('TaskRole'))![1].Properties;
}

function environmentOf(template: Template): any {
  return Object.values(template.findResources('AWS::ECS::TaskDefinition'))[0].Properties.ContainerDefinitions[0].Environment;
}

/** Statements as a policy on this bucket should have them. */
function access(template: Template, objects: string | string[], key: string | string[]): any[] {
  const arn = { 'Fn::GetAtt': [bucketOf(template)[0], 'Arn'] };
  return [
    { Effect: 'Allow', Action: objects, Resource: { 'Fn::Join': ['', [arn, '/*']] } },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: arn },
    { Effect: 'Allow', Action: key, Resource: { 'Fn::GetAtt': [keyOf(template), 'Arn'] } },
  ];
}

const reading = (template: Template) => access(template, 's3:GetObject', 'kms:Decrypt');
const writing = (template: Template) => access(template, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], ['kms:Decrypt', 'kms:GenerateDataKey']);

describe('the bucket', () => {
  test('is private, versioned, and encrypted with a key of its own', () => {
    const template = templateOf();
    const [, { Properties }] = bucketOf(template);

    expect(Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{
          BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [keyOf(template), 'Arn'] } },
        }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    expect(Object.keys(Properties)).not.toEqual(expect.arrayContaining(['BucketName', 'AccessControl']));
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('is reached by TLS 1.2 or later only', () => {
    const template = templateOf();
    const [id] = bucketOf(template);
    const denied = (condition: object) => Match.objectLike({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:*',
      Resource: [{ 'Fn::GetAtt': [id, 'Arn'] }, { 'Fn::Join': ['', [{ 'Fn::GetAtt': [id, 'Arn'] }, '/*']] }],
      Condition: condition,
    });

    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: id },
      PolicyDocument: { Statement: [denied({ Bool: { 'aws:SecureTransport': 'false' } }), denied({ NumericLessThan: { 's3:TlsVersion': 1.2 } })] },
    });
  });

  test.each([[Tier.DEV, 7], [Tier.STAGING, 14], [Tier.PROD, 30]])('in %s brings back for %d days what was overwritten or deleted', (tier, days) => {
    const [, { Properties }] = bucketOf(templateOf({}, tier));

    expect(Properties.LifecycleConfiguration.Rules).toEqual([{
      Status: 'Enabled',
      ExpiredObjectDeleteMarker: true,
      NoncurrentVersionExpiration: { NoncurrentDays: days },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    }]);
  });

  test('deletes objects after the days that it is told', () => {
    const [, { Properties }] = bucketOf(templateOf({ expiration: Duration.days(90), noncurrentVersionExpiration: Duration.hours(48) }));

    expect(Properties.LifecycleConfiguration.Rules).toEqual([{
      Status: 'Enabled', ExpirationInDays: 90, NoncurrentVersionExpiration: { NoncurrentDays: 2 }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    }]);
  });

  test.each([
    [Tier.DEV, ['Delete', 'Delete'], 2],
    [Tier.STAGING, ['RetainExceptOnCreate', 'Retain'], 0],
    [Tier.PROD, ['RetainExceptOnCreate', 'Retain'], 0],
  ])('in %s leaves behind what the tier keeps, with the key', (tier, policies, emptied) => {
    const template = templateOf({}, tier);

    [bucketOf(template)[1], template.findResources('AWS::KMS::Key')[keyOf(template)]].forEach((it) => expect([it.DeletionPolicy, it.UpdateReplacePolicy]).toEqual(policies));
    template.resourceCountIs('Custom::S3AutoDeleteObjects', emptied);
  });

  test.each([[Tier.DEV, undefined], [Tier.STAGING, undefined], [Tier.PROD, [{ Id: 'EntireBucket' }]]])('in %s has its requests measured where the tier pays for it', (tier, metrics) => {
    expect(bucketOf(templateOf({}, tier))[1].Properties.MetricsConfigurations).toEqual(metrics);
  });

  test('answers no page of another website, unless it is told which', () => {
    expect(bucketOf(templateOf())[1].Properties).not.toHaveProperty('CorsConfiguration');
    expect(bucketOf(templateOf({ allowedOrigins: [] }))[1].Properties).not.toHaveProperty('CorsConfiguration');
    expect(bucketOf(templateOf({ allowedOrigins: ['https://shop.example.com', 'https://admin.example.com:8443'] }))[1].Properties.CorsConfiguration).toEqual({
      CorsRules: [{
        AllowedOrigins: ['https://shop.example.com', 'https://admin.example.com:8443'],
        AllowedMethods: ['GET', 'HEAD', 'PUT', 'POST'],
        AllowedHeaders: ['*'],
        ExposedHeaders: ['ETag'],
        MaxAge: 3600,
      }],
    });
  });

  test('stands in a stack without a region too', () => {
    const stack = agnosticStackOf();
    new PlatformBucket(stack, 'Uploads');

    Template.fromStack(stack).resourceCountIs(BUCKET, 2);
  });
});

describe('a service that connects', () => {
  test('reads and writes objects, and nothing else', () => {
    const stack = stackOf();
    workerIn(stack).connectTo(new PlatformBucket(stack, 'Uploads'));
    const template = Template.fromStack(stack);

    const [[id]] = Object.entries(template.findResources(POLICY)).filter(([it]) => it.includes('WriteAccess'));
    expect(template.findResources(POLICY)[id].Properties.PolicyDocument.Statement).toEqual(writing(template));
    expect(taskRoleOf(template).ManagedPolicyArns).toEqual([{ Ref: id }]);
    expect(environmentOf(template)).toEqual([{ Name: 'UPLOADS_BUCKET', Value: { Ref: bucketOf(template)[0] } }]);
  });

  test('as a reader reads objects, and nothing else', () => {
    const stack = stackOf();
    workerIn(stack).connectTo(new PlatformBucket(stack, 'Uploads').reader);
    const template = Template.fromStack(stack);

    const [[id]] = Object.entries(template.findResources(POLICY)).filter(([it]) => it.includes('ReadAccess'));
    expect(template.findResources(POLICY)[id].Properties.PolicyDocument.Statement).toEqual(reading(template));
    expect(taskRoleOf(template).ManagedPolicyArns).toEqual([{ Ref: id }]);
    expect(environmentOf(template)).toEqual([{ Name: 'UPLOADS_BUCKET', Value: { Ref: bucketOf(template)[0] } }]);
  });

  test('both ways gets one variable, and both ways twice is the same as once', () => {
    const stack = stackOf();
    const uploads = new PlatformBucket(stack, 'Uploads');
    const worker = workerIn(stack);
    worker.connectTo(uploads, uploads.reader);
    worker.connectTo(uploads.reader, uploads);
    const template = Template.fromStack(stack);

    expect(taskRoleOf(template).ManagedPolicyArns).toHaveLength(2);
    expect(environmentOf(template)).toHaveLength(1);
  });

  test('is named in no policy of the bucket or of its key', () => {
    const stack = stackOf();
    const uploads = new PlatformBucket(stack, 'Uploads');
    const policies = () => {
      const template = Template.fromStack(stack);
      return [template.findResources('AWS::S3::BucketPolicy'), template.findResources('AWS::KMS::Key')[keyOf(template)]];
    };
    workerIn(stack).connectTo(uploads, uploads.reader);

    expect(JSON.stringify(policies())).not.toContain('Worker');
  });

  test('finds the bucket in the variable that it asks for', () => {
    const stack = stackOf();
    workerIn(stack).connectTo(new PlatformBucket(stack, 'Uploads', { variable: 'STORE' }));

    expect(environmentOf(Template.fromStack(stack))[0].Name).toBe('STORE');
  });

  test('cannot find two buckets in one variable', () => {
    const stack = stackOf();
    const worker = workerIn(stack);

    expect(() => worker.connectTo(new PlatformBucket(stack, 'Uploads'), new PlatformBucket(stack, 'uploads'))).toThrow(new Error(
      "[Shop/Worker] 'UPLOADS_BUCKET' must be set once; rename one of the two variables: it comes from the config or from a dependency as well",
    ));
  });

  test('and whose role exists already gets a policy beside it', () => {
    const stack = stackOf();
    const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::444455556666:role/legacy');
    new PlatformBucket(stack, 'Uploads').bindToService(new Tasks(stack, 'Tasks', role));
    const template = Template.fromStack(stack);

    const [{ Properties }] = Object.values(template.findResources('AWS::IAM::Policy'));
    expect(Properties.Roles).toEqual(['legacy']);
    expect(Properties.PolicyDocument.Statement).toEqual(writing(template));
    Object.values(template.findResources(POLICY)).forEach((it) => expect(it.Properties).not.toHaveProperty('Roles'));
  });

  test('and can be given no policy is refused, since S3 would refuse its requests', () => {
    const stack = stackOf();
    const tasks = new Tasks(stack, 'Tasks', new iam.ServicePrincipal('ecs-tasks.amazonaws.com'));

    expect(() => new PlatformBucket(stack, 'Uploads').bindToService(tasks)).toThrow(new Error(
      "[Shop/Tasks] 'grantPrincipal' must be a role, or something else that takes policies; S3 would refuse its requests",
    ));
  });
});

test('is backed up as a whole, and restored for a test with its own key', () => {
  const stack = stackOf();
  const uploads = new PlatformBucket(stack, 'Uploads');
  const { subject, resources, resourceType, restoreMetadata } = uploads.protection();
  const plan = new backup.BackupPlan(stack, 'Plan', { backupPlanRules: [backup.BackupPlanRule.daily()] });
  plan.addSelection('Selection', { resources });
  const template = Template.fromStack(stack);

  expect(subject).toBe(uploads);
  expect(resourceType).toBe('S3');
  expect(stack.resolve(restoreMetadata)).toEqual({ encryptionType: 'SSE-KMS', kmsKey: { 'Fn::GetAtt': [keyOf(template), 'Arn'] } });
  template.hasResourceProperties('AWS::Backup::BackupSelection', { BackupSelection: { Resources: [{ 'Fn::GetAtt': [bucketOf(template)[0], 'Arn'] }] } });
});

describe('what it says of itself', () => {
  const bucketIn = (tier: Tier) => new PlatformBucket(stackOf(tier), 'Uploads');

  test.each([Tier.DEV, Tier.STAGING])('in %s, where nobody pays for more, is its size', (tier) => {
    const uploads = bucketIn(tier);
    const { subject, title, metrics, signals } = uploads.observe();

    expect(subject).toBe(uploads);
    expect(title).toBe('Uploads');
    expect(metrics.map(({ metric }) => metric.toMetricConfig().metricStat!.metricName)).toEqual(['BucketSizeBytes', 'NumberOfObjects']);
    expect(signals).toEqual([]);
  });

  test('in PROD is how requests fare as well, by the metrics that it has S3 keep', () => {
    const { metrics, signals } = bucketIn(Tier.PROD).observe();

    const filters = metrics.flatMap(({ metric }) => metric.toMetricConfig().metricStat!.dimensions!.filter(({ name }) => name === 'FilterId').map(({ value }) => value));
    expect(filters.length).toBeGreaterThan(0);
    expect(new Set(filters)).toEqual(new Set(['EntireBucket']));
    expect(signals.map(({ id }) => id)).toEqual(['Errors']);
  });

  test('can be alarmed on as it is', () => {
    const uploads = bucketIn(Tier.PROD);
    const { stack } = uploads.bucket;
    uploads.observe().signals.forEach(({ id, metric, condition, evaluationPeriods }) => new cloudwatch.Alarm(stack, id, {
      metric, threshold: condition.threshold!, comparisonOperator: condition.comparison, evaluationPeriods,
    }));

    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 1);
  });
});

describe('backups, which hear of changes by EventBridge', () => {
  test('are told by the bucket itself', () => {
    const stack = stackOf();
    new PlatformBucket(stack, 'Uploads');

    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } });
  });

  test('are still told when a user has other events sent elsewhere', () => {
    const stack = stackOf();
    new PlatformBucket(stack, 'Uploads').bucket.addEventNotification(s3.EventType.OBJECT_CREATED, new notifications.SqsDestination(new sqs.Queue(stack, 'Thumbnails')));

    Template.fromStack(stack).hasResourceProperties('Custom::S3BucketNotifications', {
      NotificationConfiguration: { EventBridgeConfiguration: {}, QueueConfigurations: [Match.objectLike({ Events: ['s3:ObjectCreated:*'] })] },
    });
  });

  test('reach as far back as the tier says', () => {
    expect([Tier.DEV, Tier.STAGING, Tier.PROD].map((tier) => new PlatformBucket(stackOf(tier), 'Uploads').protection().pointInTime!.toDays())).toEqual([7, 14, 30]);
  });
});

test('hands out the same reader each time', () => {
  const uploads = new PlatformBucket(stackOf(), 'Uploads');

  expect(uploads.reader).toBe(uploads.reader);
});

test('refuses an id that makes no variable', () => {
  expect(() => new PlatformBucket(stackOf(), '3d')).toThrow(new Error(
    "[Shop/3d] 'variable' must be a name of letters, digits and underscores that does not begin with a digit, got '3D_BUCKET'; give one: this one comes from the construct's id",
  ));
});
