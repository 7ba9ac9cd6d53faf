import { Duration } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
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
import { offeredLike, settledClass } from './instance-class';
import { instanceIdentifier } from './instance-identifier';
import type { ManagedPostgresProps } from './managed-postgres-props';
import { MigrationGate } from './migration-gate';
import { observeMigrations } from './migration-observation';
import { serverParameters } from './parameters';
import { PeopleAccess } from './people-access';
import { PeopleTunnel } from './people-tunnel';
import { dataSubnets, mustBeAccepted, roomToGrow, warnWithoutWayOut } from './postgres-validation';
import type { ReachedDatabase } from './reached-database';
import { verifierRole } from './verifier-role';
import { IConnectedService, IObservable, IProtectable, IServiceDependency, Observation, Protection, ServiceBinding } from '../contracts';
import { Tier } from '../environment/tier';
import { databaseTag } from '../handlers/migration-gate/contract';
import { admitLogs, dataKey } from '../policy/encryption';
import { defaultsOf, type TierDefaults } from '../policy/tier-defaults';
import { mustBeOf, mustFit } from '../private/argument';
import { description } from '../private/description';
import { invalid } from '../private/invalid';
import { takeName } from '../private/taken-name';

/**
 * PostgreSQL on Amazon RDS: encrypted, reached by TLS only, with credentials that nobody knows and that rotate.
 *
 * A service that connects gets the role `app`, which reads and writes rows and can do nothing else. The role `owner` owns
 * the schema, for migrations. The master user is used by nothing but the rotation and the set-up of these roles.
 *
 * People sign in by IAM, without a password, as `app_people_readonly`, `app_people_readwrite` or `app_people_operator`: see
 * `grantAccess()`, or `grantConnect()` for those who have a way into the network already.
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

  /** The task that runs the migrations, if there are any: what they need beside the database is granted to its role. */
  public readonly migrationTaskDefinition?: ecs.FargateTaskDefinition;
  /** The record of all runs of migrations, if there are any. */
  public readonly migrationLogGroup?: logs.LogGroup;

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
   * Throws, in words, for what RDS would refuse (names, port, storage, retention, an instance class that the region does
   * not have) and for parameters that would lower a guard.
   */
  constructor(scope: Construct, id: string, props: ManagedPostgresProps) {
    super(scope, id);
    mustFit(this, 'ManagedPostgresProps', props);
    const tier = Tier._settle(this, props.tier);
    mustBeAccepted(this, props, tier);
    const defaults = defaultsOf(tier);
    const identifier = instanceIdentifier(this);
    takeName(this, { kind: 'DB instance', name: identifier, prop: 'id', remedy: 'give their stacks names of their own' });
    const vpcSubnets = dataSubnets(this, props.vpc);
    warnWithoutWayOut(this, props.vpc);
    this.databaseName = props.databaseName ?? 'app';
    this.verifierRole = verifierRole(identifier);
    this.port = props.port ?? 5433;
    this.instanceType = settledClass(this, props.instanceType, defaults.databaseClass);
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
    const reached: ReachedDatabase = {
      vpc: props.vpc, instance: this.instance, identifier, target: this, port: this.port, database: this.databaseName, key: this.key, defaults,
    };
    this.roles = new DatabaseRoles(this, 'Roles', {
      ...reached,
      schema: props.schema ?? 'app',
      extensions: props.extensions ?? [],
      masterSecret,
      appSecret: this.appSecret,
      ownerSecret: this.ownerSecret,
      verifierRole: this.verifierRole,
    });
    const migrations = props.migrations?._settle(this);
    this.gate = migrations && new MigrationGate(this, 'Migrations', {
      ...reached,
      migrations,
      ownerSecret: this.ownerSecret,
      authorities: authoritiesFor(this, this),
      rolesReady: this.roles.ready,
    });
    this.migrationTaskDefinition = this.gate?.taskDefinition;
    this.migrationLogGroup = this.gate?.logGroup;
    const { _timeLimit: timeLimit } = props.peopleAccess ?? (defaults.peopleAccess ? PeopleAccess.bySessionManager() : PeopleAccess.none());
    this.people = timeLimit && new PeopleTunnel(this, 'People', {
      ...reached,
      timeLimit,
      readOnlyRole: this.roles.attribute('PeopleReadOnlyRole'),
      readWriteRole: this.roles.attribute('PeopleReadWriteRole'),
      operatorRole: this.roles.attribute('PeopleOperatorRole'),
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
    mustBeOf(this, 'IConnectedService', service, 'service');
    return this.binding.bind(service);
  }

  /**
   * Lets somebody sign in to this database with a token of IAM in the place of a password: `rds-db:connect` on one role of
   * one instance. Whoever it is also needs a way there (`connections.allowDefaultPortFrom()`) and TLS.
   *
   * Each of the roles takes five connections at a time. A statement ends after 5 minutes, but for an operator's, an idle transaction after
   * 60 seconds, waiting for a lock after 5 seconds; these three guard against accidents, and a session can lift them.
   *
   * **After a restored copy has taken the place of the instance its resource id is another one, and nobody signs in by IAM
   * any more** until the policies name the new id: docs/stateful-resources.md says how. Passwords are not concerned.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
   */
  public grantConnect(grantee: iam.IGrantable, access: DatabaseAccess): iam.Grant {
    mustBeOf(this, 'iam.IGrantable', grantee, 'grantee');
    mustBeOf(this, 'DatabaseAccess', access, 'access');
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
    mustBeOf(this, 'iam.IGrantable', grantee, 'grantee');
    mustBeOf(this, 'DatabaseAccess', access, 'access');
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
        dbInstanceClass: `db.${offeredLike(this, 't4g.medium')}`,
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
