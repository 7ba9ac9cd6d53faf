import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PlatformServiceProps } from './platform-service-props';
import type { Rollout } from './rollout';
import { invalid } from '../private/invalid';
import { mustBeSeconds, type SecondsRule } from '../private/whole-seconds';

/** For how long tasks are waited for when they start and when they stop. */
export interface ServiceTimes {
  /** Undefined without a load balancer. */
  readonly healthCheckGracePeriod?: Duration;
  /** Undefined without a command that looks at the health. */
  readonly startPeriod?: Duration;
  readonly deregistrationDelay: Duration;
}

const MINUTE = Duration.minutes(1);

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
const GRACE: SecondsRule = { from: 0, to: 2_147_483_647, remedy: 'ECS takes no other' };

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const START: SecondsRule = {
  from: 0,
  to: 300,
  remedy: 'ECS takes no other: a service with an ingress that starts more slowly needs a longer '
    + 'healthCheckGracePeriod alone',
};

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const STOP: SecondsRule = { from: 1, to: 120, remedy: 'Fargate takes no other' };

/** Times that fit each other: none cuts off what another one allows. */
export function settledTimes(scope: Construct, props: PlatformServiceProps, { maxLatency }: Rollout): ServiceTimes {
  const { ingress, healthCommand, healthCheckGracePeriod, startPeriod, stopTimeout } = props;
  mustBeSeconds(scope, 'healthCheckGracePeriod', healthCheckGracePeriod, GRACE);
  mustBeSeconds(scope, 'startPeriod', startPeriod, START);
  mustBeSeconds(scope, 'stopTimeout', stopTimeout, STOP);
  if (healthCheckGracePeriod && !ingress) {
    throw invalid(scope, 'healthCheckGracePeriod', {
      must: "must not be set without an 'ingress'",
      got: healthCheckGracePeriod.toHumanString(),
      remedy: 'no load balancer looks at a worker: its healthCommand has a startPeriod',
    });
  }
  if (startPeriod && !healthCommand) {
    throw invalid(scope, 'startPeriod', {
      must: "must not be set without a 'healthCommand'",
      got: startPeriod.toHumanString(),
      remedy: 'for the check of the load balancer set healthCheckGracePeriod',
    });
  }
  if (healthCheckGracePeriod && startPeriod && isShorter(healthCheckGracePeriod, startPeriod)) {
    throw invalid(scope, 'healthCheckGracePeriod', {
      must: `must be at least 'startPeriod', ${startPeriod.toHumanString()}`,
      got: healthCheckGracePeriod.toHumanString(),
      remedy: 'the load balancer would have tasks stopped that are still starting',
    });
  }
  return {
    healthCheckGracePeriod: ingress && (healthCheckGracePeriod ?? longest(MINUTE, startPeriod)),
    startPeriod: healthCommand
      && (startPeriod ?? shortest(healthCheckGracePeriod ?? MINUTE, Duration.seconds(START.to))),
    deregistrationDelay: settledDelay(scope, props, maxLatency),
  };
}

/** What a request may take, a draining task must have time for. */
function settledDelay(scope: Construct, { ingress }: PlatformServiceProps, maxLatency: Duration): Duration {
  const { deregistrationDelay, idleTimeout } = ingress ?? {};
  if (deregistrationDelay && isShorter(deregistrationDelay, maxLatency)) {
    throw invalid(scope, 'ingress.deregistrationDelay', {
      must: `must be at least the rollout's 'maxLatency', ${maxLatency.toHumanString()}`,
      got: deregistrationDelay.toHumanString(),
      remedy: 'requests that may take as long would be cut off when a task stops',
    });
  }
  return deregistrationDelay ?? shortest(longest(Duration.seconds(30), idleTimeout, maxLatency), Duration.hours(1));
}

export function isShorter(one: Duration, other: Duration): boolean {
  return one.toMilliseconds({ integral: false }) < other.toMilliseconds({ integral: false });
}

export function longest(first: Duration, ...others: (Duration | undefined)[]): Duration {
  return others.reduce<Duration>((known, it) => it && isShorter(known, it) ? it : known, first);
}

function shortest(one: Duration, other: Duration): Duration {
  return isShorter(other, one) ? other : one;
}
