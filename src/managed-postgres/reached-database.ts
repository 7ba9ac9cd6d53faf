import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as rds from 'aws-cdk-lib/aws-rds';
import type { TierDefaults } from '../policy/tier-defaults';

/** A database, as what stands beside it and calls it knows it. */
export interface ReachedDatabase {
  readonly vpc: ec2.IVpc;
  readonly instance: rds.DatabaseInstance;
  readonly identifier: string;
  /** Who opens its port. */
  readonly target: ec2.IConnectable;
  readonly port: number;
  /** The name of the database on the instance. */
  readonly database: string;
  readonly key: kms.IKey;
  readonly defaults: TierDefaults;
}
