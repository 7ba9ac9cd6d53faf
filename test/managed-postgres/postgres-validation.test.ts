import { CfnParameter, Duration, Fn, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Tier } from '../../src/environment/tier';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import type { ManagedPostgresProps } from '../../src/managed-postgres/managed-postgres-props';
import { mustBeAccepted } from '../../src/managed-postgres/postgres-validation';
import { PostgresVersion } from '../../src/managed-postgres/postgres-version';
import { agnosticStackOf, databaseProps, stackOf, vpcIn } from '../support';
import * as fc from '../support/fast-check';

const stack = stackOf();
const vpc = vpcIn(stack);

const accept = (props: Partial<ManagedPostgresProps>) => () => mustBeAccepted(stack, { ...databaseProps(vpc), ...props }, Tier.DEV);

const IDENTIFIER = 'must be up to 63 small letters, digits and underscores, beginning with a letter';
const RESERVED = 'must not be a name that PostgreSQL or RDS keeps for itself';
const SCHEMA = "must not be 'public', 'information_schema' or begin with 'pg_'";
const GP3 = 'must be between 20 and 65536 GiB';
const PREFIX = 'must be capital letters, digits and underscores, beginning with a letter';
const EXTENSIONS = 'must be names of up to 63 small letters, digits, underscores and hyphens';
const AVAILABLE = 'write them as pg_available_extensions does';
const LOADED = "must name 'pg_cron' only where the server loads it for this database";
const LOAD = "add it to the parameter 'shared_preload_libraries', and the parameter 'cron.database_name' with the value 'app'";
const OWN = 'choose a schema of its own';
const SIZE = 'choose a size that gp3 offers';
const CLASS = "write it like 'm7g.large', without 'db.'";

describe('refuses', () => {
  test.each<[Partial<ManagedPostgresProps>, keyof ManagedPostgresProps, string, string, string]>([
    [{ databaseName: '' }, 'databaseName', IDENTIFIER, "''", 'rename it'],
    [{ databaseName: 'Orders' }, 'databaseName', IDENTIFIER, "'Orders'", 'rename it'],
    [{ databaseName: 'my-orders' }, 'databaseName', IDENTIFIER, "'my-orders'", 'rename it'],
    [{ databaseName: '1orders' }, 'databaseName', IDENTIFIER, "'1orders'", 'rename it'],
    [{ databaseName: 'orders\n' }, 'databaseName', IDENTIFIER, "'orders\n'", 'rename it'],
    [{ databaseName: 'заказы' }, 'databaseName', IDENTIFIER, "'заказы'", 'rename it'],
    [{ databaseName: 'a'.repeat(64) }, 'databaseName', IDENTIFIER, `'${'a'.repeat(64)}'`, 'rename it'],
    [{ databaseName: 'postgres' }, 'databaseName', RESERVED, "'postgres'", 'rename it'],
    [{ databaseName: 'order' }, 'databaseName', RESERVED, "'order'", 'rename it'],
    [{ databaseName: 'user' }, 'databaseName', RESERVED, "'user'", 'rename it'],
    [{ databaseName: 'db' }, 'databaseName', RESERVED, "'db'", 'rename it'],
    [{ schema: 'App' }, 'schema', IDENTIFIER, "'App'", 'rename it'],
    [{ schema: '' }, 'schema', IDENTIFIER, "''", 'rename it'],
    [{ schema: 'public' }, 'schema', SCHEMA, "'public'", OWN],
    [{ schema: 'pg_catalog' }, 'schema', SCHEMA, "'pg_catalog'", OWN],
    [{ schema: 'information_schema' }, 'schema', SCHEMA, "'information_schema'", OWN],
    [{ variablePrefix: '' }, 'variablePrefix', PREFIX, "''", "write it like 'ORDERS_PG'"],
    [{ variablePrefix: 'pg' }, 'variablePrefix', PREFIX, "'pg'", "write it like 'ORDERS_PG'"],
    [{ variablePrefix: '1PG' }, 'variablePrefix', PREFIX, "'1PG'", "write it like 'ORDERS_PG'"],
    [{ instanceType: new ec2.InstanceType('db.m7g.large') }, 'instanceType', 'must be a class and a size', "'db.m7g.large'", CLASS],
    [{ instanceType: new ec2.InstanceType('m7g-large') }, 'instanceType', 'must be a class and a size', "'m7g-large'", CLASS],
    [{ port: 1149 }, 'port', 'must be between 1150 and 65535', '1149', 'RDS offers no other ports'],
    [{ port: 65536 }, 'port', 'must be between 1150 and 65535', '65536', 'RDS offers no other ports'],
    [{ port: 5432.5 }, 'port', 'must be between 1150 and 65535', '5432.5', 'RDS offers no other ports'],
    [{ port: NaN }, 'port', 'must be between 1150 and 65535', 'NaN', 'RDS offers no other ports'],
    [{ allocatedStorage: 19 }, 'allocatedStorage', GP3, '19', SIZE],
    [{ allocatedStorage: 65537 }, 'allocatedStorage', GP3, '65537', SIZE],
    [{ allocatedStorage: 20.5 }, 'allocatedStorage', GP3, '20.5', SIZE],
    [{ maxAllocatedStorage: 65537 }, 'maxAllocatedStorage', GP3, '65537', SIZE],
    [{ maxAllocatedStorage: 100.5 }, 'maxAllocatedStorage', GP3, '100.5', SIZE],
    [{ maxAllocatedStorage: 54 }, 'maxAllocatedStorage', "must be at least a tenth above 'allocatedStorage', 50 GiB", '54', 'raise it, so that storage can grow'],
    [{ allocatedStorage: 65536, maxAllocatedStorage: 65536 }, 'maxAllocatedStorage', "must be at least a tenth above 'allocatedStorage', 65536 GiB", '65536', 'raise it, so that storage can grow'],
    [{ backupRetention: Duration.days(0) }, 'backupRetention', 'must be 1 to 35 whole days', "'0 days'", 'keep older copies in a backup vault'],
    [{ backupRetention: Duration.days(36) }, 'backupRetention', 'must be 1 to 35 whole days', "'36 days'", 'keep older copies in a backup vault'],
    [{ backupRetention: Duration.hours(36) }, 'backupRetention', 'must be 1 to 35 whole days', "'1 day 12 hours'", 'keep older copies in a backup vault'],
    [{ backupRetention: Duration.millis(1) }, 'backupRetention', 'must be 1 to 35 whole days', "'1 milli'", 'keep older copies in a backup vault'],
    [{ extensions: [''] }, 'extensions', EXTENSIONS, "''", AVAILABLE],
    [{ extensions: ['citext', 'PostGIS'] }, 'extensions', EXTENSIONS, "'PostGIS'", AVAILABLE],
    [{ extensions: ['citext; DROP TABLE x'] }, 'extensions', EXTENSIONS, "'citext; DROP TABLE x'", AVAILABLE],
    [{ extensions: ['pg_cron'] }, 'extensions', LOADED, "'pg_cron'", LOAD],
    [{ extensions: ['pg_cron'], parameters: { shared_preload_libraries: 'pgaudit,pg_cron' } }, 'extensions', LOADED, "'pg_cron'", LOAD],
    [{ extensions: ['pg_cron'], parameters: { 'cron.database_name': 'app' } }, 'extensions', LOADED, "'pg_cron'", LOAD],
    [{ connectionsPerTask: 0 }, 'connectionsPerTask', 'must be a whole number from 1', '0', 'give the size of the pool'],
    [{ connectionsPerTask: 2.5 }, 'connectionsPerTask', 'must be a whole number from 1', '2.5', 'give the size of the pool'],
  ])('%j', (props, prop, must, got, remedy) => {
    expect(accept(props)).toThrow(new Error(`[Shop] '${prop}' ${must}, got ${got}; ${remedy}`));
  });

  test('before it defines anything', () => {
    const empty = stackOf();
    const there = vpcIn(empty);
    const before = empty.node.findAll().length;

    expect(() => new ManagedPostgres(empty, 'Orders', { ...databaseProps(there), port: 80 })).toThrow(new Error(
      "[Shop/Orders] 'port' must be between 1150 and 65535, got 80; RDS offers no other ports"));
    expect(empty.node.findAll()).toHaveLength(before + 1);
  });
});

describe('accepts', () => {
  test.each<Partial<ManagedPostgresProps>>([
    { databaseName: 'a' }, { databaseName: 'a'.repeat(63) }, { databaseName: 'orders_2026' }, { databaseName: 'orders' },
    { schema: 'a'.repeat(63) }, { schema: 'order' }, { schema: 'publican' },
    { port: 1150 }, { port: 65535 }, { allocatedStorage: 20 }, { allocatedStorage: 65536 },
    { maxAllocatedStorage: 55 }, { allocatedStorage: 400, maxAllocatedStorage: 440 }, { maxAllocatedStorage: 65536 },
    { backupRetention: Duration.days(1) }, { backupRetention: Duration.days(35) }, { backupRetention: Duration.hours(24) },
    { extensions: [] }, { extensions: ['pg_cron'], databaseName: 'orders', parameters: { 'shared_preload_libraries': 'pgaudit,pg_cron', 'cron.database_name': 'orders' } },
    { extensions: ['uuid-ossp', 'pg_trgm', 'citext', 'citext'] },
    { connectionsPerTask: 1 }, { variablePrefix: 'A' }, { variablePrefix: 'ORDERS_PG' },
    { instanceType: ec2.InstanceType.of(ec2.InstanceClass.R7G, ec2.InstanceSize.XLARGE16) },
    { instanceType: new ec2.InstanceType('x2iedn.32xlarge') }, { instanceType: new ec2.InstanceType('r5b.large') }, { instanceType: new ec2.InstanceType('m6gd.metal') },
  ])('%j', (props) => {
    expect(accept(props)).not.toThrow();
  });
});

test.each([[Tier.STAGING, 6, 7], [Tier.PROD, 6, 7]])('in %s refuses backups of %i days, and takes those of %i', (tier, few, enough) => {
  const keep = (days: number) => () => mustBeAccepted(stack, { ...databaseProps(vpc), backupRetention: Duration.days(days) }, tier);

  expect(keep(few)).toThrow(new Error(
    `[Shop] 'backupRetention' must be at least 7 days in tier '${tier}', got '6 days'; raise it or choose a lower tier`));
  expect(keep(enough)).not.toThrow();
});

describe('a value that only the deployment knows', () => {
  const number = () => Lazy.number({ produce: () => 50 });

  test.each<[keyof ManagedPostgresProps, Partial<ManagedPostgresProps>]>([
    ['port', { port: number() }],
    ['allocatedStorage', { allocatedStorage: number() }],
    ['maxAllocatedStorage', { maxAllocatedStorage: number() }],
    ['connectionsPerTask', { connectionsPerTask: number() }],
    ['backupRetention', { backupRetention: Duration.days(number()) }],
    ['extensions', { extensions: Lazy.list({ produce: () => ['citext'] }) }],
    ['variablePrefix', { variablePrefix: Lazy.string({ produce: () => 'PG' }) }],
  ])('is refused for %s, which is calculated with', (prop, props) => {
    expect(accept(props)).toThrow(new Error(`[Shop] '${prop}' must be known at synth; write the value itself, not a parameter or a reference`));
  });

  test('is taken for names and classes, and stands where it belongs', () => {
    const agnostic = agnosticStackOf();
    const parameter = (id: string) => new CfnParameter(agnostic, id).valueAsString;
    new ManagedPostgres(agnostic, 'Orders', {
      ...databaseProps(vpcIn(agnostic)), databaseName: parameter('Name'), schema: parameter('Schema'), instanceType: new ec2.InstanceType(parameter('Class')),
    });

    const template = Template.fromStack(agnostic);
    template.hasResourceProperties('AWS::RDS::DBInstance', { DBName: { Ref: 'Name' }, DBInstanceClass: { 'Fn::Join': ['', ['db.', { Ref: 'Class' }]] } });
    template.hasResourceProperties('Custom::PostgresRoles', { Database: { Ref: 'Name' }, Schema: { Ref: 'Schema' } });
    expect(JSON.stringify(template.toJSON())).not.toMatch(/Token\[/);
  });
});

describe('a VPC', () => {
  const database = (scope: Stack, network: ec2.IVpc) => () => new ManagedPostgres(scope, 'Orders', databaseProps(network));

  test('of public subnets only is refused', () => {
    const scope = stackOf();
    const open = new ec2.Vpc(scope, 'Open', { natGateways: 0, subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }] });

    expect(database(scope, open)).toThrow(new Error(
      "[Shop/Orders] 'vpc' must have isolated or private subnets, got 'Shop/Open'; a database has no place in a public subnet"));
  });

  test('in one Availability Zone is refused', () => {
    const scope = stackOf();

    expect(database(scope, new ec2.Vpc(scope, 'Small', { maxAzs: 1 }))).toThrow(new Error(
      "[Shop/Orders] 'vpc' must have isolated or private subnets in two Availability Zones, got 'eu-west-1a'; "
      + 'RDS asks for two, also for an instance without a standby'));
  });

  test('whose subnets are a list that only the deployment knows is refused', () => {
    const scope = stackOf();
    const imported = ec2.Vpc.fromVpcAttributes(scope, 'Imported', {
      vpcId: 'vpc-1', availabilityZones: Fn.getAzs(), privateSubnetIds: Fn.split(',', Fn.importValue('Subnets')),
    });

    expect(database(scope, imported)).toThrow(new Error(
      "[Shop/Orders] 'vpc' must name its subnets one by one, got 'Shop/Imported'; take them out of the list with Fn.select()"));
  });

  test('whose subnets are taken out of such a list is taken', () => {
    const scope = agnosticStackOf();
    const ids = Fn.split(',', Fn.importValue('Subnets'));
    const imported = ec2.Vpc.fromVpcAttributes(scope, 'Imported', {
      vpcId: Fn.importValue('Vpc'), availabilityZones: [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())], privateSubnetIds: [Fn.select(0, ids), Fn.select(1, ids)],
    });
    database(scope, imported)();

    Template.fromStack(scope).resourceCountIs('AWS::RDS::DBInstance', 1);
  });
});

test('whatever the props, either refuses them in words or synthesises', () => {
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const props = fc.record({
    databaseName: maybe(fc.oneof(fc.constantFrom('orders', 'a1_', 'user'), fc.string())),
    schema: maybe(fc.oneof(fc.constantFrom('app', 'shop'), fc.string())),
    instanceType: maybe(fc.oneof(fc.constantFrom('t4g.micro', 'r7g.large'), fc.string()).map((it) => new ec2.InstanceType(it))),
    allocatedStorage: maybe(fc.oneof(fc.integer({ min: 20, max: 65536 }), fc.double())),
    maxAllocatedStorage: maybe(fc.oneof(fc.integer({ min: 20, max: 65536 }), fc.double())),
    port: maybe(fc.oneof(fc.integer({ min: 1150, max: 65535 }), fc.integer())),
    backupRetention: maybe(fc.nat(40).map((it) => Duration.days(it))),
    connectionsPerTask: maybe(fc.integer({ min: -1, max: 50 })),
    variablePrefix: maybe(fc.oneof(fc.constantFrom('PG', 'A_B'), fc.string())),
    version: fc.constantFrom(PostgresVersion.V15, PostgresVersion.V16, PostgresVersion.V17, PostgresVersion.V18),
  });

  fc.assert(fc.property(props, (some) => {
    const scope = stackOf();
    try {
      new ManagedPostgres(scope, 'Orders', { ...databaseProps(vpcIn(scope)), ...some });
    } catch (error) {
      expect((error as Error).message).toMatch(/^\[Shop\/Orders\] '\w+' must [^;]+(, got [^]*)?; .+$/);
      return;
    }
    Template.fromStack(scope).resourceCountIs('AWS::RDS::DBInstance', 1);
  }), { numRuns: 25 });
});
