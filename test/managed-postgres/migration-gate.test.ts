import { type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import type { ManagedPostgresProps } from '../../src/managed-postgres/managed-postgres-props';
import { Migrations, type TypeormMigrationsOptions } from '../../src/managed-postgres/migrations/migrations';
import { RestorePoint } from '../../src/managed-postgres/migrations/restore-point';
import { SchemaOnRollback } from '../../src/managed-postgres/migrations/schema-on-rollback';
import { PlatformService } from '../../src/platform-service/platform-service';
import { databaseProps, IMAGE, stackIn, stackOf, vpcIn, workerProps } from '../support';

const DIRECTORY = 'test/support/migrations';

interface Scene {
  readonly stack: Stack;
  readonly orders: ManagedPostgres;
  readonly api: PlatformService;
}

function scene(options: Partial<TypeormMigrationsOptions> = {}, props: Partial<ManagedPostgresProps> = {}): Scene {
  const stack = stackOf();
  const vpc = vpcIn(stack);
  const orders = new ManagedPostgres(stack, 'Orders', {
    ...databaseProps(vpc), migrations: Migrations.typeorm({ image: IMAGE, directory: DIRECTORY, ...options }), ...props,
  });
  const api = new PlatformService(stack, 'Api', workerProps(vpc));
  api.connectTo(orders);
  return { stack, orders, api };
}

const plain = scene();
const template = Template.fromStack(plain.stack);
const only = (type: string, of = template): any => Object.values(of.findResources(type))[0];
const gate = (of = template): any => only('Custom::PostgresMigrations', of);
const definition = (of = template): any => Object.values(of.findResources('AWS::ECS::TaskDefinition')).find((it) => JSON.stringify(it).includes('MIGRATION_RELEASE'));
const container = (of = template): any => definition(of).Properties.ContainerDefinitions.find((it: any) => it.Name === 'app');
const variables = (of = template): { [name: string]: unknown } => Object.fromEntries(container(of).Environment.map(({ Name, Value }: any) => [Name, Value]));

describe('the gate', () => {
  test('is one custom resource, for which CloudFormation waits as long as it can', () => {
    template.resourceCountIs('Custom::PostgresMigrations', 1);
    expect(gate().Properties.ServiceTimeout).toBe('3600');
  });

  test('is passed before a service that is connected starts tasks', () => {
    const service = only('AWS::ECS::Service');

    expect(service.DependsOn).toContain(Object.keys(template.findResources('Custom::PostgresMigrations'))[0]);
  });

  test('comes after the roles, since it signs in as the owner', () => {
    expect(gate().DependsOn).toContain(Object.keys(template.findResources('Custom::PostgresRoles'))[0]);
  });

  test('is not there for a database without migrations', () => {
    Template.fromStack(scene({}, { migrations: undefined }).stack).resourceCountIs('Custom::PostgresMigrations', 0);
  });

  test('is triggered by what the migrations are, and not by the image', () => {
    const other = scene({ image: IMAGE, dataSource: 'dist/other.js' });

    expect(gate(Template.fromStack(other.stack)).Properties.Release).toBe(gate().Properties.Release);
    expect(gate().Properties.Release).toMatch(/^[0-9a-f]{16,}-/);
  });

  test('keeps the schema on a rollback, and names a second to go back to, unless told otherwise', () => {
    const told = scene({ onRollback: SchemaOnRollback.revert(), restorePoint: RestorePoint.snapshot() });

    expect([plain, told].map(({ stack }) => gate(Template.fromStack(stack)).Properties)).toEqual([
      expect.objectContaining({ OnRollback: 'keep', RestorePoint: 'time' }), expect.objectContaining({ OnRollback: 'revert', RestorePoint: 'snapshot' }),
    ]);
  });

  test('can be told from outside which services use the database, where it takes migrations back', () => {
    const told = scene({ onRollback: SchemaOnRollback.revert() });
    const { Database } = gate(Template.fromStack(told.stack)).Properties;

    expect(only('AWS::ECS::Service', Template.fromStack(told.stack)).Properties.Tags).toContainEqual({ Key: `cdk-golden-path:database/${Database}`, Value: 'connected' });
    expect(JSON.stringify(only('AWS::ECS::Service').Properties.Tags ?? [])).not.toContain('cdk-golden-path:database');
  });

  test('serves services of other stacks', () => {
    const { stack: data, orders } = scene();
    const services = stackIn(data.node.root, 'Services');
    const service = new PlatformService(services, 'Admin', workerProps(vpcIn(services)));

    expect(() => { service.connectTo(orders); Template.fromStack(services); }).not.toThrow();
  });

  test('has two of its kind in one stack', () => {
    const { stack } = scene();
    new ManagedPostgres(stack, 'Audit', {
      ...databaseProps(vpcIn(stack, 'Other')), variablePrefix: 'AUDIT_PG', migrations: Migrations.typeorm({ image: IMAGE, directory: DIRECTORY }),
    });

    Template.fromStack(stack).resourceCountIs('Custom::PostgresMigrations', 2);
  });
});

describe('the task of the migrations', () => {
  test('runs our guard by the Node.js of the image', () => {
    expect(container().Command).toEqual(['node', '/opt/cdk-golden-path/migration-guard.js']);
  });

  test('signs in as the owner of the schema, with TLS that is verified by the authorities of the region', () => {
    expect(container().Secrets.map(({ Name, ValueFrom }: any) => [Name, JSON.stringify(ValueFrom)])).toEqual([
      ['PGUSER', expect.stringContaining('OrdersOwnerSecret')], ['PGPASSWORD', expect.stringContaining('OrdersOwnerSecret')],
    ]);
    expect(variables()).toMatchObject({ PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/etc/rds/eu-west-1-bundle.pem', PGDATABASE: 'app', PGPORT: '5433' });
  });

  test('knows its release, its newest migration and its data source', () => {
    expect(variables()).toMatchObject({
      MIGRATION_RELEASE: gate().Properties.Release, MIGRATION_NEWEST: 'CreateAccounts1700000000001', MIGRATION_DATA_SOURCE: 'dist/data-source.js',
    });
  });

  test('is hardened like that of a service', () => {
    expect(container()).toMatchObject({ User: '1000:1000', ReadonlyRootFilesystem: true, Privileged: false });
  });

  test('fits into what ECS takes, with the guard and the authorities in it', () => {
    expect(JSON.stringify(definition().Properties).length).toBeLessThan(32 * 1024);
  });

  test('reaches the database, HTTPS, and nothing else', () => {
    const [id] = gate().Properties.SecurityGroups[0]['Fn::GetAtt'];
    const egress = Object.values(template.findResources('AWS::EC2::SecurityGroupEgress', { Properties: { GroupId: { 'Fn::GetAtt': [id, 'GroupId'] } } }));

    expect(template.toJSON().Resources[id].Properties.SecurityGroupEgress.map((it: any) => it.ToPort)).toEqual([443]);
    expect(egress.map((it: any) => it.Properties.ToPort)).toEqual([5433]);
  });

  test('is given what the data source needs beside', () => {
    expect(variables(Template.fromStack(scene({ variables: { TENANT: 'acme' } }).stack))).toMatchObject({ TENANT: 'acme' });
  });
});

describe('the function of the gate', () => {
  const statements = (of = template): any[] => Object.values(of.findResources('AWS::IAM::Policy'))
    .filter((it: any) => JSON.stringify(it.Properties.Roles).includes('MigrationsFunction')).flatMap((it: any) => it.Properties.PolicyDocument.Statement);
  const granted = (action: string, of = template): any => statements(of).find((it) => [it.Action].flat().includes(action));

  test('starts no task but that of the migrations, in its own cluster', () => {
    expect(JSON.stringify(granted('ecs:RunTask').Resource)).toMatch(/task-definition\/\w+:\*/);
    expect(granted('ecs:RunTask').Condition).toEqual({ ArnEquals: { 'ecs:cluster': { 'Fn::GetAtt': [expect.stringContaining('OrdersMigrationsCluster'), 'Arn'] } } });
  });

  test('passes roles to tasks only', () => {
    expect(granted('iam:PassRole').Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
  });

  test('looks at services only where it takes migrations back', () => {
    expect(granted('ecs:ListTasks')).toBeUndefined();
    expect(granted('ecs:ListTasks', Template.fromStack(scene({ onRollback: SchemaOnRollback.revert() }).stack))).toBeDefined();
  });

  test('cannot read the credentials of the database', () => {
    expect(granted('secretsmanager:GetSecretValue')).toBeUndefined();
  });

  test('is called by the state machine, whose log holds no data: an event has the address that answers for the stack', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { IncludeExecutionData: false, Level: 'ALL' }, DefinitionString: Match.objectLike({ 'Fn::Join': Match.anyValue() }),
    });
  });
});

describe('the record', () => {
  test('is encrypted with the key of the database, and kept as long as the tier keeps logs', () => {
    const [id] = gate().Properties.LogGroup ? [gate().Properties.LogGroup.Ref] : [];

    expect(template.toJSON().Resources[id].Properties).toMatchObject({ RetentionInDays: 365, KmsKeyId: { 'Fn::GetAtt': ['OrdersKey6C690DD2', 'Arn'] } });
  });

  test('is watched', () => {
    expect(plain.orders.observe().signals.map(({ id }) => id)).toEqual(expect.arrayContaining(['MigrationFailed', 'RevertFailed', 'SchemaAhead']));
  });
});
