import { Aspects, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { BucketLogs } from './bucket-logs';
import { mustBeAccepted } from './bucket-validation';
import { variableName } from './variable-name';
import { IConnectedService, IObservable, IProtectable, IServiceDependency, Observation, Protection, ServiceBinding } from '../contracts';
import { Tier } from '../environment/tier';
import { observeBucket } from '../golden-signals/bucket';
import { admitLogs, dataKey } from '../policy/encryption';
import { keepProviderLogs } from '../policy/provider-logs';
import { defaultsOf, type TierDefaults } from '../policy/tier-defaults';
import { acknowledge, acknowledgeProvider, inCompliancePacks, PACKS } from '../private/acknowledge';
import { mustBeOf, mustFit } from '../private/argument';
import { invalid } from '../private/invalid';

/** What a bucket is. */
export interface PlatformBucketProps {
  /**
   * How long an object is kept after it was written, in whole days. Then S3 deletes it, and for `noncurrentVersionExpiration` it
   * can be brought back.
   *
   * @default - until somebody deletes it
   */
  readonly expiration?: Duration;
  /**
   * How long what was overwritten or deleted can be brought back, in whole days. Every version costs as much as an object.
   *
   * @default - by tier: 7 days in DEV, 14 in STAGING, 30 in PROD
   */
  readonly noncurrentVersionExpiration?: Duration;
  /**
   * The websites whose pages may read and write objects from the browser, such as `https://shop.example.com`. A page still
   * needs a URL that a connected service has signed.
   *
   * @default - none: objects are read and written by services only
   */
  readonly allowedOrigins?: string[];
  /**
   * The variable in which a connected service finds the name of the bucket.
   *
   * @default - the id of the construct in capitals, and BUCKET: UPLOADS_BUCKET
   */
  readonly variable?: string;
  /**
   * How much this bucket must guarantee.
   *
   * @default - the tier of the stage
   */
  readonly tier?: Tier;
}

/**
 * A bucket on Amazon S3: private, encrypted with a key of its own, reached by TLS 1.2 or later only, with every version kept
 * for a while and every request recorded.
 *
 * `service.connectTo(uploads)` lets a service read and write objects, `service.connectTo(uploads.reader)` lets it read. Both
 * get the name in the same variable. Each is a managed policy on the role of the tasks, of which AWS allows ten to begin with.
 */
export class PlatformBucket extends Construct implements IServiceDependency, IProtectable, IObservable {
  /** The bucket. */
  public readonly bucket: s3.Bucket;
  /** The key of the objects. Without it they cannot be read; their backups have the key of the vault. */
  public readonly key: kms.Key;
  /** Connect a service to this, and it may read objects, and no more. */
  public readonly reader: IServiceDependency;

  private readonly variable: string;
  private readonly requestMetrics?: string;
  private readonly pointInTime: Duration;
  private readonly readAccess: iam.ManagedPolicy;
  private readonly writeAccess: iam.ManagedPolicy;

  /** Throws, in words, for days that S3 does not count, and for origins that a browser does not have or that lack TLS. */
  constructor(scope: Construct, id: string, props: PlatformBucketProps = {}) {
    super(scope, id);
    mustFit(this, 'PlatformBucketProps', props);
    mustBeAccepted(this, props);
    const tier = Tier._settle(this, props.tier);
    const defaults = defaultsOf(tier);
    this.variable = variableName(this, 'BUCKET', props.variable);
    this.requestMetrics = defaults.requestMetrics ? 'EntireBucket' : undefined;
    this.pointInTime = Duration.days(defaults.pointInTimeDays);

    this.key = dataKey(this, 'Key', `Objects of the bucket ${this.node.path}`, defaults);
    this.bucket = this.defineBucket(props, defaults);
    if (defaults.removal === RemovalPolicy.DESTROY) {
      admitLogs(this.key);
      keepProviderLogs(this, 'Custom::S3AutoDeleteObjects', this.key, defaults);
    }
    BucketLogs.of(this, tier).record(this.bucket);
    this.readAccess = this.definePolicy('ReadAccess', READ);
    this.writeAccess = this.definePolicy('WriteAccess', WRITE);
    this.reader = { bindToService: (service) => this.bind(service, this.readAccess, READ) };
  }

  /** Hands a service the name, and lets it read, write and delete objects. Older versions are out of its reach. */
  public bindToService(service: IConnectedService): ServiceBinding {
    return this.bind(service, this.writeAccess, WRITE);
  }

  /** Restored with the key of the bucket: AWS Backup would take one of S3. */
  public protection(): Protection {
    return {
      subject: this,
      resources: [backup.BackupResource.fromArn(this.bucket.bucketArn)],
      resourceType: 'S3',
      pointInTime: this.pointInTime,
      restoreMetadata: { encryptionType: 'SSE-KMS', kmsKey: this.key.keyArn },
    };
  }

  /** Its size, and where S3 measures requests (PROD), its golden signals: errors and latency. */
  public observe(): Observation {
    return observeBucket({ subject: this, bucket: this.bucket, requestMetrics: this.requestMetrics });
  }

  private defineBucket(props: PlatformBucketProps, defaults: TierDefaults): s3.Bucket {
    const bucket = new s3.Bucket(this, 'Bucket', {
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: this.key,
      // One call to KMS for many objects, at a hundredth of the price.
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      lifecycleRules: [{
        noncurrentVersionExpiration: props.noncurrentVersionExpiration ?? Duration.days(defaults.pointInTimeDays),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
        // What marks an object as deleted goes when its last version has gone; with an expiration S3 sees to that itself.
        ...props.expiration ? { expiration: props.expiration } : { expiredObjectDeleteMarker: true },
      }],
      cors: props.allowedOrigins?.length ? [uploadsFrom(props.allowedOrigins)] : undefined,
      metrics: this.requestMetrics ? [{ id: this.requestMetrics }] : undefined,
      removalPolicy: defaults.removal,
      autoDeleteObjects: defaults.removal === RemovalPolicy.DESTROY,
    });
    if (defaults.removal === RemovalPolicy.DESTROY) {
      acknowledgeProvider(this, 'S3AutoDeleteObjects');
    }
    // AWS Backup hears of changes by EventBridge. The first event notification of a user makes a custom resource that would switch it off.
    (bucket.node.defaultChild as s3.CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    Aspects.of(bucket).add({ visit: ({ node }) => node.id === 'Notifications' && bucket.enableEventBridgeNotification() });
    acknowledge(bucket, 'A bucket spans at least three Availability Zones and keeps versions, by which a deletion is undone. It has no copy in another region.',
      ...inCompliancePacks('S3BucketReplicationEnabled'));
    return bucket;
  }

  /**
   * A policy beside the bucket, which services attach: so the wildcard of its objects is acknowledged here, once, and no
   * policy of a key or a bucket names the role of another stack.
   */
  private definePolicy(id: string, access: Access): iam.ManagedPolicy {
    const policy = new iam.ManagedPolicy(this, id, { statements: this.statementsOf(access) });
    const logicalId = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as s3.CfnBucket);
    acknowledge(policy, 'These are the objects of one bucket, whatever their keys: the service that connects decides on them.',
      `${PACKS.aws}-IAM5[Resource::<${logicalId}.Arn>/*]`);
    return policy;
  }

  private bind(service: IConnectedService, policy: iam.ManagedPolicy, access: Access): ServiceBinding {
    mustBeOf(this, 'IConnectedService', service, 'service');
    const { grantPrincipal } = service;
    if (iam.Role.isRole(grantPrincipal)) {
      grantPrincipal.addManagedPolicy(policy);
    } else if (!this.statementsOf(access).every((it) => grantPrincipal.addToPrincipalPolicy(it).statementAdded)) {
      throw invalid(service, 'grantPrincipal', { must: 'must be a role, or something else that takes policies', remedy: 'S3 would refuse its requests' });
    }
    return { variables: { [this.variable]: this.bucket.bucketName } };
  }

  private statementsOf({ objects, key }: Access): iam.PolicyStatement[] {
    return [
      new iam.PolicyStatement({ actions: objects, resources: [this.bucket.arnForObjects('*')] }),
      // With this permission S3 says of an object that is not there that it is not there, and not that it is forbidden.
      new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }),
      new iam.PolicyStatement({ actions: key, resources: [this.key.keyArn] }),
    ];
  }
}

/** What a service may do with objects, and with their key: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
interface Access {
  readonly objects: string[];
  readonly key: string[];
}

const READ: Access = { objects: ['s3:GetObject'], key: ['kms:Decrypt'] };
const WRITE: Access = {
  objects: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
  key: ['kms:Decrypt', 'kms:GenerateDataKey'],
};

/** A page reads the ETag of each part to complete an upload of many. */
function uploadsFrom(allowedOrigins: string[]): s3.CorsRule {
  return {
    allowedOrigins,
    allowedMethods: [s3.HttpMethods.GET, s3.HttpMethods.HEAD, s3.HttpMethods.PUT, s3.HttpMethods.POST],
    allowedHeaders: ['*'],
    exposedHeaders: ['ETag'],
    maxAge: 3600,
  };
}
