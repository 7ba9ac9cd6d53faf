import { Fn, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { Tier } from '../../src/environment/tier';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { PlatformService } from '../../src/platform-service/platform-service';
import { Scaling } from '../../src/platform-service/scaling';
import { databaseProps, stackIn, stackOf, vpcIn, workerProps } from '../support';

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

describe('a service that somebody else scales', () => {
  const target = {
    maxCapacity: 12, minCapacity: 2, scalableDimension: 'ecs:service:DesiredCount', serviceNamespace: 'ecs',
  };
  const resourceIdOf = (it: ecs.FargateService) => `service/${it.cluster.clusterName}/${it.serviceName}`;
  const ways: [string, (service: PlatformService) => void][] = [
    ['its L2', ({ service }) => service.autoScaleTaskCount({ maxCapacity: 12 })],
    ['an L2 beside it', ({ service }) => new appscaling.ScalableTarget(Stack.of(service), 'Target', {
      ...target, resourceId: resourceIdOf(service), serviceNamespace: appscaling.ServiceNamespace.ECS,
    })],
    ['an L1', ({ service }) => new appscaling.CfnScalableTarget(Stack.of(service), 'Target', {
      ...target, resourceId: Fn.join('/', ['service', service.cluster.clusterName, service.serviceName]),
    })],
    ['another stack', ({ service }) => {
      const stack = stackIn(service.node.root, 'Nights');
      new appscaling.CfnScalableTarget(stack, 'Target', { ...target, resourceId: resourceIdOf(service) });
    }],
  ];

  test.each(ways)('by %s keeps its number of tasks in a deployment', (_, scale) => {
    const { service, template } = defineIn(Tier.PROD, Scaling.fixed(3));
    scale(service);

    template().hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
  });

  test.each(ways)('by %s may have as many tasks as that says', (_, scale) => {
    const { service } = defineIn(Tier.PROD, Scaling.fixed(3));
    scale(service);

    expect(service.maxTasks).toBe(24);
  });

  test.each(ways)('by %s has too few tasks below what that says', (_, scale) => {
    const { service } = defineIn(Tier.PROD, Scaling.fixed(3));
    scale(service);

    const { condition } = service.observe().signals.find(({ id }) => id === 'TooFewTasks')!;

    expect(condition.threshold).toBe(service.service.node.tryFindChild('TaskCount') ? 1 : 2);
  });

  test('by a limit that only the deployment knows, is taken to have what it was given here', () => {
    const { service } = defineIn(Tier.PROD, Scaling.fixed(3));
    service.service.autoScaleTaskCount({ maxCapacity: Token.asNumber({ Ref: 'Most' }) });

    expect(service.maxTasks).toBe(6);
  });

  test('may have as many tasks as its own scaling was changed to', () => {
    const { service } = defineIn(Tier.PROD, Scaling.cpu({ max: 4 }));
    const own = service.service.node.findChild('TaskCount').node.findChild('Target');
    (own.node.defaultChild as appscaling.CfnScalableTarget).maxCapacity = 30;

    expect(service.maxTasks).toBe(60);
  });

  test('is refused at synth where the pools of its tasks would not fit, though they did when it was connected', () => {
    const stack = stackOf();
    const vpc = vpcIn(stack);
    const orders = new ManagedPostgres(stack, 'Orders', {
      ...databaseProps(vpc), parameters: { max_connections: '103' },
    });
    const service = new PlatformService(stack, 'Api', { ...workerProps(vpc), scaling: Scaling.fixed(3) });
    service.connectTo(orders);
    service.service.autoScaleTaskCount({ maxCapacity: 12 });

    expect(() => Template.fromStack(stack)).toThrow(
      "[Shop/Orders] 'connectionsPerTask' times the most tasks of all connected services must be at most 78 on "
      + 'db.m7g.large, got 240; '
      + 'lower it, lower the most tasks of Shop/Api (a rollout doubles them), or choose a larger instance class');
  });
});

test('keeps its fixed number of tasks where another service is scaled', () => {
  const { service, template } = defineIn(Tier.PROD, Scaling.fixed(3));
  const other = new PlatformService(Stack.of(service), 'Other', {
    ...workerProps(service.service.cluster.vpc), scaling: Scaling.fixed(4),
  });
  new appscaling.CfnScalableTarget(Stack.of(service), 'Target', {
    maxCapacity: 12,
    minCapacity: 2,
    scalableDimension: 'ecs:service:DesiredCount',
    serviceNamespace: 'ecs',
    resourceId: `service/x/${other.service.serviceName}`,
  });

  expect(service.maxTasks).toBe(6);
  template().hasResourceProperties('AWS::ECS::Service', { DesiredCount: 3 });
});
