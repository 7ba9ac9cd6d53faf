import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IConnectedService } from '../../src/contracts';
import { Tier } from '../../src/environment/tier';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import type { ManagedPostgresProps } from '../../src/managed-postgres/managed-postgres-props';
import { databaseProps, ENV, stackOf, vpcIn } from '../support';

/** Whatever connects to a database. */
class Tasks extends Construct implements IConnectedService {
  public readonly connections = new ec2.Connections();
  public readonly grantPrincipal: iam.IPrincipal = new iam.ServicePrincipal('ecs-tasks.amazonaws.com');

  constructor(scope: Construct, id: string, public readonly maxTasks: number) {
    super(scope, id);
  }
}

function databaseIn(stack: Stack, props: Partial<ManagedPostgresProps> = {}, id: string = 'Orders'): ManagedPostgres {
  return new ManagedPostgres(stack, id, { ...databaseProps(stack.node.tryFindChild('Vpc') as ec2.Vpc ?? vpcIn(stack)), ...props });
}

function templateOf(tier: Tier, props: Partial<ManagedPostgresProps> = {}): Template {
  const stack = stackOf(tier);
  databaseIn(stack, props);
  return Template.fromStack(stack);
}

/** One template for all that only looks at the defaults of a tier. */
const templates = new Map<Tier, Template>();
function defaultsOf(tier: Tier): Template {
  templates.set(tier, templates.get(tier) ?? templateOf(tier));
  return templates.get(tier)!;
}

function only(template: Template, type: string): [string, any] {
  const [found, ...others] = Object.entries(template.findResources(type));
  expect(others).toEqual([]);
  return found;
}

describe('the instance', () => {
  test('is encrypted with the key of the database, with the flag written out', () => {
    defaultsOf(Tier.PROD).hasResourceProperties('AWS::RDS::DBInstance', {
      StorageEncrypted: true,
      KmsKeyId: { 'Fn::GetAtt': ['OrdersKey6C690DD2', 'Arn'] },
      EnablePerformanceInsights: true,
      PerformanceInsightsKMSKeyId: { 'Fn::GetAtt': ['OrdersKey6C690DD2', 'Arn'] },
    });
  });

  test('has its key rotated every year', () => {
    defaultsOf(Tier.DEV).hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('leaves nothing that guards it to a default of AWS', () => {
    defaultsOf(Tier.PROD).hasResourceProperties('AWS::RDS::DBInstance', {
      PubliclyAccessible: false,
      EnableIAMDatabaseAuthentication: true,
      CopyTagsToSnapshot: true,
      AutoMinorVersionUpgrade: true,
      AllowMajorVersionUpgrade: false,
      StorageType: 'gp3',
      AllocatedStorage: '50',
      MaxAllocatedStorage: 500,
      CACertificateIdentifier: 'rds-ca-rsa2048-g1',
      EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
      EnableCloudwatchLogsExports: ['postgresql', 'upgrade', 'iam-db-auth-error'],
      MonitoringInterval: 60,
      DBName: 'app',
      Port: '5433',
    });
  });

  test('signs its administrator in with a password that only Secrets Manager knows', () => {
    const fromSecret = (field: string) => ({ 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'OrdersMasterSecret5153E64A' }, `:SecretString:${field}::}}`]] });

    defaultsOf(Tier.PROD).hasResourceProperties('AWS::RDS::DBInstance', { MasterUsername: fromSecret('username'), MasterUserPassword: fromSecret('password') });
  });

  test.each([
    [Tier.DEV, {
      MultiAZ: false,
      DBInstanceClass: 'db.t4g.medium',
      DeletionProtection: false,
      BackupRetentionPeriod: 7,
      DeleteAutomatedBackups: true,
      DatabaseInsightsMode: 'standard',
      PerformanceInsightsRetentionPeriod: 7,
      ApplyImmediately: true,
    }],
    [Tier.STAGING, {
      MultiAZ: true,
      DBInstanceClass: 'db.t4g.medium',
      DeletionProtection: false,
      BackupRetentionPeriod: 14,
      DeleteAutomatedBackups: false,
      DatabaseInsightsMode: 'standard',
      PerformanceInsightsRetentionPeriod: 7,
      ApplyImmediately: true,
    }],
    [Tier.PROD, {
      MultiAZ: true,
      DBInstanceClass: 'db.m7g.large',
      DeletionProtection: true,
      BackupRetentionPeriod: 30,
      DeleteAutomatedBackups: false,
      DatabaseInsightsMode: 'advanced',
      PerformanceInsightsRetentionPeriod: 465,
      ApplyImmediately: false,
    }],
  ])('in %s guarantees what its tier promises', (tier, properties) => {
    defaultsOf(tier).hasResourceProperties('AWS::RDS::DBInstance', properties);
  });

  test('has a tier of its own where it is given one', () => {
    const stack = stackOf(Tier.DEV);
    databaseIn(stack, { tier: Tier.PROD });

    Template.fromStack(stack).hasResource('AWS::RDS::DBInstance', { DeletionPolicy: 'RetainExceptOnCreate', Properties: { MultiAZ: true, DeletionProtection: true } });
  });

  test('is what was asked for', () => {
    const template = templateOf(Tier.PROD, {
      databaseName: 'orders',
      schema: 'shop',
      instanceType: new ec2.InstanceType('r7g.xlarge'),
      allocatedStorage: 400,
      maxAllocatedStorage: 440,
      port: 6000,
      backupRetention: Duration.hours(240),
    });

    template.hasResourceProperties('AWS::RDS::DBInstance', {
      DBName: 'orders', DBInstanceClass: 'db.r7g.xlarge', AllocatedStorage: '400', MaxAllocatedStorage: 440, Port: '6000', BackupRetentionPeriod: 10,
    });
    template.hasResourceProperties('Custom::PostgresRoles', { Database: 'orders', Schema: 'shop', Port: '6000' });
  });

  test.each([[6554, 65536], [59000, 65536], [59579, Match.absent()], [65536, Match.absent()]])('with %d GiB grows as far as gp3 goes', (allocatedStorage, most) => {
    templateOf(Tier.PROD, { allocatedStorage }).hasResourceProperties('AWS::RDS::DBInstance', { MaxAllocatedStorage: most });
  });

  test('requires TLS', () => {
    defaultsOf(Tier.DEV).hasResourceProperties('AWS::RDS::DBParameterGroup', { Parameters: Match.objectLike({ 'rds.force_ssl': '1' }) });
  });

  test('takes the parameters that it is given', () => {
    templateOf(Tier.DEV, { parameters: { work_mem: '65536' } })
      .hasResourceProperties('AWS::RDS::DBParameterGroup', { Parameters: Match.objectLike({ 'work_mem': '65536', 'rds.force_ssl': '1' }) });
  });
});

describe('what is left behind', () => {
  const policies = (tier: Tier, type: string) => Object.values(defaultsOf(tier).findResources(type)).map((it) => [it.DeletionPolicy, it.UpdateReplacePolicy]);

  test('is a snapshot of the instance in STAGING, and nothing in DEV', () => {
    expect(policies(Tier.STAGING, 'AWS::RDS::DBInstance')).toEqual([['Snapshot', 'Snapshot']]);
    expect(policies(Tier.DEV, 'AWS::RDS::DBInstance')).toEqual([['Delete', 'Delete']]);
  });

  test('is in PROD the instance with all that it cannot be without', () => {
    const kept = ['AWS::RDS::DBInstance', 'AWS::RDS::DBSubnetGroup', 'AWS::RDS::DBParameterGroup', 'AWS::KMS::Key', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup']
      .flatMap((type) => policies(Tier.PROD, type));

    expect(kept).toHaveLength(1 + 1 + 1 + 1 + 3 + 5);
    expect(new Set(kept.map(([deletion]) => deletion))).toEqual(new Set(['RetainExceptOnCreate']));
    expect(new Set(kept.map(([, replacement]) => replacement))).toEqual(new Set(['Retain']));
    expect(defaultsOf(Tier.PROD).findResources('AWS::EC2::SecurityGroup').OrdersSecurityGroup2E5456CF.DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  test.each([Tier.STAGING, Tier.PROD])('holds in %s the key, without which no backup can be read', (tier) => {
    expect(policies(tier, 'AWS::KMS::Key')).toEqual([['RetainExceptOnCreate', 'Retain']]);
  });

  test.each([Tier.DEV, Tier.STAGING])('does not hold in %s what stood beside an instance that is gone', (tier) => {
    const gone = ['AWS::RDS::DBSubnetGroup', 'AWS::RDS::DBParameterGroup', 'AWS::SecretsManager::Secret'].flatMap((type) => policies(tier, type));

    expect(new Set(gone.flat())).toEqual(new Set(['Delete']));
  });
});

describe('the log groups', () => {
  test('bear the names under which RDS writes, and are encrypted', () => {
    const template = defaultsOf(Tier.PROD);
    const identifier: string = only(template, 'AWS::RDS::DBInstance')[1].Properties.DBInstanceIdentifier;

    for (const log of ['postgresql', 'upgrade', 'iam-db-auth-error']) {
      template.hasResourceProperties('AWS::Logs::LogGroup', {
        LogGroupName: `/aws/rds/instance/${identifier}/${log}`, KmsKeyId: { 'Fn::GetAtt': ['OrdersKey6C690DD2', 'Arn'] }, RetentionInDays: 365,
      });
    }
  });

  test('are there before RDS would make them by itself', () => {
    const template = defaultsOf(Tier.PROD);
    const named = Object.entries(template.findResources('AWS::Logs::LogGroup')).filter(([, it]) => it.Properties.LogGroupName).map(([id]) => id);

    expect(named).toHaveLength(3);
    expect(only(template, 'AWS::RDS::DBInstance')[1].DependsOn).toEqual(expect.arrayContaining(named));
  });

  test.each([[Tier.DEV, 4, 7], [Tier.STAGING, 4, 30], [Tier.PROD, 5, 365]])('in %s are %d, kept for %d days', (tier, count, days) => {
    const groups = Object.values(defaultsOf(tier).findResources('AWS::Logs::LogGroup'));

    expect(groups.map((it) => it.Properties.RetentionInDays)).toEqual(Array(count).fill(days));
  });

  test('may be written by CloudWatch Logs with the key', () => {
    defaultsOf(Tier.PROD).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Sid: 'CloudWatchLogs', Effect: 'Allow' })]) },
    });
  });
});

describe('the network', () => {
  test('admits nobody but the set-up of the roles, and the tasks that people open in PROD', () => {
    const admitted = (tier: Tier) => Object.values(defaultsOf(tier).findResources('AWS::EC2::SecurityGroupIngress'))
      .map(({ Properties: { SourceSecurityGroupId } }) => SourceSecurityGroupId['Fn::GetAtt'][0]);

    expect(admitted(Tier.STAGING)).toEqual(['OrdersRolesSecurityGroup3856E9FD']);
    expect(admitted(Tier.PROD)).toEqual(['OrdersRolesSecurityGroup3856E9FD', 'OrdersPeopleSecurityGroup12C0FD10']);
  });

  test('admits them to the port of the database', () => {
    const template = defaultsOf(Tier.STAGING);

    expect(template.findResources('AWS::EC2::SecurityGroup').OrdersSecurityGroup2E5456CF.Properties.SecurityGroupIngress).toBeUndefined();
    const [, rule] = only(template, 'AWS::EC2::SecurityGroupIngress');
    expect(rule.Properties).toMatchObject({
      FromPort: 5433, ToPort: 5433, IpProtocol: 'tcp', SourceSecurityGroupId: { 'Fn::GetAtt': ['OrdersRolesSecurityGroup3856E9FD', 'GroupId'] },
    });
  });

  test('stands in the isolated subnets where there are any', () => {
    defaultsOf(Tier.PROD).hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: [{ Ref: Match.stringLikeRegexp('Data') }, { Ref: Match.stringLikeRegexp('Data') }] });
  });

  test('stands in the private subnets where there are no isolated ones', () => {
    const stack = stackOf(Tier.DEV);
    databaseIn(stack, { vpc: new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false, maxAzs: 2, natGateways: 1 }) });

    Template.fromStack(stack).hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: [{ Ref: Match.stringLikeRegexp('Private') }, { Ref: Match.stringLikeRegexp('Private') }] });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('isolated subnets only'));
  });

  test('may be isolated only, and then says what the set-up needs', () => {
    const stack = stackOf(Tier.DEV);
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false, maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
    databaseIn(stack, { vpc });

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: [{ Ref: Match.stringLikeRegexp('Data') }, { Ref: Match.stringLikeRegexp('Data') }] },
    });
    Annotations.fromStack(stack).hasWarning('/Shop/Orders', 'The VPC has isolated subnets only, and the functions that set up and rotate the roles stand there: give it an '
      + 'interface endpoint for Secrets Manager and a gateway endpoint for S3, or the first deployment waits for them in vain [ack: cdk-golden-path:noWayOut]');
  });

  test('may be one that exists already', () => {
    const stack = stackOf(Tier.DEV);
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1', availabilityZones: ['eu-west-1a', 'eu-west-1b'], privateSubnetIds: ['subnet-a', 'subnet-b'], isolatedSubnetIds: ['subnet-c', 'subnet-d'],
    });
    databaseIn(stack, { vpc });

    Template.fromStack(stack).hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['subnet-c', 'subnet-d'] });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { VpcConfig: { SubnetIds: ['subnet-a', 'subnet-b'] } });
  });
});

describe('descriptions', () => {
  test.each(['Заказы "2026"', 'x'.repeat(240)])('are ones that AWS takes for a database called %s', (id) => {
    const stack = stackOf(Tier.DEV);
    databaseIn(stack, {}, id);

    const template = Template.fromStack(stack);
    const descriptions = [
      ...Object.values(template.findResources('AWS::EC2::SecurityGroup')).map((it) => it.Properties.GroupDescription),
      ...Object.values(template.findResources('AWS::RDS::DBSubnetGroup')).map((it) => it.Properties.DBSubnetGroupDescription),
      ...Object.values(template.findResources('AWS::RDS::DBParameterGroup')).map((it) => it.Properties.Description),
      ...Object.values(template.findResources('AWS::Lambda::Function')).map((it) => it.Properties.Description),
    ];
    expect(descriptions).toHaveLength(5);
    descriptions.forEach((it) => expect(it).toMatch(/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/));
  });
});

describe('a service that connects', () => {
  test('gets the address in the clear and the credentials of the role app by reference', () => {
    const stack = stackOf();
    const orders = databaseIn(stack);

    const { variables, secrets, rules, before } = orders.bindToService(new Tasks(stack, 'Api', 4));

    expect(stack.resolve(variables)).toEqual({
      PGHOST: { 'Fn::GetAtt': ['OrdersInstanceB460215C', 'Endpoint.Address'] },
      PGPORT: '5433',
      PGDATABASE: 'app',
      PGSSLMODE: 'verify-full',
      DB_POOL_SIZE: '10',
      PGSSLROOTCERT: '/etc/rds/eu-west-1-bundle.pem',
      NODE_EXTRA_CA_CERTS: '/etc/rds/eu-west-1-bundle.pem',
    });
    expect(secrets).toEqual({ PGUSER: { secret: orders.appSecret, field: 'username' }, PGPASSWORD: { secret: orders.appSecret, field: 'password' } });
    expect(rules).toEqual([{ peer: orders, port: ec2.Port.tcp(5433) }]);
    expect(before!.map((it) => (it as Construct).node.path)).toEqual(['Shop/Orders/Roles/Resource']);
  });

  test('can tell two databases apart, which share nothing but their authorities', () => {
    const stack = stackOf();
    const api = new Tasks(stack, 'Api', 4);
    const names = (it: ManagedPostgres) => {
      const { variables, secrets } = it.bindToService(api);
      return [...Object.keys(variables!), ...Object.keys(secrets!)];
    };

    const orders = names(databaseIn(stack));
    const stock = names(databaseIn(stack, { variablePrefix: 'STOCK_PG' }, 'Stock'));

    expect(stock).toEqual(['STOCK_PGHOST', 'STOCK_PGPORT', 'STOCK_PGDATABASE', 'STOCK_PGSSLMODE', 'STOCK_PG_POOL_SIZE', 'STOCK_PGSSLROOTCERT', 'NODE_EXTRA_CA_CERTS', 'STOCK_PGUSER', 'STOCK_PGPASSWORD']);
    expect(stock.filter((it) => orders.includes(it))).toEqual(['NODE_EXTRA_CA_CERTS']);
  });

  test('is refused where its pools would not fit', () => {
    const stack = stackOf();
    const orders = databaseIn(stack, { instanceType: new ec2.InstanceType('t4g.micro') });

    expect(() => orders.bindToService(new Tasks(stack, 'Api', 8))).toThrow(new Error(
      "[Shop/Orders] 'connectionsPerTask' times the most tasks of all connected services must be at most 76 on db.t4g.micro, got 80; "
      + 'lower it, lower the most tasks of Shop/Api (a rollout doubles them), or choose a larger instance class'));
  });

  test('is counted together with those before it', () => {
    const stack = stackOf();
    const orders = databaseIn(stack, { instanceType: new ec2.InstanceType('t4g.micro'), connectionsPerTask: 19 });
    orders.bindToService(new Tasks(stack, 'Api', 2));
    orders.bindToService(new Tasks(stack, 'Worker', 2));

    expect(() => orders.bindToService(new Tasks(stack, 'Report', 1))).toThrow(new Error(
      "[Shop/Orders] 'connectionsPerTask' times the most tasks of all connected services must be at most 76 on db.t4g.micro, got 95; "
      + 'lower it, lower the most tasks of Shop/Report (a rollout doubles them), or choose a larger instance class'));
  });

  test('is held to a limit that was set as a parameter', () => {
    const stack = stackOf();
    const orders = databaseIn(stack, { parameters: { max_connections: '100' } });

    expect(() => orders.bindToService(new Tasks(stack, 'Api', 8))).toThrow(/must be at most 75 on db\.m7g\.large, got 80;/);
  });

  test('is not counted on a class whose memory nobody knows', () => {
    const stack = stackOf();
    const orders = databaseIn(stack, { instanceType: new ec2.InstanceType('x2iedn.xlarge') });

    expect(() => orders.bindToService(new Tasks(stack, 'Api', 100_000))).not.toThrow();
  });
});

describe('protection', () => {
  /** What AWS Backup lets a restore test set: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html */
  const KEYS = [
    'allocatedStorage', 'availabilityZones', 'dbInstanceClass', 'dbName', 'dbParameterGroupName', 'dbSubnetGroupName', 'domain', 'domainIamRoleName',
    'enableCloudwatchLogsExports', 'enableIamDatabaseAuthentication', 'iops', 'licensemodel', 'multiAz', 'optionGroupName', 'port', 'processorFeatures',
    'publiclyAccessible', 'storageType', 'vpcSecurityGroupIds',
  ];

  test('names the instance', () => {
    const stack = stackOf();
    const orders = databaseIn(stack);

    const { subject, resourceType, resources } = orders.protection();

    expect([subject, resourceType]).toEqual([orders, 'RDS']);
    expect(stack.resolve(resources.map((it) => it.resource))).toEqual([
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:rds:${ENV.region}:${ENV.account}:db:`, { Ref: 'OrdersInstanceB460215C' }]] },
    ]);
  });

  test('restores a private copy in the same subnets, with the same parameters, that IAM may sign in to', () => {
    const stack = stackOf();

    const { restoreMetadata } = databaseIn(stack).protection();

    expect(Object.keys(restoreMetadata!).filter((it) => !KEYS.includes(it))).toEqual([]);
    expect(stack.resolve(restoreMetadata)).toEqual({
      dbSubnetGroupName: { Ref: 'OrdersSubnetGroup60D14C2A' },
      dbParameterGroupName: { Ref: 'OrdersParameters34AD674F' },
      dbInstanceClass: 'db.t4g.medium',
      multiAz: 'false',
      publiclyAccessible: 'false',
      enableIamDatabaseAuthentication: 'true',
    });
  });
});

test('assumes PROD where nobody says otherwise', () => {
  const stack = new Stack(new App(), 'Shop');
  databaseIn(stack);

  Template.fromStack(stack).hasResource('AWS::RDS::DBInstance', { DeletionPolicy: 'RetainExceptOnCreate' });
});
