import { Duration, Token } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import type * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { IProtectable, Protection } from '../contracts';
import { mustBeOf } from '../private/argument';
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
    mustBeOf('Protectable.bucket', 's3.IBucket', bucket, 'bucket');
    const resource = bucket.node.defaultChild;
    if (resource instanceof s3.CfnBucket && !isVersioned(resource)) {
      throw invalid('Protectable.bucket', 'bucket', { must: 'must be versioned', got: bucket.node.path, remedy: "set 'versioned': AWS Backup takes no other buckets" });
    }
    return new Protectable({ subject: bucket, resources: [backup.BackupResource.fromArn(bucket.bucketArn)], resourceType: 'S3' });
  }

  /**
   * A database instance that is no replica. Where its template says how long RDS keeps its own backups, it is backed up
   * continuously for as long, since RDS then refuses any other retention.
   */
  public static databaseInstance(instance: rds.IDatabaseInstance): Protectable {
    mustBeOf('Protectable.databaseInstance', 'rds.IDatabaseInstance', instance, 'instance');
    const { backupRetentionPeriod } = (instance.node.defaultChild ?? {}) as Partial<rds.CfnDBInstance>;
    return new Protectable({
      subject: instance, resources: [backup.BackupResource.fromArn(instance.instanceArn)], resourceType: 'RDS', pointInTime: daysOf(backupRetentionPeriod),
    });
  }

  /**
   * An Aurora cluster, continuously for as long as its template says. Aurora must be switched on in the settings of AWS Backup, in each account and region.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/service-opt-in.html
   */
  public static databaseCluster(cluster: rds.IDatabaseCluster): Protectable {
    mustBeOf('Protectable.databaseCluster', 'rds.IDatabaseCluster', cluster, 'cluster');
    const { backupRetentionPeriod } = (cluster.node.defaultChild ?? {}) as Partial<rds.CfnDBCluster>;
    return new Protectable({
      subject: cluster, resources: [backup.BackupResource.fromArn(cluster.clusterArn)], resourceType: 'Aurora', pointInTime: daysOf(backupRetentionPeriod),
    });
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

function daysOf(backupRetentionPeriod: number | undefined): Duration | undefined {
  return backupRetentionPeriod && !Token.isUnresolved(backupRetentionPeriod) ? Duration.days(backupRetentionPeriod) : undefined;
}
