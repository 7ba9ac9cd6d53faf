import { Duration, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { mustFit } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';

/** For how long a new version is on trial, and when it is taken back. */
export interface RolloutOptions {
  /**
   * How long alarms are watched after the new version serves all traffic. The old version stays ready meanwhile, unless
   * tasks roll, and both sets of tasks are paid for. CloudFormation waits.
   *
   * @default - by tier: 10 minutes in STAGING and PROD, none in DEV; none for rolling
   */
  readonly bake?: Duration;
  /**
   * The share of responses with a 5xx code, in percent, above which the deployment is rolled back: below 100, since no
   * share is above that.
   *
   * Counted per target group, so that a bad new version is not hidden by the good old one, and from three errors a minute on: of few
   * requests, one or two fail by chance. While a rollback alarm is red, ECS ignores all of them for a deployment that starts.
   *
   * @default 5
   */
  readonly maxErrorPercent?: number;
  /**
   * The 90th percentile of the response time above which the deployment is rolled back. Counted per target
   * group, and from 20 requests a minute on.
   *
   * Choose it well above what is usual: an alarm that is always red is ignored by ECS, and the one on errors with it.
   *
   * A service refuses the `idleTimeout` of its ingress and more: by then the load balancer has given up, and no alarm
   * goes off.
   *
   * @default - a twentieth of the ingress's `idleTimeout`, but at least 3 seconds, or half of it where it is shorter
   */
  readonly maxLatency?: Duration;
}

/** In which shares the traffic moves, and at what pace. */
export interface GradualRolloutOptions extends RolloutOptions {
  /**
   * The share of the traffic, in percent, that the new version gets first; with `linear` also how much is added at each step.
   *
   * Alarms judge a version from three errors a minute on: where its share is that small, they are seen only once all traffic has moved.
   *
   * @default 10
   */
  readonly percent?: number;
  /**
   * How long alarms are watched at each share before more traffic moves. They need three minutes to go off. Throws for
   * 0 minutes together with a `bake` of 0.
   *
   * @default Duration.minutes(5)
   */
  readonly stepBake?: Duration;
}

/** The smallest share that a strategy takes, in percent: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
const LEAST_PERCENT: { readonly [strategy: string]: number } = { canary: 0.1, linear: 3 };

/** The longest idle timeout of a load balancer, in seconds. */
const MAX_LATENCY_SECONDS = 4000;

/** The longest that ECS waits at one share, the last one too, in minutes: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
const MAX_BAKE_MINUTES = 24 * 60;

/**
 * How a new version takes over from the old one.
 *
 * Whichever it is, ECS gives up a version whose tasks do not start, and takes back one whose rollback alarms go off. If one of these is
 * red when a deployment starts, ECS ignores all of them until it is over, so that a fix is not taken back:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html. Look at the signals `Errors` and `Slow` first.
 * CloudFormation waits, and refuses what bakes for more than 33 hours in all.
 */
export class Rollout {
  static { brand(this.prototype, 'Rollout'); }

  /**
   * Task by task: new ones start beside the old ones, and both serve until the last old one has gone.
   *
   * With an ingress it is `blueGreen()` without a bake: a change between the rolling strategy of ECS and its other ones
   * might leave the traffic at a target group without tasks. For a worker a `bake` has CloudFormation wait for 36 hours
   * for a deployment that does not come to an end, in place of 3.
   */
  public static rolling(options: RolloutOptions = {}): Rollout {
    return new Rollout('rolling', ecs.DeploymentStrategy.ROLLING, options);
  }

  /**
   * A full second set of tasks takes all traffic at once, and the first set stays ready for the bake time.
   *
   * Needs an ingress, and room for twice the tasks: addresses, Fargate quota, database connections.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html
   */
  public static blueGreen(options: RolloutOptions = {}): Rollout {
    return new Rollout('blueGreen', ecs.DeploymentStrategy.BLUE_GREEN, options);
  }

  /**
   * Like blue/green, but a small share of the traffic tries the new version before all the rest follows.
   *
   * The requests of one user meet both versions meanwhile.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html
   */
  public static canary(options: GradualRolloutOptions = {}): Rollout {
    return new Rollout('canary', ecs.DeploymentStrategy.CANARY, options, options);
  }

  /**
   * Like blue/green, but the traffic moves in equal steps.
   *
   * The requests of one user meet both versions meanwhile.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-linear.html
   */
  public static linear(options: GradualRolloutOptions = {}): Rollout {
    return new Rollout('linear', ecs.DeploymentStrategy.LINEAR, options, options);
  }

  /** How long alarms are watched after the change; undefined leaves it to the tier. */
  public readonly bake?: Duration;
  /** Above this share of 5xx responses, in percent, a version is taken back. */
  public readonly maxErrorPercent: number;
  /** Above this 90th percentile of the response time a version is taken back. */
  public readonly maxLatency: Duration;
  /** The share of the traffic that moves first, in percent; undefined where all of it moves at once or tasks roll. */
  public readonly percent?: number;
  /** How long alarms are watched at each share; undefined like `percent`. */
  public readonly stepBake?: Duration;

  private constructor(
    /**
     * What it is called by those who ask for it.
     * @internal
     */
    public readonly _name: string,
    /** What it is called by ECS. */
    public readonly strategy: ecs.DeploymentStrategy,
    private readonly options: RolloutOptions,
    shares?: GradualRolloutOptions,
  ) {
    mustFit(`Rollout.${_name}`, shares ? 'GradualRolloutOptions' : 'RolloutOptions', options);
    this.bake = options.bake;
    this.maxErrorPercent = options.maxErrorPercent ?? 5;
    this.maxLatency = options.maxLatency ?? Duration.seconds(3);
    this.percent = shares && (shares.percent ?? 10);
    this.stepBake = shares && (shares.stepBake ?? Duration.minutes(5));
    this.validate();
  }

  /**
   * What becomes of it behind a load balancer: two sets in any case, and a limit of the response time that fits the
   * load balancer's own.
   * @internal
   */
  public _behindLoadBalancer(idleTimeout: Duration): Rollout {
    const idle = idleTimeout.toMilliseconds();
    const maxLatency = this.options.maxLatency ?? Duration.millis(Math.min(Math.max(3000, idle / 20), idle / 2));
    if (this.twoSets) {
      const shares = this.percent === undefined ? undefined : this;
      return new Rollout(this._name, this.strategy, { ...this.options, maxLatency }, shares);
    }
    const options = { ...this.options, maxLatency, bake: this.bake ?? Duration.minutes(0) };
    return new Rollout(this._name, ecs.DeploymentStrategy.BLUE_GREEN, options);
  }

  /** Whether two full sets of tasks stand side by side. */
  public get twoSets(): boolean {
    return this.strategy !== ecs.DeploymentStrategy.ROLLING;
  }

  private validate(): void {
    const where = `Rollout.${this._name}`;
    const { bake, stepBake, percent, maxErrorPercent, maxLatency } = this;
    mustBeLiteral(where, { percent, maxErrorPercent }, { bake, stepBake, maxLatency });
    Object.entries({ bake, stepBake }).forEach(([name, value]) => {
      if (minutes(value) % 1 !== 0 || minutes(value) > MAX_BAKE_MINUTES) {
        throw invalid(where, name, { must: 'must be whole minutes up to 24 hours', got: `${minutes(value)} minutes`, remedy: 'ECS waits no longer at one share' });
      }
    });
    if (percent !== undefined) {
      mustBeShare(where, percent, LEAST_PERCENT[this._name]);
      mustBeWatched(where, bake, stepBake);
    }
    if (!(maxErrorPercent > 0 && maxErrorPercent < 100)) {
      throw invalid(where, 'maxErrorPercent', {
        must: 'must be above 0 and below 100',
        got: maxErrorPercent,
        remedy: 'give a share of responses in percent: no share is above 100, and the alarm would never go off',
      });
    }
    if (maxLatency.toMilliseconds() <= 0 || maxLatency.toMilliseconds() > MAX_LATENCY_SECONDS * 1000) {
      throw invalid(where, 'maxLatency', {
        must: `must be longer than nothing and at most ${MAX_LATENCY_SECONDS} seconds`,
        got: maxLatency.toHumanString(),
        remedy: 'give the response time that users accept',
      });
    }
  }
}

function minutes(duration?: Duration): number {
  return duration?.toMinutes({ integral: false }) ?? 0;
}

function mustBeLiteral(where: string, numbers: { [name: string]: number | undefined }, durations: { [name: string]: Duration | undefined }): void {
  const unknown = [
    ...Object.entries(numbers).filter(([, value]) => Token.isUnresolved(value)),
    ...Object.entries(durations).filter(([, value]) => value?.isUnresolved()),
  ];
  unknown.forEach(([name]) => {
    throw invalid(where, name, { must: 'must be literal', remedy: 'what is known at deployment only cannot be checked' });
  });
}

/** Where nobody watches, a small share of the users tries the new version for nothing. */
function mustBeWatched(where: string, bake?: Duration, stepBake?: Duration): void {
  if (bake && minutes(bake) === 0 && minutes(stepBake) === 0) {
    throw invalid(where, 'stepBake', {
      must: "must be longer than nothing where 'bake' is not",
      got: stepBake!.toHumanString(),
      remedy: 'give alarms three minutes at least, or move all traffic at once by Rollout.blueGreen()',
    });
  }
}

/** ECS counts in tenths of a percent, and takes a first step of 100 percent as well: it would be a blue/green with another name. */
function mustBeShare(where: string, percent: number, least: number): void {
  if (!(percent >= least && percent < 100) || Number(percent.toFixed(1)) !== percent) {
    throw invalid(where, 'percent', {
      must: `must be tenths of a percent from ${least} to below 100`, got: percent, remedy: 'all traffic at once is Rollout.blueGreen()',
    });
  }
}
