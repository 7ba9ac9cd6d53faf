import * as rds from 'aws-cdk-lib/aws-rds';
import { brand } from '../private/brand';

/**
 * A major version of PostgreSQL.
 *
 * RDS keeps the minor version up to date in the maintenance window. Going to the next major version is an upgrade with
 * an outage, and cannot be undone: read docs/stateful-resources.md first.
 */
export class PostgresVersion {
  static { brand(this.prototype, 'PostgresVersion'); }

  /** PostgreSQL 15, supported by its community until November 2027. */
  public static readonly V15 = new PostgresVersion(15);
  /** PostgreSQL 16, supported by its community until November 2028. */
  public static readonly V16 = new PostgresVersion(16);
  /** PostgreSQL 17, supported by its community until November 2029. */
  public static readonly V17 = new PostgresVersion(17);
  /** PostgreSQL 18, supported by its community until November 2030. */
  public static readonly V18 = new PostgresVersion(18);

  private constructor(
    /** The major version. */
    public readonly major: number,
  ) {}

  /** @internal */
  public _engine(): rds.IInstanceEngine {
    return rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of(String(this.major), String(this.major)) });
  }
}
