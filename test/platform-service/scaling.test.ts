import { Lazy, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Tier } from '../../src/environment/tier';
import { PlatformService } from '../../src/platform-service/platform-service';
import { Scaling } from '../../src/platform-service/scaling';
import { stackOf, vpcIn, workerProps } from '../support';

function defineIn(tier: Tier, scaling?: Scaling): { service: PlatformService; template: () => Template } {
  const stack = stackOf(tier);
  const service = new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), scaling });
  return { service, template: () => Template.fromStack(stack) };
}

test.each<[Tier, Scaling | undefined, number, number]>([
  [Tier.DEV, undefined, 1, 2],
  [Tier.STAGING, undefined, 2, 4],
  [Tier.PROD, undefined, 2, 10],
  [Tier.PROD, Scaling.cpu({ min: 4 }), 4, 10],
  [Tier.PROD, Scaling.cpu({ min: 20 }), 20, 40],
  [Tier.PROD, Scaling.cpu({ max: 3 }), 2, 3],
  [Tier.PROD, Scaling.cpu({ max: 40 }), 2, 40],
  [Tier.DEV, Scaling.cpu({ min: 1, max: 7 }), 1, 7],
])('keeps in tier %s, with %j, between %p and %p tasks', (tier, scaling, min, max) => {
  const { service, template } = defineIn(tier, scaling);

  expect(service.maxTasks).toBe(max * 2);
  if (min === max) {
    template().hasResourceProperties('AWS::ECS::Service', { DesiredCount: min });
  } else {
    template().hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: min, MaxCapacity: max });
  }
});

test('leaves the number of running tasks alone in a deployment', () => {
  defineIn(Tier.PROD).template().hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
});

test.each([[undefined, 60], [Scaling.cpu({ targetPercent: 35 }), 35]])('adds tasks at a load of %j: %p percent', (scaling, TargetValue) => {
  defineIn(Tier.PROD, scaling).template().hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
    TargetTrackingScalingPolicyConfiguration: { PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' }, TargetValue },
  });
});

test('keeps a fixed number of tasks without scaling', () => {
  const { service, template } = defineIn(Tier.PROD, Scaling.fixed(3));

  template().hasResourceProperties('AWS::ECS::Service', { DesiredCount: 3 });
  template().resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  expect(service.maxTasks).toBe(6);
});

test.each<[Tier, Scaling, string, number, number]>([
  [Tier.PROD, Scaling.cpu({ min: 1 }), 'min', 2, 1],
  [Tier.STAGING, Scaling.cpu({ min: 1, max: 5 }), 'min', 2, 1],
  [Tier.PROD, Scaling.cpu({ max: 1 }), 'max', 2, 1],
  [Tier.PROD, Scaling.fixed(1), 'min', 2, 1],
  [Tier.DEV, Scaling.fixed(0), 'min', 1, 0],
  [Tier.DEV, Scaling.cpu({ max: 0 }), 'max', 1, 0],
])('refuses in tier %s, with %j, too few tasks', (tier, scaling, prop, least, got) => {
  expect(() => defineIn(tier, scaling)).toThrow(new Error(
    `[Shop/Api] 'scaling.${prop}' must be at least ${least} in tier '${tier.name}', got ${got}; raise it or choose a lower tier`,
  ));
});

test.each([-1, 1.5, NaN, Infinity, 5001])('refuses %p as a number of tasks', (count) => {
  expect(() => Scaling.cpu({ min: count })).toThrow(new Error(`[Scaling] 'min' must be a whole number of tasks up to 5000, got ${count}; give a count`));
  expect(() => Scaling.cpu({ max: count })).toThrow(new Error(`[Scaling] 'max' must be a whole number of tasks up to 5000, got ${count}; give a count`));
  expect(() => Scaling.fixed(count)).toThrow(new Error(`[Scaling] 'min' must be a whole number of tasks up to 5000, got ${count}; give a count`));
});

test('refuses a number that is known at deployment only', () => {
  const count = Token.asNumber(Lazy.number({ produce: () => 3 }));

  expect(() => Scaling.fixed(count)).toThrow(new Error(
    "[Scaling] 'min' must be a literal number; what is known at deployment only cannot be checked against the tier",
  ));
});

test('refuses most tasks below fewest', () => {
  expect(() => Scaling.cpu({ min: 5, max: 4 })).toThrow(new Error("[Scaling] 'max' must not be below 'min', 5, got 4; exchange them or raise it"));
});

test.each([0, 9, 91, 100, NaN])('refuses a target of %p percent', (targetPercent) => {
  expect(() => Scaling.cpu({ targetPercent })).toThrow(new Error(
    `[Scaling] 'targetPercent' must be between 10 and 90, got ${targetPercent}; below 10 nothing is ever taken away, above 90 tasks are saturated before help comes`,
  ));
});
