import { Duration } from 'aws-cdk-lib';
import { invalid } from '../private/invalid';

/** For how long a new version is on trial, and when it is taken back. */
export interface RolloutOptions {
  /**
   * How long alarms are watched after the new version serves all traffic. With blue/green the old version stays ready
   * meanwhile, and both sets of tasks are paid for. CloudFormation waits.
   *
   * @default - by tier for blue/green: 10 minutes in STAGING and PROD, none in DEV; none for rolling
   */
  readonly bake?: Duration;
  /**
   * The share of responses with a 5xx code, in percent, above which the deployment is rolled back.
   *
   * Counted per target group, so that a bad new version is not hidden by the good old one, and from 20 requests a minute on.
   *
   * @default 5
   */
  readonly maxErrorPercent?: number;
  /**
   * The 99th percentile of the response time above which the deployment is rolled back, up to a minute: then the load
   * balancer gives up. Counted like errors.
   *
   * @default Duration.seconds(3)
   */
  readonly maxLatency?: Duration;
}

/** The longest bake time that CloudFormation accepts, in minutes: 33 hours of the 36 that an operation may take. */
const MAX_BAKE_MINUTES = 33 * 60;

/**
 * How a new version takes over from the old one.
 *
 * Whichever it is, ECS gives up a version whose tasks do not start, and takes back one whose rollback alarms go off.
 */
export class Rollout {
  /** Task by task: new ones start beside the old ones, and both serve until the last old one has gone. */
  public static rolling(options: RolloutOptions = {}): Rollout {
    return new Rollout(false, options);
  }

  /**
   * A full second set of tasks takes all traffic at once, and the first set stays ready for the bake time.
   *
   * Needs an ingress, and room for twice the tasks: addresses, Fargate quota, database connections.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html
   */
  public static blueGreen(options: RolloutOptions = {}): Rollout {
    return new Rollout(true, options);
  }

  /** How long alarms are watched after the change; undefined leaves it to the tier. */
  public readonly bake?: Duration;
  /** Above this share of 5xx responses, in percent, a version is taken back. */
  public readonly maxErrorPercent: number;
  /** Above this 99th percentile of the response time a version is taken back. */
  public readonly maxLatency: Duration;

  private constructor(
    /** Whether two full sets of tasks stand side by side. */
    public readonly twoSets: boolean,
    options: RolloutOptions,
  ) {
    this.bake = options.bake;
    this.maxErrorPercent = options.maxErrorPercent ?? 5;
    this.maxLatency = options.maxLatency ?? Duration.seconds(3);
    this.validate();
  }

  private validate(): void {
    const minutes = this.bake?.toMinutes({ integral: false }) ?? 0;
    if (!Number.isInteger(minutes) || minutes > MAX_BAKE_MINUTES) {
      throw invalid('Rollout', 'bake', {
        must: 'must be whole minutes up to 33 hours', got: `${minutes} minutes`, remedy: 'CloudFormation gives up an operation after 36 hours',
      });
    }
    if (!(this.maxErrorPercent > 0 && this.maxErrorPercent <= 100)) {
      throw invalid('Rollout', 'maxErrorPercent', { must: 'must be above 0 and at most 100', got: this.maxErrorPercent, remedy: 'give a share of responses in percent' });
    }
    if (this.maxLatency.toMilliseconds() <= 0 || this.maxLatency.toMilliseconds() > 60_000) {
      throw invalid('Rollout', 'maxLatency', { must: 'must be longer than nothing and at most a minute', got: this.maxLatency.toHumanString(), remedy: 'give the response time that users accept' });
    }
  }
}
