import { Duration, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Audience } from '../../src/platform-service/audience';
import { type HttpsIngressOptions, Ingress } from '../../src/platform-service/ingress';
import { PlatformService } from '../../src/platform-service/platform-service';
import type { PlatformServiceProps } from '../../src/platform-service/platform-service-props';
import { Rollout } from '../../src/platform-service/rollout';
import { certificateIn, stackOf, vpcIn, workerProps } from '../support';

const SERVICE = 'AWS::ECS::Service';
const TASK = 'AWS::ECS::TaskDefinition';
const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const seconds = (it: number) => Duration.seconds(it);

function worker(props: Partial<PlatformServiceProps> = {}): Template {
  const stack = stackOf();
  new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), ...props });
  return Template.fromStack(stack);
}

function web(ingress: Partial<HttpsIngressOptions> = {}, props: Partial<PlatformServiceProps> = {}): Template {
  const stack = stackOf();
  const options = { openTo: Audience.network('10.0.0.0/8'), certificate: certificateIn(stack), ...ingress };
  new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), ...props, ingress: Ingress.https(options) });
  return Template.fromStack(stack);
}

function container(properties: object): object {
  return { ContainerDefinitions: [Match.objectLike(properties)] };
}

function drainedFor(time: number): object {
  return {
    TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: String(time) }]),
  };
}

const healthCommand = ['node', 'healthy.js'];

test.each<[string, Partial<PlatformServiceProps>, number]>([
  ['a minute', {}, 60],
  ['what it is given', { healthCheckGracePeriod: seconds(600) }, 600],
  ['no time', { healthCheckGracePeriod: seconds(0) }, 0],
  ['its start period', { healthCommand, startPeriod: seconds(200) }, 200],
  ['a minute, though its start period is shorter,', { healthCommand, startPeriod: seconds(20) }, 60],
])('has %s to be healthy in the eyes of the load balancer', (_, props, HealthCheckGracePeriodSeconds) => {
  web({}, props).hasResourceProperties(SERVICE, { HealthCheckGracePeriodSeconds });
});

test.each<[string, (props: Partial<PlatformServiceProps>) => Template, Partial<PlatformServiceProps>, number]>([
  ['a minute as a worker', worker, {}, 60],
  ['what it is given as a worker', worker, { startPeriod: seconds(300) }, 300],
  ['a minute with an ingress', (props) => web({}, props), {}, 60],
  ['the grace period of its ingress', (props) => web({}, props), { healthCheckGracePeriod: seconds(240) }, 240],
  ['what ECS takes of a long grace period', (props) => web({}, props), { healthCheckGracePeriod: seconds(900) }, 300],
])('has %s before failures of its command count', (_, define, props, StartPeriod) => {
  define({ healthCommand, ...props }).hasResourceProperties(TASK, container({
    HealthCheck: Match.objectLike({ StartPeriod }),
  }));
});

test.each(
  [[undefined, 30], [seconds(1), 1], [seconds(120), 120]],
)('given %s to end has %p seconds', (stopTimeout, StopTimeout) => {
  worker({ stopTimeout }).hasResourceProperties(TASK, container({ StopTimeout }));
});

test.each<[string, Partial<HttpsIngressOptions>, Partial<PlatformServiceProps>, number]>([
  ['half a minute', {}, {}, 30],
  ['what it is given', { deregistrationDelay: seconds(5) }, {}, 5],
  ['as long as the load balancer waits for it', { idleTimeout: seconds(300) }, {}, 300],
  ['half a minute, though the load balancer waits for less,', { idleTimeout: seconds(20) }, {}, 30],
  ['an hour, which is the longest,', { idleTimeout: seconds(4000) }, {}, 3600],
  ['as long as the rollout lets a response take', {}, { rollout: Rollout.canary({ maxLatency: seconds(55) }) }, 55],
])('has %s to answer what it has begun', (_, ingress, props, time) => {
  web(ingress, props).allResourcesProperties(TARGET_GROUP, drainedFor(time));
});

test('is waited for by its load balancer as long as it says, and else a minute, the default of AWS', () => {
  const attribute = { Key: 'idle_timeout.timeout_seconds', Value: '300' };

  web({ idleTimeout: seconds(300) }).hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    LoadBalancerAttributes: Match.arrayWith([attribute]),
  });
  web().hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    LoadBalancerAttributes: Match.not(Match.arrayWith([Match.objectLike({ Key: 'idle_timeout.timeout_seconds' })])),
  });
});

test.each([
  [undefined, Match.absent()],
  ['200-299', { HttpCode: '200-299' }],
])('is healthy by the codes %j', (healthyHttpCodes, Matcher) => {
  web({ healthyHttpCodes }).allResourcesProperties(TARGET_GROUP, { Matcher });
});

test.each<[string, number | undefined, Rollout | undefined, number]>([
  ['3 seconds', undefined, undefined, 3],
  ['3 seconds, though the load balancer waits for half a minute,', 30, Rollout.rolling(), 3],
  ['half of what the load balancer waits for it, if that is shorter,', 2, undefined, 1],
  ['a twentieth of what the load balancer waits for it', 301, Rollout.linear(), 15.05],
  ['what the rollout says', 300, Rollout.blueGreen({ maxLatency: seconds(200) }), 200],
])('may take %s to respond in a rollout', (_, idleTimeout, rollout, Threshold) => {
  const template = web({ idleTimeout: idleTimeout === undefined ? undefined : seconds(idleTimeout) }, { rollout });

  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: Match.stringLikeRegexp('-Latency$'), Threshold,
  });
});

test('keeps what else its rollout says', () => {
  const rollout = Rollout.linear({
    percent: 20, stepBake: Duration.minutes(7), bake: Duration.minutes(9), maxErrorPercent: 2,
  });
  const template = web({ idleTimeout: seconds(300) }, { rollout });

  template.hasResourceProperties(SERVICE, {
    DeploymentConfiguration: {
      Strategy: 'LINEAR', BakeTimeInMinutes: 9, LinearConfiguration: { StepPercent: 20, StepBakeTimeInMinutes: 7 },
    },
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 2 });
});

test.each([[60, '1 minute'], [61, '1 minute 1 second']])('may not be given %d seconds to respond where the load balancer '
  + 'waits for 60, since no alarm would go off', (limit, got) => {
  const rollout = Rollout.blueGreen({ maxLatency: seconds(limit) });

  expect(() => web({}, { rollout })).toThrow(new Error(
    `[Shop/Api] 'rollout.maxLatency' must be shorter than the 'idleTimeout' of the ingress, 1 minute, got '${got}'; `
    + 'raise that: the load balancer gives up then, and no alarm goes off',
  ));
});

test('may not be cut off before it must have responded', () => {
  expect(() => web({ deregistrationDelay: seconds(2) })).toThrow(new Error(
    "[Shop/Api] 'ingress.deregistrationDelay' must be at least the rollout's 'maxLatency', 3 seconds, got '2 seconds'; "
    + 'requests that may take as long would be cut off when a task stops',
  ));
});

test('may not be stopped by the load balancer while it still starts', () => {
  expect(() => web({}, {
    healthCommand, startPeriod: seconds(90), healthCheckGracePeriod: seconds(80),
  })).toThrow(new Error(
    "[Shop/Api] 'healthCheckGracePeriod' must be at least 'startPeriod', 1 minute 30 seconds, "
    + "got '1 minute 20 seconds'; the load balancer would have tasks stopped that are still starting",
  ));
});

test('has no grace period where no load balancer looks', () => {
  worker().hasResourceProperties(SERVICE, { HealthCheckGracePeriodSeconds: Match.absent() });
  expect(() => worker({ healthCheckGracePeriod: seconds(90) })).toThrow(new Error(
    "[Shop/Api] 'healthCheckGracePeriod' must not be set without an 'ingress', got '1 minute 30 seconds'; "
    + 'no load balancer looks at a worker: its healthCommand has a startPeriod',
  ));
});

test('has no start period where no command looks', () => {
  expect(() => web({}, { startPeriod: seconds(90) })).toThrow(new Error(
    "[Shop/Api] 'startPeriod' must not be set without a 'healthCommand', got '1 minute 30 seconds'; for the "
    + 'check of the load balancer set healthCheckGracePeriod',
  ));
});

test.each([
  ['healthCheckGracePeriod', 0, 2147483647, 0.5, 'ECS takes no other'],
  ['startPeriod', 0, 300, 301, 'ECS takes no other: a service with an ingress that starts more slowly needs a '
    + 'longer healthCheckGracePeriod alone'],
  ['stopTimeout', 1, 120, 0, 'Fargate takes no other'],
  ['stopTimeout', 1, 120, 121, 'Fargate takes no other'],
])('refuses as %s what is not whole seconds from %p to %p: %p', (name, from, to, wrong, remedy) => {
  expect(() => web({}, { healthCommand, [name]: Duration.millis(wrong * 1000) })).toThrow(new Error(
    `[Shop/Api] '${name}' must be whole seconds from ${from} to ${to}, got '${wrong} seconds'; ${remedy}`,
  ));
});

test.each([
  'healthCheckGracePeriod', 'startPeriod', 'stopTimeout',
])('refuses a %s that is known at deployment only', (name) => {
  const unknown = Duration.seconds(Token.asNumber({ Ref: 'Seconds' }));

  expect(() => web({}, { healthCommand, [name]: unknown })).toThrow(new Error(
    `[Shop/Api] '${name}' must be literal; what is known at deployment only cannot be checked`,
  ));
});
