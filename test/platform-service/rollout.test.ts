import { Duration, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Tier } from '../../src/environment/tier';
import { PlatformService } from '../../src/platform-service/platform-service';
import { Rollout } from '../../src/platform-service/rollout';
import { stackOf, vpcIn, webProps, workerProps } from '../support';

function templateOf(tier: Tier, kind: 'web' | 'worker', rollout?: Rollout): Template {
  const stack = stackOf(tier);
  const vpc = vpcIn(stack);
  new PlatformService(stack, 'Api', { ...kind === 'web' ? webProps(stack, vpc) : workerProps(vpc), rollout });
  return Template.fromStack(stack);
}

const ROLLING = { Strategy: 'ROLLING', BakeTimeInMinutes: Match.absent() };
const BLUE_GREEN = { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 0 };
const CANARY = { Strategy: 'CANARY', BakeTimeInMinutes: 10, CanaryConfiguration: { CanaryPercent: 10, CanaryBakeTimeInMinutes: 5 } };

test.each([
  [Tier.DEV, 'web', BLUE_GREEN],
  [Tier.STAGING, 'web', CANARY],
  [Tier.PROD, 'web', CANARY],
  [Tier.DEV, 'worker', ROLLING],
  [Tier.STAGING, 'worker', ROLLING],
  [Tier.PROD, 'worker', ROLLING],
] as const)('is by default in tier %s for a %s: %j', (tier, kind, deployment) => {
  templateOf(tier, kind).hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: {
      ...deployment,
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true, ResetOnHealthyTask: false },
    },
  });
});

test.each([
  ['rolling', Rollout.rolling(), BLUE_GREEN],
  ['rolling', Rollout.rolling({ bake: Duration.minutes(3) }), { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 3 }],
  ['blue/green', Rollout.blueGreen({ bake: Duration.hours(2) }), { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 120 }],
  ['blue/green', Rollout.blueGreen({ bake: Duration.minutes(0) }), { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 0 }],
  ['blue/green', Rollout.blueGreen({ bake: Duration.hours(24) }), { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 1440 }],
  ['canary', Rollout.canary({ percent: 0.1, stepBake: Duration.hours(24), bake: Duration.hours(9) }), {
    Strategy: 'CANARY', BakeTimeInMinutes: 540, CanaryConfiguration: { CanaryPercent: 0.1, CanaryBakeTimeInMinutes: 1440 },
  }],
  ['canary', Rollout.canary({ percent: 99.9, stepBake: Duration.minutes(0) }), {
    Strategy: 'CANARY', BakeTimeInMinutes: 10, CanaryConfiguration: { CanaryPercent: 99.9, CanaryBakeTimeInMinutes: 0 },
  }],
  ['linear', Rollout.linear(), { Strategy: 'LINEAR', BakeTimeInMinutes: 10, LinearConfiguration: { StepPercent: 10, StepBakeTimeInMinutes: 5 } }],
  ['linear', Rollout.linear({ percent: 3, stepBake: Duration.hours(1), bake: Duration.minutes(0) }), {
    Strategy: 'LINEAR', BakeTimeInMinutes: 0, LinearConfiguration: { StepPercent: 3, StepBakeTimeInMinutes: 60 },
  }],
  ['linear', Rollout.linear({ percent: 11, stepBake: Duration.hours(3), bake: Duration.hours(6) }), {
    Strategy: 'LINEAR', BakeTimeInMinutes: 360, LinearConfiguration: { StepPercent: 11, StepBakeTimeInMinutes: 180 },
  }],
])('is %s in PROD as it is told', (_, rollout, deployment) => {
  templateOf(Tier.PROD, 'web', rollout).hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: { CanaryConfiguration: Match.absent(), LinearConfiguration: Match.absent(), ...deployment },
  });
});

test.each([[undefined, Match.absent()], [0, Match.absent()], [5, 5]])('bakes for a worker as it is told, and '
  + 'names no bake of %j', (bake, BakeTimeInMinutes) => {
  const rollout = Rollout.rolling({ bake: bake === undefined ? undefined : Duration.minutes(bake) });

  templateOf(Tier.PROD, 'worker', rollout).hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: { Strategy: 'ROLLING', BakeTimeInMinutes },
  });
});

test('never goes, for a service with an ingress, from or to the strategy of ECS in which traffic may be left '
  + 'behind', () => {
  const rollouts = [undefined, Rollout.rolling(), Rollout.blueGreen(), Rollout.canary(), Rollout.linear()];
  const strategies = [Tier.DEV, Tier.STAGING, Tier.PROD].flatMap((tier) => rollouts.map((rollout) => {
    const [service] = Object.values(templateOf(tier, 'web', rollout).findResources('AWS::ECS::Service'));
    const { DeploymentConfiguration: deployment, LoadBalancers: [target] } = service.Properties;
    return [deployment.Strategy, 'AdvancedConfiguration' in target];
  }));

  expect(strategies).not.toContainEqual(['ROLLING', expect.anything()]);
  expect(strategies).not.toContainEqual([expect.anything(), false]);
});

test('keeps the limits of a rolling rollout behind a load balancer', () => {
  const template = templateOf(Tier.DEV, 'web', Rollout.rolling({
    maxErrorPercent: 7, maxLatency: Duration.seconds(9),
  }));

  template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 7 });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 9 });
});

test.each([
  ['BLUE_GREEN', Rollout.blueGreen()], ['CANARY', Rollout.canary()], ['LINEAR', Rollout.linear()],
])('bakes by the tier where the strategy is chosen, %s, and the time is not', (Strategy, rollout) => {
  templateOf(Tier.DEV, 'web', rollout).hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: { Strategy, BakeTimeInMinutes: 0 } });
  templateOf(Tier.PROD, 'web', rollout).hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: { Strategy, BakeTimeInMinutes: 10 } });
});

test.each([
  ['rolling', Rollout.rolling()],
  ['blue/green', Rollout.blueGreen()],
  ['canary', Rollout.canary()],
  ['linear', Rollout.linear()],
])('gives ECS both target groups, the rule to rewrite, and a role that may, for %s', (_, rollout) => {
  const template = templateOf(Tier.PROD, 'web', rollout);
  const [blue, green] = Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup'));
  const [rule] = Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'));
  const [role] = Object.keys(template.findResources('AWS::IAM::Role', { Properties: { ManagedPolicyArns: Match.anyValue() } }));

  template.hasResourceProperties('AWS::ECS::Service', {
    LoadBalancers: [{
      TargetGroupArn: { Ref: blue },
      ContainerName: 'app',
      ContainerPort: 8080,
      AdvancedConfiguration: { AlternateTargetGroupArn: { Ref: green }, ProductionListenerRule: { Ref: rule }, RoleArn: { 'Fn::GetAtt': [role, 'Arn'] } },
    }],
  });
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Principal: { Service: 'ecs.amazonaws.com' } })] },
    ManagedPolicyArns: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers']] }],
  });
});

test.each([
  ['blueGreen', Rollout.blueGreen()], ['canary', Rollout.canary()], ['linear', Rollout.linear()],
])('refuses %s for a worker, which has no traffic', (name, rollout) => {
  expect(() => templateOf(Tier.PROD, 'worker', rollout)).toThrow(new Error(
    `[Shop/Api] 'rollout' must be rolling without an ingress, got '${name}'; there is no traffic to shift: leave it out for a worker`,
  ));
});

test.each([[Duration.seconds(90), 1.5], [Duration.millis(30), 0.0005], [Duration.minutes(1441), 1441]])('refuses a bake of %s', (bake, minutes) => {
  expect(() => Rollout.blueGreen({ bake })).toThrow(new Error(`[Rollout.blueGreen] 'bake' must be whole minutes up to 24 hours, got '${minutes} minutes'; ECS waits no longer at one share`));
});

test.each([[Duration.seconds(90), 1.5], [Duration.minutes(1441), 1441]])('refuses a step of %s', (stepBake, minutes) => {
  expect(() => Rollout.linear({ stepBake })).toThrow(new Error(
    `[Rollout.linear] 'stepBake' must be whole minutes up to 24 hours, got '${minutes} minutes'; ECS waits no longer at one share`,
  ));
});

test.each([
  ['canary', 0.1, [0, 0.09, 0.15, 10.01, 99.99, 100, 101, -1, NaN]],
  ['linear', 3, [0, 2.9, 3.05, 33.33, 100, 250, NaN, Infinity]],
] as const)('refuses for a %s rollout shares that are not tenths of a percent from %p on, and all traffic at once', (strategy, least, shares) => {
  shares.forEach((percent) => {
    expect(() => Rollout[strategy]({ percent })).toThrow(new Error(
      `[Rollout.${strategy}] 'percent' must be tenths of a percent from ${least} to below 100, got ${percent}; all traffic at once is Rollout.blueGreen()`,
    ));
  });
});

test('takes every share that ECS takes, but all traffic at once', () => {
  const tenths = Array.from({ length: 999 }, (_, index) => (index + 1) / 10);

  expect(tenths.map((percent) => Rollout.canary({ percent }).percent)).toEqual(tenths);
  expect(tenths.slice(29).map((percent) => Rollout.linear({ percent }).percent)).toEqual(tenths.slice(29));
});

test.each(['canary', 'linear'] as const)('refuses a %s rollout that nobody watches at any time', (strategy) => {
  const nothing = Duration.minutes(0);

  expect(() => Rollout[strategy]({ stepBake: nothing, bake: nothing })).toThrow(new Error(
    `[Rollout.${strategy}] 'stepBake' must be longer than nothing where 'bake' is not, got '${nothing.toHumanString()}'; `
    + 'give alarms three minutes at least, or move all traffic at once by Rollout.blueGreen()',
  ));
});

test('takes a canary that is watched after the change only, also in DEV, which does not bake', () => {
  templateOf(Tier.DEV, 'web', Rollout.canary({ stepBake: Duration.minutes(0) })).hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: { Strategy: 'CANARY', BakeTimeInMinutes: 0 },
  });
});

test.each([
  ['541 + 1 × 1440 = 1981 minutes', Rollout.canary({ stepBake: Duration.hours(24), bake: Duration.minutes(541) })],
  ['10 + 33 × 60 = 1990 minutes', Rollout.linear({ percent: 3, stepBake: Duration.hours(1) })],
  ['361 + 9 × 180 = 1981 minutes', Rollout.linear({ percent: 10, stepBake: Duration.hours(3), bake: Duration.minutes(361) })],
  ['361 + 9 × 180 = 1981 minutes', Rollout.linear({ percent: 11, stepBake: Duration.hours(3), bake: Duration.minutes(361) })],
  ['541 + 1 × 1440 = 1981 minutes', Rollout.linear({ percent: 60, stepBake: Duration.hours(24), bake: Duration.minutes(541) })],
])('refuses to bake longer than CloudFormation waits: %s', (sum, rollout) => {
  expect(() => templateOf(Tier.PROD, 'web', rollout)).toThrow(new Error(
    `[Shop/Api] 'rollout' must bake for at most 33 hours, 1980 minutes, got '${sum}'; shorten it: CloudFormation gives up after 36 hours`,
  ));
});

test.each(['percent', 'maxErrorPercent'])('refuses a %s that is known at deployment only', (name) => {
  expect(() => Rollout.canary({ [name]: Token.asNumber({ Ref: 'Percent' }) })).toThrow(new Error(
    `[Rollout.canary] '${name}' must be literal; what is known at deployment only cannot be checked`,
  ));
});

test.each(['bake', 'stepBake', 'maxLatency'])('refuses a %s that is known at deployment only', (name) => {
  expect(() => Rollout.linear({ [name]: Duration.minutes(Token.asNumber({ Ref: 'Minutes' })) })).toThrow(new Error(
    `[Rollout.linear] '${name}' must be literal; what is known at deployment only cannot be checked`,
  ));
});

test.each([0, -1, 100, 101, NaN])('refuses %p percent of errors as a limit', (maxErrorPercent) => {
  expect(() => Rollout.rolling({ maxErrorPercent })).toThrow(new Error(
    `[Rollout.rolling] 'maxErrorPercent' must be above 0 and below 100, got ${maxErrorPercent}; give a share of responses `
    + 'in percent: no share is above 100, and the alarm would never go off',
  ));
});

test.each([Duration.millis(0), Duration.seconds(4001)])('refuses %s as a limit of the response time', (maxLatency) => {
  expect(() => Rollout.rolling({ maxLatency })).toThrow(new Error(
    '[Rollout.rolling] \'maxLatency\' must be longer than nothing and at most 4000 seconds, got '
    + `'${maxLatency.toHumanString()}'; give the response time that users accept`,
  ));
});
