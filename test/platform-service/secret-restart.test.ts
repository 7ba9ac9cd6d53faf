import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Execution, runAll, StatesError } from './states-language';
import { SecurityChecks } from '../../src/checks';
import type { Evidence } from '../../src/checks/evidence';
import { Tier } from '../../src/environment/tier';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { SecretRestart } from '../../src/platform-service/secret-restart';
import { admitLogs, dataKey } from '../../src/policy/encryption';
import { defaultsOf } from '../../src/policy/tier-defaults';
import { appOf, databaseProps, ENV, RECOMMENDED_FLAGS, stackIn, stackOf, vpcIn } from '../support';

const RULE = 'AWS::Events::Rule';
const ARN = `arn:aws:secretsmanager:${ENV.region}:${ENV.account}:secret:payments-a1b2c3`;

function restartIn(stack: Stack, tier: Tier = Tier.PROD): SecretRestart {
  const key = dataKey(stack, 'Key', 'Logs', defaultsOf(tier));
  admitLogs(key);
  return new SecretRestart(stack, 'SecretRestart', { key, defaults: defaultsOf(tier) });
}

function serviceIn(stack: Stack, id: string = 'Api'): ecs.FargateService {
  const cluster = stack.node.tryFindChild('Cluster') as ecs.Cluster | undefined
    ?? new ecs.Cluster(stack, 'Cluster', { vpc: vpcIn(stack), containerInsightsV2: ecs.ContainerInsights.ENHANCED });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, `${id}Task`);
  taskDefinition.addContainer('App', { image: ecs.ContainerImage.fromRegistry('node') });
  return new ecs.FargateService(stack, id, { cluster, taskDefinition, minHealthyPercent: 100 });
}

const byArn = (stack: Stack, arn: string = ARN) => secretsmanager.Secret.fromSecretCompleteArn(stack, arn.slice(-6), arn);
const byName = (stack: Stack, name: string) => secretsmanager.Secret.fromSecretNameV2(stack, name, name);

/** A service that is restarted for one secret known by ARN, and one known by name. */
function watchedStack(): Stack {
  const stack = stackOf();
  const [restart, service] = [restartIn(stack), serviceIn(stack)];
  restart.watch(service, byArn(stack));
  restart.watch(service, byName(stack, 'prod/api'));
  return stack;
}

// --------------------------------------------------------------------------------------------------- what is deployed

function patterns(template: Template): any[] {
  return Object.values(template.findResources(RULE)).map((it) => it.Properties.EventPattern);
}

/** Whether EventBridge would deliver an event: each field of the pattern lists the values that it accepts. */
function matches(pattern: any, event: any): boolean {
  return Array.isArray(pattern)
    ? [event].flat().some((value) => pattern.includes(value))
    : Object.entries(pattern).every(([field, accepted]) => event !== undefined && matches(accepted, event[field]));
}

/** The example of https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html */
function labelUpdated(arn: string, label: string = 'AWSCURRENT'): object {
  return {
    'version': '0',
    'id': '01234567-0123-0123-0123-012345678901',
    'detail-type': 'Secret Label Updated',
    'source': 'aws.secretsmanager',
    'account': ENV.account,
    'time': '2024-02-06T16:43:48Z',
    'region': ENV.region,
    'resources': [arn],
    'detail': { name: /secret:(.*)-\w{6}$/.exec(arn)![1], labelUpdated: label, versionId: '01234567-0123-0123-0123-012345678901' },
  };
}

const delivered = (event: object) => patterns(Template.fromStack(watchedStack())).filter((pattern) => matches(pattern, event)).length;
const named = (name: string) => `arn:aws:secretsmanager:${ENV.region}:${ENV.account}:secret:${name}-d4e5f6`;

test('hears once of each secret that has a new value, be it known by ARN or by name', () => {
  expect([labelUpdated(ARN), labelUpdated(named('prod/api'))].map(delivered)).toEqual([1, 1]);
});

test.each([
  ['a value that is on its way out', labelUpdated(ARN, 'AWSPREVIOUS')],
  ['a value that is being tried out', labelUpdated(named('prod/api'), 'AWSPENDING')],
  ['another secret', labelUpdated(named('prod/web'))],
  ['a secret whose name begins alike', labelUpdated(named('prod/api-v2'))],
  ['a secret of the same name that is not the one', labelUpdated(named('payments'))],
  ['another event of the same secret', { ...labelUpdated(ARN), 'detail-type': 'Secret Value Updated' }],
])('does not hear of %s', (_what, event) => {
  expect(delivered(event)).toBe(0);
});

test('lists secrets that become known after the first one, each once', () => {
  const stack = stackOf();
  const [restart, service] = [restartIn(stack), serviceIn(stack)];
  [byArn(stack), byArn(stack, `${ARN.slice(0, -6)}d4e5f6`), byArn(stack, `${ARN.slice(0, -6)}g7h8i9`), byName(stack, 'one'), byName(stack, 'two')]
    .forEach((secret) => [1, 2].forEach(() => restart.watch(service, secret)));

  const template = Template.fromStack(stack);

  template.resourceCountIs(RULE, 2);
  expect(patterns(template).map(({ resources, detail }) => resources?.length ?? detail.name)).toEqual([3, ['one', 'two']]);
});

test('starts with what the execution needs: cluster, service, and the time of the change', () => {
  const template = Template.fromStack(watchedStack());
  const [service] = Object.keys(template.findResources('AWS::ECS::Service'));
  const [machine] = Object.keys(template.findResources('AWS::StepFunctions::StateMachine'));

  template.allResourcesProperties(RULE, {
    Targets: [{
      Arn: { Ref: machine },
      Id: 'Target0',
      InputTransformer: {
        InputPathsMap: { time: '$.time' },
        InputTemplate: { 'Fn::Join': ['', ['{"cluster":"', { 'Fn::GetAtt': [Match.stringLikeRegexp('^Cluster'), 'Arn'] }, '","service":"', { Ref: service }, '","changedAt":<time>}']] },
      },
      RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Starter'), 'Arn'] },
    }],
  });
});

test('may restart the watched services, all by one machine, and no other', () => {
  const stack = stackOf();
  const restart = restartIn(stack);
  ['Api', 'Worker'].forEach((id) => restart.watch(serviceIn(stack, id), byName(stack, `prod/${id}`)));
  serviceIn(stack, 'Other');

  const template = Template.fromStack(stack);
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap((it) => it.Properties.PolicyDocument.Statement);

  template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  expect(statements.filter(({ Action }) => JSON.stringify(Action).includes('ecs:'))).toEqual(['Api', 'Worker'].map((id) => ({
    Effect: 'Allow', Action: ['ecs:DescribeServices', 'ecs:UpdateService'], Resource: { Ref: expect.stringMatching(`^${id}Service`) },
  })));
});

test('costs a service without secrets no rule', () => {
  const stack = stackOf();
  restartIn(stack);
  serviceIn(stack);

  Template.fromStack(stack).resourceCountIs(RULE, 0);
});

test('is traced, and writes all that it does to an encrypted log', () => {
  const template = Template.fromStack(watchedStack());
  const [[logs, logGroup]] = Object.entries(template.findResources('AWS::Logs::LogGroup', { Properties: { KmsKeyId: Match.anyValue() } }));

  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: 'ALL', Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': [logs, 'Arn'] } } }] },
  });
  expect(logGroup.Properties.LogGroupName['Fn::Join'][1]).toEqual([
    expect.stringMatching(/^\/aws\/vendedlogs\/states\/[\w-]{1,200}-$/), { 'Fn::GetAtt': [expect.stringMatching(/MachineRole/), 'RoleId'] },
  ]);
});

test('may wait for a deployment for two days, where an express state machine has five minutes, and is never done twice for one event', () => {
  Template.fromStack(watchedStack()).hasResourceProperties('AWS::StepFunctions::StateMachine', { StateMachineType: 'STANDARD' });
});

test('is nothing that the service waits for or refers to', () => {
  const [service] = Object.values(Template.fromStack(watchedStack()).findResources('AWS::ECS::Service'));

  expect(JSON.stringify(service)).not.toMatch(/Restart/);
});

test('watches the secret of a database in another stack', () => {
  const app = appOf();
  const [data, shop] = [stackIn(app, 'Data'), stackIn(app, 'Shop')];
  const { appSecret } = new ManagedPostgres(data, 'Orders', databaseProps(vpcIn(data)));
  restartIn(shop).watch(serviceIn(shop), appSecret);

  expect(patterns(Template.fromStack(shop))).toEqual([expect.objectContaining({ resources: [{ 'Fn::ImportValue': expect.stringContaining('Orders') }] })]);
});

test.each([['dev', Tier.DEV, {}], ['prod', Tier.PROD, RECOMMENDED_FLAGS]])('has no finding that is not acknowledged, and acknowledges nothing in vain, in tier %s', (_name, tier, flags) => {
  const app = appOf(tier, flags);
  const stack = stackIn(app);
  const [restart, service] = [restartIn(stack, tier), serviceIn(stack)];
  [byArn(stack), byName(stack, 'prod/api')].forEach((secret) => restart.watch(service, secret));

  SecurityChecks.install(app);
  expect(() => app.synth()).toThrow('(SecurityChecks)'); // for the bare service and its VPC
  const { unacknowledged, unusedAcknowledgements }: Evidence = JSON.parse(readFileSync(join(app.outdir, 'security-evidence.json'), 'utf8'));

  expect(unacknowledged.filter(({ resource }) => /Restart|Key/.test(resource))).toEqual([]);
  expect(unusedAcknowledgements).toEqual([]);
});

// ------------------------------------------------------------------------------------------------------ what is done

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CHANGE = Date.parse('2024-02-06T16:43:48Z');
const EVENT = { cluster: 'cluster', service: 'service', changedAt: '2024-02-06T16:43:48Z' };

/** One service as ECS shows it: every deployment takes its time, and then the one before it is gone. */
class FakeEcs {
  public status = 'ACTIVE';
  public readonly restarts: number[] = [];
  public failures: string[] = [];
  /** When a deployment began that ECS has taken back. */
  public takenBack?: number;
  private readonly deployments: { begin: number; end: number }[];

  constructor({ begin = CHANGE - 100 * HOUR, takes = 5 * MINUTE } = {}) {
    this.deployments = [{ begin: CHANGE - 200 * HOUR, end: 0 }, { begin, end: begin + takes }];
  }

  public at = (now: number) => (resource: string, parameters: any): unknown => {
    const failure = this.failures.shift();
    if (failure) {
      throw new StatesError(failure);
    }
    switch (resource.split(':').slice(-2).join(':')) {
      case 'ecs:describeServices':
        expect(parameters).toEqual({ Cluster: 'cluster', Services: ['service'] });
        return this.status === 'MISSING' ? { Services: [], Failures: [{ Reason: 'MISSING' }] } : { Services: [this.shownAt(now)], Failures: [] };
      case 'ecs:updateService':
        expect(parameters).toEqual({ Cluster: 'cluster', Service: 'service', ForceNewDeployment: true });
        this.restarts.push(now);
        this.deployments.push({ begin: now, end: now + 5 * MINUTE });
        return { Service: this.shownAt(now) };
      default: throw new Error(`not an API: ${resource}`);
    }
  };

  private shownAt(now: number): object {
    const last = this.deployments.length - 1;
    const inProgress = now < this.deployments[last].end;
    return {
      Status: this.status,
      Deployments: this.deployments
        .map(({ begin }, index) => ({
          Status: index === last ? 'PRIMARY' : 'ACTIVE', CreatedAt: new Date(begin).toISOString(), RolloutState: index === last && inProgress ? 'IN_PROGRESS' : 'COMPLETED',
        }))
        .filter(({ Status }) => Status === 'PRIMARY' || inProgress)
        .concat(this.takenBack ? [{ Status: 'INACTIVE', CreatedAt: new Date(this.takenBack).toISOString(), RolloutState: 'FAILED' }] : [])
        .reverse(),
    };
  }
}

/** The definition as it is deployed. */
const MACHINE = (() => {
  const [machine] = Object.values(Template.fromStack(watchedStack()).findResources('AWS::StepFunctions::StateMachine'));
  return JSON.parse(machine.Properties.DefinitionString['Fn::Join'][1].map((part: any) => typeof part === 'string' ? part : 'aws').join(''));
})();

/** Runs one execution for each event, each with a wait of its own. */
async function run(fake: FakeEcs, ...events: { changedAt: string; arrives?: number }[]): Promise<Execution[]> {
  const executions = events.map(({ changedAt, arrives = Date.parse(changedAt) }, index) =>
    new Execution(MACHINE, { ...EVENT, changedAt }, arrives, () => (index + 0.5) / events.length));
  await runAll(executions, fake.at);
  return executions;
}

const outcomes = (executions: Execution[]) => executions.map(({ outcome }) => outcome);

test('restarts a service soon after a secret has changed', async () => {
  const fake = new FakeEcs();

  expect(outcomes(await run(fake, EVENT))).toEqual(['SUCCEEDED']);
  expect(fake.restarts).toHaveLength(1);
  expect(fake.restarts[0] - CHANGE).toBeLessThan(3 * MINUTE);
});

test.each([
  ['an event that arrives twice', [EVENT, EVENT]],
  ['an event that arrives again a day later', [EVENT, { ...EVENT, arrives: CHANGE + 24 * HOUR }]],
  ['two secrets that change at once', [EVENT, { changedAt: '2024-02-06T16:43:50Z' }]],
  ['five secrets that a person changes one after another', [0, 10, 20, 30, 40].map((seconds) => ({ changedAt: new Date(CHANGE + seconds * 1000).toISOString() }))],
])('restarts once for %s', async (_what, events) => {
  const fake = new FakeEcs();

  expect(new Set(outcomes(await run(fake, ...events)))).toEqual(new Set(['SUCCEEDED']));
  expect(fake.restarts).toHaveLength(1);
});

test('restarts again for a secret that changes during the restart for another one, when that is over', async () => {
  const fake = new FakeEcs();

  await run(fake, EVENT, { changedAt: new Date(CHANGE + 4 * MINUTE).toISOString() });

  expect(fake.restarts).toHaveLength(2);
  expect(fake.restarts[1] - fake.restarts[0]).toBeGreaterThan(5 * MINUTE);
});

test('waits for a deployment that began before the change, and restarts then', async () => {
  const fake = new FakeEcs({ begin: CHANGE - MINUTE, takes: HOUR });

  expect(outcomes(await run(fake, EVENT))).toEqual(['SUCCEEDED']);
  expect(fake.restarts).toHaveLength(1);
  expect(fake.restarts[0]).toBeGreaterThan(CHANGE + 59 * MINUTE);
});

test('does not restart after a deployment that began after the change, since its tasks have the new value', async () => {
  const fake = new FakeEcs({ begin: CHANGE + MINUTE, takes: HOUR });

  const [execution] = await run(fake, EVENT);

  expect(execution.outcome).toBe('SUCCEEDED');
  expect(execution.now).toBeGreaterThan(CHANGE + HOUR);
  expect(fake.restarts).toEqual([]);
});

test('does not count a deployment that was taken back, since the tasks of the one before it run on', async () => {
  const fake = new FakeEcs();
  fake.takenBack = CHANGE + MINUTE;

  await run(fake, EVENT);

  expect(fake.restarts).toHaveLength(1);
});

test('outlasts the longest deployment without running out of time or history, however short its waits', async () => {
  const fake = new FakeEcs({ begin: CHANGE - MINUTE, takes: 47.5 * HOUR });
  const execution = new Execution(MACHINE, EVENT, CHANGE, () => 0);

  await runAll([execution], fake.at);

  expect(execution.outcome).toBe('SUCCEEDED');
  expect(execution.history).toBeLessThan(20_000);
  expect(fake.restarts).toHaveLength(1);
});

test('gives up, for everybody to see, on a deployment that does not end', async () => {
  const fake = new FakeEcs({ begin: CHANGE - MINUTE, takes: 100 * HOUR });

  expect(outcomes(await run(fake, EVENT))).toEqual(['TIMED_OUT']);
});

test('tries again when ECS throttles, or is out of order', async () => {
  const fake = new FakeEcs();
  fake.failures = ['Ecs.EcsException', 'Ecs.ServerException', 'States.Timeout', 'Ecs.EcsException'];

  expect(outcomes(await run(fake, EVENT))).toEqual(['SUCCEEDED']);
  expect(fake.restarts).toHaveLength(1);
});

test('fails, for everybody to see, when ECS refuses for hours', async () => {
  const fake = new FakeEcs();
  fake.failures = Array<string>(100).fill('Ecs.AccessDeniedException');

  const [execution] = await run(fake, EVENT);

  expect(execution.outcome).toBe('FAILED');
  expect(execution.now - CHANGE).toBeGreaterThan(2 * HOUR);
});

test.each(['INACTIVE', 'DRAINING', 'MISSING'])('leaves a service that is %s alone', async (status) => {
  const fake = new FakeEcs();
  fake.status = status;

  expect(outcomes(await run(fake, EVENT))).toEqual(['SUCCEEDED']);
  expect(fake.restarts).toEqual([]);
});

test.each(['Ecs.ClusterNotFoundException', 'Ecs.ServiceNotFoundException', 'Ecs.ServiceNotActiveException'])('takes %s for the end of the service, at once', async (error) => {
  const fake = new FakeEcs();
  fake.failures = Array<string>(100).fill(error);

  const [execution] = await run(fake, EVENT);

  expect(execution.outcome).toBe('SUCCEEDED');
  expect(execution.now - CHANGE).toBeLessThan(3 * MINUTE);
});
