import { spawnSync } from 'node:child_process';
import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Tier } from '../../src/environment/tier';
import { DatabaseAccess } from '../../src/managed-postgres/database-access';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { PeopleAccess } from '../../src/managed-postgres/people-access';
import { type PeopleAccessOutput } from '../../src/managed-postgres/stack-output';
import { databaseProps, ENV, stackIn, stackOf, vpcIn } from '../support';

const NAME = 'shop-orders-a8b1f509-people';

function ordersIn(stack: Stack, peopleAccess = PeopleAccess.bySessionManager()): ManagedPostgres {
  return new ManagedPostgres(stack, 'Orders', { ...databaseProps(vpcIn(stack)), peopleAccess });
}

function template(peopleAccess?: PeopleAccess): Template {
  const stack = stackOf();
  ordersIn(stack, peopleAccess);
  return Template.fromStack(stack);
}

function onlyDefinition(it: Template): any {
  return Object.values(it.findResources('AWS::ECS::TaskDefinition'))[0].Properties;
}

function granted(stack: Stack): Template {
  const orders = ordersIn(stackIn(stack.node.root, 'Data'));
  orders.grantAccess(new iam.ManagedPolicy(stack, 'Readers'), DatabaseAccess.readOnly());
  return Template.fromStack(stack);
}

function statementsOf(it: Template): any[] {
  return Object.values(it.findResources('AWS::IAM::ManagedPolicy'))[0].Properties.PolicyDocument.Statement;
}

function allowing(action: string, it: Template): any {
  return statementsOf(it).find(({ Action: actions }) => [actions].flat().includes(action));
}

const arn = (service: string, resource: string, account = ENV.account) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:${ENV.region}:${account}:${resource}`]],
});

describe('the task', () => {
  test('waits for as long as it is allowed to, whatever command it is started with', () => {
    expect(onlyDefinition(template(PeopleAccess.bySessionManager({ timeLimit: Duration.hours(8) }))).ContainerDefinitions).toEqual([expect.objectContaining({
      EntryPoint: ['/bin/sh', '-c', 'exec /bin/sleep 28800'],
    })]);
  });

  test('does not look at a command that it is started with', () => {
    const [{ EntryPoint: [shell, ...args] }] = onlyDefinition(template()).ContainerDefinitions;
    const once = args.map((it: string) => it.replace('3600', '0'));

    expect(spawnSync(shell, [...once, 'sleep', '600'], { timeout: 10_000 })).toMatchObject({ status: 0, signal: null });
  });

  test('waits for an hour unless it is told otherwise', () => {
    expect(JSON.stringify(onlyDefinition(template()))).toContain('exec /bin/sleep 3600');
  });

  test('is not root, runs a pinned image, and has neither variables nor secrets', () => {
    const [{ Image: image, User: user, Environment: environment, Secrets: secrets }] = onlyDefinition(template()).ContainerDefinitions;

    expect(image).toEqual({ 'Fn::Sub': expect.stringMatching(/^444455556666\.dkr\.ecr\./) });
    expect([user, environment, secrets]).toEqual(['65534:65534', undefined, undefined]);
  });

  test('may use the channels of Session Manager and write the log of a shell, and nothing else', () => {
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^OrdersPeopleDefinitionTaskRole'),
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel', 'logs:DescribeLogGroups'],
            Resource: '*',
          },
          { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^OrdersPeopleLogs'), 'Arn'] } },
          { Effect: 'Allow', Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^OrdersKey'), 'Arn'] } },
        ],
      },
    });
  });

  test('runs in a cluster that demands an encrypted log of each shell', () => {
    template().hasResourceProperties('AWS::ECS::Cluster', {
      ClusterName: NAME,
      Configuration: {
        ExecuteCommandConfiguration: {
          Logging: 'OVERRIDE',
          KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^OrdersKey'), 'Arn'] },
          LogConfiguration: { CloudWatchEncryptionEnabled: true, CloudWatchLogGroupName: { Ref: Match.stringLikeRegexp('^OrdersPeopleLogs') } },
        },
      },
    });
  });

  test('reaches the database, and the ports of HTTPS that its agent needs', () => {
    const it = template();

    it.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'People at Shop/Orders', SecurityGroupEgress: [Match.objectLike({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 })],
    });
    it.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^OrdersPeopleSecurityGroup'), 'GroupId'] }, FromPort: 5433, ToPort: 5433,
    });
  });

  test.each([[Tier.DEV, 0], [Tier.STAGING, 0], [Tier.PROD, 1]])('is prepared in PROD, and below for those only who ask for it: %s', (tier, count) => {
    const stack = stackOf(tier);
    new ManagedPostgres(stack, 'Orders', databaseProps(vpcIn(stack)));

    Template.fromStack(stack).resourceCountIs('AWS::ECS::TaskDefinition', count);
  });

  test('is not there where it is not wanted, and lets nobody in', () => {
    const stack = stackOf();
    const orders = ordersIn(stack, PeopleAccess.none());

    Template.fromStack(stack).resourceCountIs('AWS::ECS::TaskDefinition', 0);
    expect(() => orders.grantAccess(new iam.ManagedPolicy(stack, 'OnCall'), DatabaseAccess.readOnly())).toThrow(
      "[Shop/Orders] 'peopleAccess' must be set before somebody is let in by it; add PeopleAccess.bySessionManager(), or use grantConnect() for who has a way there already");
  });

  test.each([
    [Duration.minutes(4), '4 minutes'],
    [Duration.seconds(330), '5 minutes 30 seconds'],
    [Duration.minutes(481), '8 hours 1 minute'],
  ])('refuses a time limit of %s', (timeLimit, got) => {
    expect(() => PeopleAccess.bySessionManager({ timeLimit })).toThrow(
      `[PeopleAccess.bySessionManager] 'timeLimit' must be whole minutes from 5 minutes to 8 hours, got '${got}'; choose what one task for the database takes, and open another way for the next`);
  });
});

describe('who is let in', () => {
  test('signs in as the one role', () => {
    expect(allowing('rds-db:connect', granted(stackOf())).Resource['Fn::Join'][1].at(-1)).toEqual(
      { 'Fn::ImportValue': expect.stringMatching(/^Data:ExportsOutputFnGetAttOrdersRoles.*PeopleReadOnlyRole/) });
  });

  test('starts the one task in the one cluster, whatever its revision', () => {
    expect(allowing('ecs:RunTask', granted(stackOf()))).toEqual({
      Effect: 'Allow',
      Action: 'ecs:RunTask',
      Resource: arn('ecs', 'task-definition/data-orders-15f80e55-people:*'),
      Condition: { ArnEquals: { 'ecs:cluster': arn('ecs', 'cluster/data-orders-15f80e55-people') } },
    });
  });

  test('hands on the roles of the one task, to ECS only', () => {
    expect(allowing('iam:PassRole', granted(stackOf()))).toMatchObject({
      Resource: [expect.anything(), expect.anything()], Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    });
  });

  test('forwards a port through tasks of the one cluster, and opens no shell', () => {
    expect(allowing('ssm:StartSession', granted(stackOf()))).toEqual({
      Effect: 'Allow',
      Action: 'ssm:StartSession',
      Resource: [
        arn('ecs', 'task/data-orders-15f80e55-people/*'),
        arn('ssm', 'document/AWS-StartPortForwardingSessionToRemoteHost', ''),
      ],
      Condition: { BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' } },
    });
    expect(JSON.stringify(granted(stackOf()))).not.toContain('ecs:ExecuteCommand');
  });

  test('ends their own sessions', () => {
    expect(allowing('ssm:TerminateSession', granted(stackOf())).Resource).toEqual(arn('ssm', 'session/${aws:userid}-*'));
  });

  test('may do nothing else', () => {
    expect(statementsOf(granted(stackOf())).flatMap(({ Action: actions }) => actions)).toEqual([
      'cloudformation:DescribeStacks', 'ecs:RunTask', 'ecs:DescribeTasks', 'ecs:StopTask', 'iam:PassRole',
      'ssm:StartSession', 'ssm:ResumeSession', 'ssm:TerminateSession', 'rds-db:connect',
    ]);
  });

  test('holds on to no revision of the task, in a policy of another stack', () => {
    expect(JSON.stringify(granted(stackOf()))).not.toMatch(/ImportValue[^}]*TaskDefinition/);
  });

  test.each([
    ['a role', (stack: Stack) => new iam.Role(stack, 'OnCall', { assumedBy: new iam.AccountRootPrincipal() })],
    ['a policy', (stack: Stack) => new iam.ManagedPolicy(stack, 'OnCall')],
  ])('costs %s no finding', (_, grantee) => {
    const stack = stackOf();
    const it = grantee(stack);
    ordersIn(stack).grantAccess(it, DatabaseAccess.readWrite());

    expect(new AwsSolutionsChecks().validateScope(it).violations.map(({ ruleName }) => ruleName)).toEqual([]);
  });

  test('needs a database that has a way for people', () => {
    const stack = stackOf(Tier.DEV);
    const orders = new ManagedPostgres(stack, 'Orders', databaseProps(vpcIn(stack)));

    expect(() => orders.grantAccess(new iam.ManagedPolicy(stack, 'OnCall'), DatabaseAccess.readOnly())).toThrow(
      "[Shop/Orders] 'peopleAccess' must be set before somebody is let in by it; add PeopleAccess.bySessionManager(), or use grantConnect() for who has a way there already");
  });
});

test('the command finds all that it needs in one output of the stack', () => {
  const [{ Value: value }] = Object.values(template().findOutputs('*')).filter(({ Description: it }) => it === 'Where cdk-golden-path connect finds the database');
  const text = value['Fn::Join'][1].map((it: unknown) => typeof it === 'string' ? it : 'resolved').join('');

  expect(JSON.parse(text)).toEqual<PeopleAccessOutput>({
    kind: 'cdk-golden-path/people-access',
    database: 'Orders',
    region: ENV.region,
    cluster: 'resolved',
    taskDefinition: 'resolved',
    subnets: ['resolved', 'resolved'],
    securityGroups: ['resolved'],
    host: 'resolved',
    port: 5433,
    databaseName: 'app',
    readOnlyRole: 'resolved',
    readWriteRole: 'resolved',
    operatorRole: 'resolved',
    timeLimitSeconds: 3600,
  });
});
