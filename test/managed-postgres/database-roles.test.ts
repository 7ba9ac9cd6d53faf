import { Names } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { DATABASE_ROLES_ENVIRONMENT, DATABASE_ROLES_TIMEOUT_SECONDS } from '../../src/handlers/database-roles/contract';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { databaseProps, stackOf, vpcIn } from '../support';

const stack = stackOf();
new ManagedPostgres(stack, 'Orders', databaseProps(vpcIn(stack)));
const template = Template.fromStack(stack);

const KEY = { 'Fn::GetAtt': ['OrdersKey6C690DD2', 'Arn'] };
const MASTER = { Ref: 'OrdersMasterSecretAttachment5CFCBF76' };
const OWNER = { Ref: 'OrdersOwnerSecretAttachmentB56FC91B' };
const APP = { Ref: 'OrdersAppSecretAttachment678A8486' };
const ROLES = 'OrdersRoles45F7F1E9';
const ROTATIONS = { Master: 'OrdersRolesMasterRotation195283B3', Owner: 'OrdersRolesOwnerRotation05BCD30F', App: 'OrdersRolesAppRotationCB97422B' };

const resource = (id: string): any => template.toJSON().Resources[id];

/** Everything that stands, or must stand, before this resource. */
function before(id: string, seen = new Set<string>()): Set<string> {
  const { DependsOn: named = [], Properties: properties } = resource(id);
  const used = [...JSON.stringify(properties ?? {}).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g)].map((match) => match[1]);
  [...[named].flat(), ...used].filter((it) => resource(it) && !seen.has(it)).forEach((it) => before(it, seen.add(it)));
  return seen;
}

describe('the credentials', () => {
  test.each([
    ['platform_admin', 'OrdersMasterSecret5153E64A'],
    ['owner', 'OrdersOwnerSecret4198FEEE'],
    ['app', 'OrdersAppSecret2A73F22E'],
  ])('of %s are generated, encrypted with the key of the database and unknown to the template', (username, id) => {
    const { KmsKeyId: key, SecretString: plain, GenerateSecretString: generated, Name: name } = resource(id).Properties;

    expect([key, plain, name]).toEqual([KEY, undefined, undefined]);
    expect(generated).toMatchObject({ GenerateStringKey: 'password', PasswordLength: 30 });
    expect(JSON.stringify(generated.SecretStringTemplate).replaceAll('\\', '')).toContain(`"username":"${username}"`);
  });

  test('leave out what RDS and URLs do not take, also when they are rotated', () => {
    const excluded = Object.values(template.findResources('AWS::SecretsManager::Secret')).map((it) => it.Properties.GenerateSecretString.ExcludeCharacters);
    const rotated = Object.values(ROTATIONS).map((id) => resource(id).Properties.Parameters.excludeCharacters);

    expect(new Set([...excluded, ...rotated]).size).toBe(1);
    ['/', '@', '"', ' ', "'", '\\', ':', '?', '#', '%'].forEach((character) => expect(excluded[0]).toContain(character));
  });

  test('of the two roles beside the administrator name who may change them', () => {
    const masterOf = (id: string) => JSON.stringify(resource(id).Properties.GenerateSecretString.SecretStringTemplate);

    expect(masterOf('OrdersAppSecret2A73F22E')).toMatch(/masterarn.*OrdersMasterSecret5153E64A/);
    expect(masterOf('OrdersOwnerSecret4198FEEE')).toMatch(/masterarn.*OrdersMasterSecret5153E64A/);
    expect(masterOf('OrdersMasterSecret5153E64A')).not.toMatch(/masterarn/);
  });

  test.each([MASTER, OWNER, APP])('know the address of the instance: %j', ({ Ref: id }) => {
    expect(resource(id).Properties).toMatchObject({ TargetId: { Ref: 'OrdersInstanceB460215C' }, TargetType: 'AWS::RDS::DBInstance' });
  });
});

describe('rotation', () => {
  test.each([
    ['Master', MASTER, 'SecretsManagerRDSPostgreSQLRotationSingleUser'],
    ['Owner', OWNER, 'SecretsManagerRDSPostgreSQLRotationSingleUser'],
    ['App', APP, 'SecretsManagerRDSPostgreSQLRotationMultiUser'],
  ] as const)('of %s happens every 30 days', (name, secret, application) => {
    template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      SecretId: secret,
      RotationLambdaARN: { 'Fn::GetAtt': [ROTATIONS[name], 'Outputs.RotationLambdaARN'] },
      RotationRules: { ScheduleExpression: 'rate(30 days)' },
      RotateImmediatelyOnUpdate: false,
    });
    const [mapping] = resource(ROTATIONS[name]).Properties.Location.ApplicationId['Fn::FindInMap'];
    expect(template.toJSON().Mappings[mapping].aws.applicationId).toMatch(new RegExp(`/${application}$`));
  });

  test('of the application alternates between two users, which the administrator makes', () => {
    expect(resource(ROTATIONS.App).Properties.Parameters).toMatchObject({ masterSecretArn: MASTER, masterSecretKmsKeyArn: KEY, kmsKeyArn: KEY });
    expect(resource(ROTATIONS.Owner).Properties.Parameters.masterSecretArn).toBeUndefined();
    expect(resource(ROTATIONS.Master).Properties.Parameters.masterSecretArn).toBeUndefined();
  });

  test.each(Object.entries(ROTATIONS))('of %s begins when the roles are there', (_, id) => {
    expect(resource(id).DependsOn).toContain(ROLES);
  });

  test('runs inside the VPC, with the key, in the group that may reach the database', () => {
    Object.values(ROTATIONS).forEach((id) => expect(resource(id).Properties.Parameters).toMatchObject({
      kmsKeyArn: KEY,
      vpcSecurityGroupIds: { 'Fn::GetAtt': ['OrdersRolesSecurityGroup3856E9FD', 'GroupId'] },
      vpcSubnetIds: { 'Fn::Join': ['', [{ Ref: 'VpcAppSubnet1Subnet7D2CF347' }, ',', { Ref: 'VpcAppSubnet2Subnet8D65443B' }]] },
    }));
  });

  test('is done by functions whose names Lambda takes, and that differ also for long paths', () => {
    const scope = stackOf();
    const vpc = vpcIn(scope);
    const long = new Construct(new Construct(scope, 'a'.repeat(100)), 'b'.repeat(100));
    ['Orders', 'Stock'].forEach((id) => new ManagedPostgres(long, id, databaseProps(vpc)));

    const names = Object.values(Template.fromStack(scope).findResources('AWS::Serverless::Application')).map((it) => it.Properties.Parameters.functionName);

    expect(names).toHaveLength(6);
    expect(new Set(names).size).toBe(6);
    names.forEach((it) => expect(it).toMatch(/^[a-zA-Z0-9-_]{1,64}$/));
    expect(Names.uniqueId(long).length).toBeGreaterThan(64);
  });
});

describe('the set-up of the roles', () => {
  test('is told where the database is and where the credentials are', () => {
    expect(resource(ROLES)).toMatchObject({
      Type: 'Custom::PostgresRoles',
      Properties: {
        ServiceToken: { 'Fn::GetAtt': ['OrdersRolesFunction90046DA2', 'Arn'] },
        Host: { 'Fn::GetAtt': ['OrdersInstanceB460215C', 'Endpoint.Address'] },
        Port: '5433',
        Database: 'app',
        Schema: 'app',
        MasterSecretArn: MASTER,
        OwnerSecretArn: OWNER,
        AppSecretArn: APP,
        VerifierRole: 'verifier_shop_orders_a8b1f509',
        Version: '3',
      },
    });
  });

  test.each([
    ['the instance', 'OrdersInstanceB460215C'],
    ['the credentials of the administrator', MASTER.Ref],
    ['the credentials of the owner', OWNER.Ref],
    ['the credentials of the application', APP.Ref],
    ['the open port of the database', 'OrdersSecurityGroupfromShopOrdersRolesSecurityGroup2ACAB68054333B2E3A43'],
    ['the way out to the database', 'OrdersRolesSecurityGrouptoShopOrdersSecurityGroup125F263954332CD018FE'],
    ['the permission to read the credentials', 'OrdersRolesFunctionServiceRoleDefaultPolicyE4BAE2F8'],
    ['the key that the credentials are encrypted with', 'OrdersKey6C690DD2'],
    ['the way to the internet gateway', 'VpcIGWD7BA715C'],
    ['the route out of each private subnet', 'VpcAppSubnet1DefaultRoute7574356B'],
    ['the log group of the function', 'OrdersRolesLogs2F4939EF'],
  ])('waits for %s', (_, id) => {
    expect(before(ROLES)).toContain(id);
  });

  test('gives up only after the function has', () => {
    expect(resource('OrdersRolesFunction90046DA2').Properties.Timeout).toBe(DATABASE_ROLES_TIMEOUT_SECONDS);
    expect(Number(resource(ROLES).Properties.ServiceTimeout)).toBeGreaterThan(DATABASE_ROLES_TIMEOUT_SECONDS);
    expect(Number(resource(ROLES).Properties.ServiceTimeout)).toBeLessThanOrEqual(3600);
  });
});

describe('the function', () => {
  test('stands in private subnets with a security group of its own, and trusts the authorities of RDS', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SubnetIds: [{ Ref: 'VpcAppSubnet1Subnet7D2CF347' }, { Ref: 'VpcAppSubnet2Subnet8D65443B' }],
        SecurityGroupIds: [{ 'Fn::GetAtt': ['OrdersRolesSecurityGroup3856E9FD', 'GroupId'] }],
      },
      Environment: { Variables: DATABASE_ROLES_ENVIRONMENT },
      KmsKeyArn: KEY,
      LoggingConfig: { LogGroup: { Ref: 'OrdersRolesLogs2F4939EF' } },
    });
  });

  test('reaches AWS by HTTPS and the database by its port, and nothing else', () => {
    expect(resource('OrdersRolesSecurityGroup3856E9FD').Properties.SecurityGroupEgress).toEqual([
      { CidrIp: '0.0.0.0/0', Description: 'AWS APIs', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' },
    ]);
    const egress = Object.entries(template.findResources('AWS::EC2::SecurityGroupEgress')).filter(([id]) => id.includes('Roles')).map(([, it]) => it);
    expect(egress.map(({ Properties: { FromPort: from, ToPort: to } }) => [from, to])).toEqual([[5433, 5433]]);
  });

  test('may read exactly the three secrets', () => {
    template.resourcePropertiesCountIs('AWS::IAM::Policy', { Roles: [{ Ref: 'OrdersRolesFunctionServiceRole090153A9' }] }, 1);
    const { Statement: statements } = resource('OrdersRolesFunctionServiceRoleDefaultPolicyE4BAE2F8').Properties.PolicyDocument;

    expect(statements).toHaveLength(2);
    expect(statements[0]).toEqual({
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      Resource: [{ Ref: 'OrdersMasterSecret5153E64A' }, { Ref: 'OrdersAppSecret2A73F22E' }, { Ref: 'OrdersOwnerSecret4198FEEE' }],
    });
  });

  test('has no policies but those that a function in a VPC needs', () => {
    const names = resource('OrdersRolesFunctionServiceRole090153A9').Properties.ManagedPolicyArns.map((it: any) => it['Fn::Join'][1].at(-1));

    expect(names).toEqual([':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole', ':iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole']);
  });

  test('may decrypt what Secrets Manager hands over, and nothing else', () => {
    const { Statement: [, decrypting] } = resource('OrdersRolesFunctionServiceRoleDefaultPolicyE4BAE2F8').Properties.PolicyDocument;

    expect(decrypting).toEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: { 'Fn::GetAtt': ['OrdersKey6C690DD2', 'Arn'] },
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    });
  });

  test('is not named by the policy of the key, which would have to wait for its role', () => {
    expect(JSON.stringify(resource('OrdersKey6C690DD2').Properties.KeyPolicy)).not.toContain('OrdersRolesFunction');
  });

  test('writes to a log group that is encrypted and does not grow for ever', () => {
    template.hasResource('AWS::Logs::LogGroup', { Properties: { LogGroupName: Match.absent(), KmsKeyId: KEY, RetentionInDays: 365 } });
  });
});

test('extensions are handed to the function, and nothing where there are none', () => {
  const other = stackOf();
  const vpc = vpcIn(other);
  new ManagedPostgres(other, 'Orders', { ...databaseProps(vpc), extensions: ['citext', 'pg_trgm'] });

  Template.fromStack(other).hasResourceProperties('Custom::PostgresRoles', { Extensions: ['citext', 'pg_trgm'] });
  template.hasResourceProperties('Custom::PostgresRoles', { Extensions: Match.absent() });
});
