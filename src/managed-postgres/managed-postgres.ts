import { Duration } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { connectionsOf, memoryOf } from './connection-budget';
import type { DatabaseAccess } from './database-access';
import { authoritiesFor, DatabaseBinding } from './database-binding';
import { defineInstance, removalBeside } from './database-instance';
import { type DatabaseLogs, defineLogs } from './database-logs';
import { observeDatabase } from './database-observation';
import { DatabaseRoles } from './database-roles';
import { instanceIdentifier } from './instance-identifier';
import { MigrationGate } from './migration-gate';
import { observeMigrations } from './migration-observation';
import type { Migrations } from './migrations/migrations';
import { serverParameters } from './parameters';
import type { PeopleAccess } from './people-access';
import { PeopleTunnel } from './people-tunnel';
import { dataSubnets, mustBeAccepted, roomToGrow, warnWithoutWayOut } from './postgres-validation';
import type { PostgresVersion } from './postgres-version';
import { verifierRole } from './verifier-role';
import { IConnectedService, IObservable, IProtectable, IServiceDependency, Observation, Protection, ServiceBinding } from '../contracts';
import { Tier } from '../environment/tier';
import { databaseTag } from '../handlers/migration-gate/contract';
import { admitLogs, dataKey } from '../policy/encryption';
import { defaultsOf, type TierDefaults } from '../policy/tier-defaults';
import { description } from '../private/description';
import { invalid } from '../private/invalid';

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
   * How people get to the database: `PeopleAccess.bySessionManager()`. Who may is said with `grantAccess()`.
   *
   * @default - not at all, as far as this package is concerned
   */
  readonly peopleAccess?: PeopleAccess;
  /**
   * The instance class, such as `m7g.large`. Changing it means a fail-over of about a minute where there is a standby,
   * else a restart; in PROD it waits for the maintenance window.
   *
   * @default - by tier: db.t4g.medium in DEV and STAGING, db.m7g.large in PROD
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

/**
 * PostgreSQL on Amazon RDS: encrypted, reached by TLS only, with credentials that nobody knows and that rotate.
 *
 * A service that connects gets the role `app`, which reads and writes rows and can do nothing else. The role `owner` owns
 * the schema, for migrations. The master user is used by nothing but the rotation and the set-up of these roles.
 *
 * People sign in by IAM, without a password, as `app_people_readonly` or `app_people_readwrite`: see `grantAccess()`, or `grantConnect()`
 * for those who have a way into the network already.
 *
 * The server's certificate is verified (`PGSSLMODE=verify-full`), in any image: the tasks of a service that connects find
 * the certificate authorities of RDS in a file that PGSSLROOTCERT and NODE_EXTRA_CA_CERTS name. Where the stack names no region,
 * or one whose authorities this package does not have, the image must hold them, and a warning says so.
 */
export class ManagedPostgres extends Construct implements IServiceDependency, IProtectable, IObservable, ec2.IConnectable {
  /** The RDS instance. */
  public readonly instance: rds.DatabaseInstance;
  /** The key of storage, snapshots, secrets and logs. Without it no backup can be read. */
  public readonly key: kms.Key;
  /** The credentials with which applications sign in, by alternating users. */
  public readonly appSecret: rds.DatabaseSecret;
  /** The credentials of the owner of the schema, for migrations. */
  public readonly ownerSecret: rds.DatabaseSecret;
  /** The server's own log. */
  public readonly logGroup: logs.LogGroup;
  /** Who may reach the database. */
  public readonly connections: ec2.Connections;
  /** The name of the database. */
  public readonly databaseName: string;
  /**
   * The role that reads a restored copy to prove it. It signs in by IAM only, and no other database of the account and
   * region has a role of this name: a policy may admit it to copies whose resource ids are not known, by
   * `rds-db:connect` on `dbuser:*` and this name.
   */
  public readonly verifierRole: string;

  private readonly port: number;
  private readonly roles: DatabaseRoles;
  private readonly gate?: MigrationGate;
  private readonly people?: PeopleTunnel;
  private readonly binding: DatabaseBinding;
  private readonly instanceType: ec2.InstanceType;
  private readonly subnetGroup: rds.SubnetGroup;
  private readonly parameterGroup: rds.ParameterGroup;
  private readonly logs: DatabaseLogs;
  private readonly allocatedStorage: number;
  private readonly maxAllocatedStorage?: number;
  private readonly backupRetention: Duration;
  private readonly connectionLimit?: number;

  /**
   * Throws, in words, for what RDS would refuse (names, port, storage, retention) and for parameters that would lower a guard.
   */
  constructor(scope: Construct, id: string, props: ManagedPostgresProps) {
    super(scope, id);
    mustBeAccepted(this, props);
    const defaults = defaultsOf(props.tier ?? Tier.of(this));
    const identifier = instanceIdentifier(this);
    const vpcSubnets = dataSubnets(this, props.vpc);
    warnWithoutWayOut(this, props.vpc);
    this.databaseName = props.databaseName ?? 'app';
    this.verifierRole = verifierRole(identifier);
    this.port = props.port ?? 5433;
    this.instanceType = props.instanceType ?? new ec2.InstanceType(defaults.databaseClass);
    this.allocatedStorage = props.allocatedStorage ?? 50;
    this.maxAllocatedStorage = props.maxAllocatedStorage ?? roomToGrow(this.allocatedStorage);
    this.backupRetention = props.backupRetention ?? Duration.days(defaults.pointInTimeDays);
    this.connectionLimit = connectionsOf(this.instanceType, props.parameters?.max_connections);

    this.key = dataKey(this, 'Key', `Storage, snapshots, secrets and logs of the database ${this.node.path}`, defaults);
    admitLogs(this.key);
    // The names of the logs are RDS's: where the instance goes they must go too, or it could not come back.
    this.logs = defineLogs(this, identifier, this.key, { ...defaults, removal: removalBeside(defaults) });
    this.logGroup = this.logs.server;
    this.connections = this.defineConnections(props.vpc, defaults);
    this.subnetGroup = new rds.SubnetGroup(this, 'SubnetGroup', {
      vpc: props.vpc, vpcSubnets, description: description(`Where the database ${this.node.path} stands`), removalPolicy: removalBeside(defaults),
    });

    this.parameterGroup = new rds.ParameterGroup(this, 'Parameters', {
      engine: props.version._engine(),
      description: description(`Server parameters of ${this.node.path}`),
      parameters: serverParameters(this, props.parameters),
      removalPolicy: removalBeside(defaults),
    });
    const masterSecret = this.defineSecret('MasterSecret', 'platform_admin', defaults);
    this.instance = defineInstance(this, {
      identifier,
      masterSecret,
      key: this.key,
      engine: props.version._engine(),
      instanceType: this.instanceType,
      databaseName: this.databaseName,
      port: this.port,
      vpc: props.vpc,
      subnetGroup: this.subnetGroup,
      securityGroups: this.connections.securityGroups,
      parameterGroup: this.parameterGroup,
      allocatedStorage: this.allocatedStorage,
      maxAllocatedStorage: this.maxAllocatedStorage,
      backupRetention: this.backupRetention,
    }, defaults);
    this.instance.node.addDependency(...this.logs.groups);
    this.appSecret = this.defineSecret('AppSecret', 'app', defaults, masterSecret);
    this.ownerSecret = this.defineSecret('OwnerSecret', 'owner', defaults, masterSecret);
    this.roles = new DatabaseRoles(this, 'Roles', {
      vpc: props.vpc,
      instance: this.instance,
      target: this,
      key: this.key,
      database: this.databaseName,
      schema: props.schema ?? 'app',
      extensions: props.extensions ?? [],
      port: this.port,
      appSecret: this.appSecret,
      ownerSecret: this.ownerSecret,
      verifierRole: this.verifierRole,
      defaults,
    });
    const migrations = props.migrations?._settle(this);
    this.gate = migrations && new MigrationGate(this, 'Migrations', {
      migrations,
      vpc: props.vpc,
      instance: this.instance,
      identifier,
      target: this,
      port: this.port,
      database: this.databaseName,
      ownerSecret: this.ownerSecret,
      authorities: authoritiesFor(this),
      key: this.key,
      rolesReady: this.roles.ready,
      defaults,
    });
    this.people = props.peopleAccess && new PeopleTunnel(this, 'People', {
      timeLimit: props.peopleAccess._timeLimit,
      vpc: props.vpc,
      instance: this.instance,
      identifier,
      target: this,
      port: this.port,
      database: this.databaseName,
      readOnlyRole: this.roles.attribute('PeopleReadOnlyRole'),
      readWriteRole: this.roles.attribute('PeopleReadWriteRole'),
      key: this.key,
      defaults,
    });
    this.binding = new DatabaseBinding({
      subject: this,
      instance: this.instance,
      instanceType: this.instanceType,
      port: this.port,
      databaseName: this.databaseName,
      appSecret: this.appSecret,
      ready: [this.roles.ready, ...this.gate ? [this.gate.ready] : []],
      serviceTag: migrations?.onRollback === 'revert' ? databaseTag(identifier) : undefined,
      variablePrefix: props.variablePrefix ?? 'PG',
      connectionsPerTask: props.connectionsPerTask ?? 10,
      connectionLimit: this.connectionLimit,
    });
  }

  /**
   * Hands a service its address, the credentials of `app` and the authorities that vouch for the server. Its tasks start
   * when the roles are there.
   *
   * Throws when the pools of all connected services may together open more connections than the instance class can hold.
   */
  public bindToService(service: IConnectedService): ServiceBinding {
    return this.binding.bind(service);
  }

  /**
   * Lets somebody sign in to this database with a token of IAM in the place of a password: `rds-db:connect` on one role of
   * one instance. Whoever it is also needs a way there (`connections.allowDefaultPortFrom()`) and TLS.
   *
   * Each of the two roles takes five connections at a time. A statement ends after 5 minutes, an idle transaction after
   * 60 seconds, waiting for a lock after 5 seconds; these three guard against accidents, and a session can lift them.
   *
   * **After a restored copy has taken the place of the instance its resource id is another one, and nobody signs in by IAM
   * any more** until the policies name the new id: docs/stateful-resources.md says how. Passwords are not concerned.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
   */
  public grantConnect(grantee: iam.IGrantable, access: DatabaseAccess): iam.Grant {
    return this.instance.grantConnect(grantee, this.roles.attribute(access._attribute));
  }

  /**
   * Lets somebody reach this database and sign in to it, by `cdk-golden-path connect` on their own machine: `grantConnect()`, and
   * what it takes to open a way there for the time of `peopleAccess`, in this stack and no other.
   *
   * Who opened it, and who signed in, is recorded by CloudTrail and in the server's log; what they did there is not, but for
   * changes of tables and roles. `grantee` may be a role that people take on, or an `iam.ManagedPolicy`
   * that IAM Identity Center names in a permission set.
   *
   * Throws where the database has no `peopleAccess`.
   */
  public grantAccess(grantee: iam.IGrantable, access: DatabaseAccess): iam.Grant {
    if (!this.people) {
      throw invalid(this, 'peopleAccess', { must: 'must be set before somebody is let in by it', remedy: 'add PeopleAccess.bySessionManager(), or use grantConnect() for who has a way there already' });
    }
    return this.people.grant(grantee).combine(this.grantConnect(grantee, access));
  }

  /** Restored into the same subnets, with the same server parameters, smaller, without a standby, and with sign-in by IAM for whatever proves it. */
  public protection(): Protection {
    return {
      subject: this,
      resources: [backup.BackupResource.fromRdsDatabaseInstance(this.instance)],
      resourceType: 'RDS',
      pointInTime: this.backupRetention,
      restoreMetadata: {
        dbSubnetGroupName: this.subnetGroup.subnetGroupName,
        dbParameterGroupName: this.parameterGroup.bindToInstance({}).parameterGroupName,
        dbInstanceClass: 'db.t4g.medium',
        multiAz: 'false',
        publiclyAccessible: 'false',
        enableIamDatabaseAuthentication: 'true',
      },
    };
  }

  /**
   * Its golden signals: CPU, load, memory, storage, connections, latency, transaction ids, replication slots, deadlocks, failed sign-ins; and those of
   * its migrations, if it has any.
   *
   * Alarms for all of them, 14, cost 1.80 USD a month, for migrations 3 more 0.30 USD, and what is counted in the log at most 0.60 USD (us-east-1, November 2026).
   *
   * @see https://aws.amazon.com/cloudwatch/pricing/
   */
  public observe(): Observation {
    const database = observeDatabase({
      subject: this,
      instance: this.instance,
      logs: this.logs,
      allocatedStorage: this.allocatedStorage,
      maxAllocatedStorage: this.maxAllocatedStorage,
      memory: memoryOf(this.instanceType),
      connections: this.connectionLimit,
    });
    if (!this.gate) {
      return database;
    }
    const { metrics, signals } = observeMigrations(instanceIdentifier(this));
    return {
      ...database, metrics: [...database.metrics, ...metrics], signals: [...database.signals, ...signals], logGroups: [...database.logGroups ?? [], this.gate.logGroup],
    };
  }

  private defineSecret(id: string, username: string, defaults: TierDefaults, masterSecret?: rds.DatabaseSecret): rds.DatabaseSecret {
    const secret = new rds.DatabaseSecret(this, id, { username, masterSecret, encryptionKey: this.key, dbname: this.databaseName });
    secret.applyRemovalPolicy(removalBeside(defaults));
    return secret;
  }

  private defineConnections(vpc: ec2.IVpc, defaults: TierDefaults): ec2.Connections {
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', { vpc, description: description(`Database ${this.node.path}`), allowAllOutbound: false });
    securityGroup.applyRemovalPolicy(removalBeside(defaults));
    return new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ec2.Port.tcp(this.port) });
  }
}
