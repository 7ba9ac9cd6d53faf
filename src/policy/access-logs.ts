import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { TierDefaults } from './tier-defaults';
import { acknowledge, acknowledgeProvider, inCompliancePacks } from '../private/acknowledge';

/**
 * A bucket for the record of who asked for what, kept as long as the tier keeps logs. It records requests to itself as well.
 *
 * S3 encrypts it with a key of its own: neither S3 nor a load balancer delivers its log to a bucket with a key of yours.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function accessLogBucket(scope: Construct, id: string, defaults: TierDefaults): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
    lifecycleRules: [{ expiration: Duration.days(defaults.logRetention), noncurrentVersionExpiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy: defaults.removal,
    autoDeleteObjects: defaults.removal === RemovalPolicy.DESTROY,
  });
  (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = { logFilePrefix: 'bucket/' };
  admitRecord(bucket, bucket, 'bucket/', 'BucketLogs');
  if (defaults.removal === RemovalPolicy.DESTROY) {
    acknowledgeProvider(scope, 'S3AutoDeleteObjects');
  }
  acknowledge(bucket, 'Amazon S3 and load balancers deliver access logs only to buckets with SSE-S3.', ...inCompliancePacks('S3DefaultEncryptionKMS'));
  acknowledge(bucket, 'Access logs are a record for a limited time, not data: a copy in another region would keep addresses of users longer and further than needed.',
    ...inCompliancePacks('S3BucketReplicationEnabled'));
  return bucket;
}

/** Has S3 record every request to a bucket in a log bucket of the same stack, under a prefix that ends in a slash. */
export function recordAccess(bucket: s3.Bucket, logBucket: s3.Bucket, prefix: string): void {
  (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = { destinationBucketName: logBucket.bucketName, logFilePrefix: prefix };
  admitRecord(bucket, logBucket, prefix);
}

/** By the policy of the log bucket: the L2 would do so by an access control list where a feature flag is off. */
function admitRecord(bucket: s3.Bucket, logBucket: s3.Bucket, prefix: string, sid?: string): void {
  logBucket.addToResourcePolicy(new iam.PolicyStatement({
    sid,
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [logBucket.arnForObjects(`${prefix}*`)],
    conditions: { ArnLike: { 'aws:SourceArn': bucket.bucketArn }, StringEquals: { 'aws:SourceAccount': Stack.of(logBucket).account } },
  }));
}
