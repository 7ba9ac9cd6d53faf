import { Duration } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import type * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { IProtectable, Protection } from '../contracts';
import { invalid } from '../private/invalid';

/**
 * Constructs of the AWS CDK that a vault can protect, beside those that can say so themselves.
 */
export class Protectable implements IProtectable {
  /**
   * A bucket.
   *
   * Throws for a bucket without versioning, which AWS Backup does not take. Of an imported bucket that is not known.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html
   */
  public static bucket(bucket: s3.IBucket): Protectable {
    const resource = bucket.node.defaultChild;
    if (resource instanceof s3.CfnBucket && !isVersioned(resource)) {
      throw invalid('Protectable.bucket', 'bucket', { must: 'must be versioned', got: bucket.node.path, remedy: "set 'versioned': AWS Backup takes no other buckets" });
    }
    return new Protectable({ subject: bucket, resources: [backup.BackupResource.fromArn(bucket.bucketArn)], resourceType: 'S3' });
  }

  /**
   * A database instance that is no replica.
   *
   * @param pointInTime as long as the instance's own `backupRetention`, or else RDS refuses the next change of the instance
   */
  public static databaseInstance(instance: rds.DatabaseInstance, pointInTime?: Duration): Protectable {
    return new Protectable({ subject: instance, resources: [backup.BackupResource.fromRdsDatabaseInstance(instance)], resourceType: 'RDS', pointInTime });
  }

  /**
   * An Aurora cluster.
   *
   * @param pointInTime as long as the cluster's own `backup.retention`, or else RDS refuses the next change of the cluster
   */
  public static databaseCluster(cluster: rds.DatabaseCluster, pointInTime?: Duration): Protectable {
    return new Protectable({ subject: cluster, resources: [backup.BackupResource.fromRdsDatabaseCluster(cluster)], resourceType: 'Aurora', pointInTime });
  }

  private constructor(private readonly answer: Protection) {}

  /** Says what to back up. */
  public protection(): Protection {
    return this.answer;
  }
}

function isVersioned({ versioningConfiguration }: s3.CfnBucket): boolean {
  return (versioningConfiguration as s3.CfnBucket.VersioningConfigurationProperty | undefined)?.status === 'Enabled';
}
