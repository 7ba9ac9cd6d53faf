import { Names, Stack } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Tier } from '../environment/tier';
import { accessLogBucket, recordAccess } from '../policy/access-logs';
import { defaultsOf } from '../policy/tier-defaults';

/**
 * Where the requests to all buckets of one stack are recorded, so that the second bucket costs no second one for its logs.
 *
 * There is one for each tier that a stack's buckets have, which is one, unless a bucket overrides it.
 */
export class BucketLogs extends Construct {
  public static of(scope: Construct, tier: Tier): BucketLogs {
    const stack = Stack.of(scope);
    const id = `BucketLogs-${tier.name}`;
    return stack.node.tryFindChild(id) as BucketLogs | undefined ?? new BucketLogs(stack, id, tier);
  }

  private readonly accessLogs: s3.Bucket;

  private constructor(scope: Construct, id: string, tier: Tier) {
    super(scope, id);
    this.accessLogs = accessLogBucket(this, 'AccessLogs', defaultsOf(tier));
  }

  /** Has S3 record every request to the bucket, under a prefix of its own. */
  public record(bucket: s3.Bucket): void {
    recordAccess(bucket, this.accessLogs, `${Names.uniqueId(bucket)}/`);
  }
}
