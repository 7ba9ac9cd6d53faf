import { Duration } from 'aws-cdk-lib';
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

test.each([
  [Tier.DEV, 'web', 'ROLLING', 0],
  [Tier.STAGING, 'web', 'BLUE_GREEN', 10],
  [Tier.PROD, 'web', 'BLUE_GREEN', 10],
  [Tier.DEV, 'worker', 'ROLLING', 0],
  [Tier.STAGING, 'worker', 'ROLLING', 0],
  [Tier.PROD, 'worker', 'ROLLING', 0],
] as const)('is by default in tier %s for a %s: %s with %p minutes of bake', (tier, kind, Strategy, BakeTimeInMinutes) => {
  templateOf(tier, kind).hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: {
      Strategy, BakeTimeInMinutes, MinimumHealthyPercent: 100, MaximumPercent: 200, DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    },
  });
});

test.each([
  ['web', Rollout.rolling(), 'ROLLING', 0],
  ['web', Rollout.rolling({ bake: Duration.minutes(3) }), 'ROLLING', 3],
  ['web', Rollout.blueGreen({ bake: Duration.hours(2) }), 'BLUE_GREEN', 120],
  ['web', Rollout.blueGreen({ bake: Duration.minutes(0) }), 'BLUE_GREEN', 0],
  ['web', Rollout.blueGreen({ bake: Duration.hours(33) }), 'BLUE_GREEN', 1980],
  ['worker', Rollout.rolling({ bake: Duration.minutes(5) }), 'ROLLING', 5],
] as const)('is for a %s in PROD what it is told', (kind, rollout, Strategy, BakeTimeInMinutes) => {
  templateOf(Tier.PROD, kind, rollout).hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: { Strategy, BakeTimeInMinutes } });
});

test('bakes by the tier where the strategy is chosen and the time is not', () => {
  templateOf(Tier.DEV, 'web', Rollout.blueGreen()).hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 0 } });
  templateOf(Tier.PROD, 'web', Rollout.blueGreen()).hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 10 } });
});

test('gives ECS both target groups, the rule to rewrite, and a role that may', () => {
  const template = templateOf(Tier.PROD, 'web');
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

test('gives ECS nothing to shift where tasks roll', () => {
  templateOf(Tier.DEV, 'web').hasResourceProperties('AWS::ECS::Service', { LoadBalancers: [{ AdvancedConfiguration: Match.absent() }] });
});

test('refuses two sets of tasks for a worker', () => {
  expect(() => templateOf(Tier.PROD, 'worker', Rollout.blueGreen())).toThrow(new Error(
    "[Shop/Api] 'rollout' must be rolling without an ingress, got 'blueGreen'; there is no traffic to shift: leave it out for a worker",
  ));
});

test.each([[Duration.seconds(90), 1.5], [Duration.minutes(1981), 1981], [Duration.days(2), 2880], [Duration.millis(30), 0.0005]])('refuses a bake of %s', (bake, minutes) => {
  expect(() => Rollout.blueGreen({ bake })).toThrow(new Error(
    `[Rollout] 'bake' must be whole minutes up to 33 hours, got '${minutes} minutes'; CloudFormation gives up an operation after 36 hours`,
  ));
});

test.each([0, -1, 101, NaN])('refuses %p percent of errors as a limit', (maxErrorPercent) => {
  expect(() => Rollout.rolling({ maxErrorPercent })).toThrow(new Error(
    `[Rollout] 'maxErrorPercent' must be above 0 and at most 100, got ${maxErrorPercent}; give a share of responses in percent`,
  ));
});

test.each([Duration.millis(0), Duration.seconds(61)])('refuses %s as a limit of the response time', (maxLatency) => {
  expect(() => Rollout.rolling({ maxLatency })).toThrow(new Error(
    `[Rollout] 'maxLatency' must be longer than nothing and at most a minute, got '${maxLatency.toHumanString()}'; give the response time that users accept`,
  ));
});
