import { Match, Template } from 'aws-cdk-lib/assertions';
import { PlatformBucket } from '../../src/building-blocks/platform-bucket';
import { Tier } from '../../src/environment/tier';
import { appOf, RECOMMENDED_FLAGS, stackIn, stackOf } from '../support';

const BUCKET = 'AWS::S3::Bucket';

/** Buckets in which requests are recorded: those that record them in themselves. */
function logBucketsOf(template: Template): [string, any][] {
  return Object.entries(template.findResources(BUCKET)).filter(([, { Properties }]) => !Properties.LoggingConfiguration.DestinationBucketName);
}

function dataBucketsOf(template: Template): [string, any][] {
  return Object.entries(template.findResources(BUCKET)).filter(([, { Properties }]) => Properties.LoggingConfiguration.DestinationBucketName);
}

/** Who may write where, by the policy of the log bucket. */
function admittedBy(template: Template, logBucket: string): any[] {
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy', { Properties: { Bucket: { Ref: logBucket } } }));
  return policy.Properties.PolicyDocument.Statement.filter((it: any) => it.Principal.Service === 'logging.s3.amazonaws.com');
}

test.each([['without feature flags', {}], ['with the recommended feature flags', RECOMMENDED_FLAGS]])(
  'the buckets of a stack share one for the record of their requests, each under a prefix of its own, %s', (_, flags) => {
    const stack = stackOf(Tier.PROD, flags);
    ['Uploads', 'Invoices'].forEach((id) => new PlatformBucket(stack, id));
    const template = Template.fromStack(stack);

    const [[logBucket], ...others] = logBucketsOf(template);
    const records = dataBucketsOf(template).map(([id, { Properties }]) => [id, Properties.LoggingConfiguration.LogFilePrefix]);
    expect(others).toEqual([]);
    expect(records).toHaveLength(2);
    dataBucketsOf(template).forEach(([, { Properties }]) => expect(Properties.LoggingConfiguration.DestinationBucketName).toEqual({ Ref: logBucket }));
    expect(admittedBy(template, logBucket)).toEqual([[logBucket, 'bucket/'], ...records].map(([id, prefix]) => expect.objectContaining({
      Effect: 'Allow',
      Action: 's3:PutObject',
      Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [logBucket, 'Arn'] }, `/${prefix}*`]] },
      Condition: { ArnLike: { 'aws:SourceArn': { 'Fn::GetAtt': [id, 'Arn'] } }, StringEquals: { 'aws:SourceAccount': '444455556666' } },
    })));
    expect(new Set(records.map(([, prefix]) => prefix)).size).toBe(2);
    records.forEach(([, prefix]) => expect(prefix).toMatch(/^[A-Za-z0-9]+\/$/));
  },
);

test('the record is private, reached by TLS only, and encrypted in the one way in which S3 delivers it', () => {
  const stack = stackOf();
  new PlatformBucket(stack, 'Uploads');
  const template = Template.fromStack(stack);

  const [[id, { Properties }]] = logBucketsOf(template);
  expect(Properties).toMatchObject({
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    VersioningConfiguration: { Status: 'Enabled' },
  });
  expect(Properties).not.toHaveProperty('AccessControl');
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    Bucket: { Ref: id },
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]) },
  });
});

test.each([[Tier.DEV, 7, 'Delete', 2], [Tier.STAGING, 30, 'RetainExceptOnCreate', 0], [Tier.PROD, 365, 'RetainExceptOnCreate', 0]])(
  'in %s the record is kept for %d days', (tier, days, deletion, emptied) => {
    const stack = stackOf(tier);
    new PlatformBucket(stack, 'Uploads');
    const template = Template.fromStack(stack);

    const [[, bucket]] = logBucketsOf(template);
    expect(bucket.Properties.LifecycleConfiguration.Rules).toMatchObject([{ ExpirationInDays: days }]);
    expect(bucket.DeletionPolicy).toBe(deletion);
    template.resourceCountIs('Custom::S3AutoDeleteObjects', emptied);
  },
);

test('a bucket of another tier has its record in another place, since it is kept for another time', () => {
  const stack = stackOf(Tier.PROD);
  new PlatformBucket(stack, 'Uploads');
  new PlatformBucket(stack, 'Scratch', { tier: Tier.DEV.because('its guards are what is tested here') });

  expect(logBucketsOf(Template.fromStack(stack)).map(([, { Properties }]) => Properties.LifecycleConfiguration.Rules[0].ExpirationInDays)).toEqual([365, 7]);
});

test('each stack keeps its own record', () => {
  const app = appOf();
  const stacks = ['One', 'Two'].map((id) => stackIn(app, id));
  stacks.forEach((stack) => new PlatformBucket(stack, 'Uploads'));

  stacks.forEach((stack) => expect(logBucketsOf(Template.fromStack(stack))).toHaveLength(1));
  expect(stacks.flatMap((it) => it.dependencies)).toEqual([]);
});

test('a name that would be a wildcard in a policy is none in a prefix', () => {
  const stack = stackOf();
  new PlatformBucket(stack, 'a*b?', { variable: 'STORE' });

  expect(dataBucketsOf(Template.fromStack(stack))[0][1].Properties.LoggingConfiguration.LogFilePrefix).toMatch(/^[A-Za-z0-9]+\/$/);
});
