import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Migrations } from './migrations/migrations';
import type { PeopleAccess } from './people-access';
import type { PostgresVersion } from './postgres-version';
import type { Tier } from '../environment/tier';

/** What a database is. */
export interface ManagedPostgresProps {
  /**
   * The network. The instance stands in its isolated subnets, or the private ones if it has no isolated ones: in two
   * Availability Zones at least. It cannot move to another network.
   */
  readonly vpc: ec2.IVpc;
  /** The major version. */
  readonly version: PostgresVersion;
  /**
   * The name of the database. Changing it replaces the instance, which AWS refuses because its identifier is fixed.
   *
   * @default 'app'
   */
  readonly databaseName?: string;
  /**
   * The schema that the application's tables stand in, instead of `public`.
   *
   * @default 'app'
   */
  readonly schema?: string;
  /**
   * Extensions of PostgreSQL, such as `citext` or `postgis`. The master makes them with all that they build on, before any
   * service starts: migrations may not. One that is taken out of the list stays in the database.
   *
   * The deployment fails, in words, for one that RDS does not have for this version. Some others must also be in
   * the server parameter `shared_preload_libraries`; `pg_cron` is refused where it is not.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-extensions.html
   * @default - none
   */
  readonly extensions?: string[];
  /**
   * The migrations of the schema. A deployment in which they differ applies them, as the owner of the schema, before any
   * service that is connected starts a task of the new version; if one fails, so does the deployment.
   *
   * @default - none: nobody changes the schema
   */
  readonly migrations?: Migrations;
  /**
   * How people get to the database: `PeopleAccess.bySessionManager()`, or `PeopleAccess.none()`. Who may is said with `grantAccess()`.
   *
   * While nobody is connected nothing runs, and nothing is paid.
   *
   * @default - by tier: in PROD by Session Manager, for an hour at a time, so that no deployment is needed before somebody can look; in DEV and STAGING not at all
   */
  readonly peopleAccess?: PeopleAccess;
  /**
   * The instance class, such as `m7g.large`. Changing it means a fail-over of about a minute where there is a standby,
   * else a restart; in PROD it waits for the maintenance window.
   *
   * Throws for one that RDS does not offer for PostgreSQL in the region of the stack, as far as this package knows. What
   * it does not know is warned of: a region, or a family that is newer than its table. A class that a region has got
   * since then is given by `addPropertyOverride('DBInstanceClass', …)`, on the default child of `instance`.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.RegionSupport.html
   * @default - by tier: db.t4g.medium in DEV and STAGING, db.m7g.large in PROD; where the region does not have it the nearest that
   * it has, such as db.m6g.large in us-gov-west-1
   */
  readonly instanceType?: ec2.InstanceType;
  /**
   * Storage in GiB to begin with, from 20 to 65536. It can grow and never shrink.
   *
   * @default 50
   */
  readonly allocatedStorage?: number;
  /**
   * Storage in GiB up to which the instance grows by itself, at least a tenth above the storage to begin with.
   *
   * @default - ten times the storage to begin with, up to 65536
   */
  readonly maxAllocatedStorage?: number;
  /**
   * The port. Changing it replaces the instance, which AWS refuses because its identifier is fixed.
   *
   * @default 5433, since scanners try 5432 first
   */
  readonly port?: number;
  /**
   * How far back the database can be restored to any second, in whole days from 1 to 35.
   *
   * @default - by tier: 7 days in DEV, 14 in STAGING, 30 in PROD
   */
  readonly backupRetention?: Duration;
  /**
   * Server parameters beside ours. Those that guard the data can be made stricter and never weaker.
   *
   * @default - ours: TLS only, SCRAM only, connections, slow statements and lock waits logged, changes of schema and roles
   * recorded by pgAudit
   */
  readonly parameters?: { [name: string]: string };
  /**
   * The size of the connection pool that each task of a connected service may open; handed over as `DB_POOL_SIZE`.
   *
   * All tasks of all services together, also during a rollout, must fit into what the instance class can hold.
   *
   * @default 10
   */
  readonly connectionsPerTask?: number;
  /**
   * How the variables begin that a connected service gets. Two databases in one service need two beginnings.
   *
   * @default 'PG': PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE, PGSSLROOTCERT, as libpq and its drivers read them
   */
  readonly variablePrefix?: string;
  /**
   * How much this database must guarantee.
   *
   * @default - the tier of the stage
   */
  readonly tier?: Tier;
}
