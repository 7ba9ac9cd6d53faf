import { Token } from 'aws-cdk-lib';
import { mustBeOf, mustFit } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';

/** Tasks of one service: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MOST_TASKS = 5000;

/** Between how many tasks, and at what load. */
export interface CpuScalingOptions {
  /**
   * Fewest tasks. Fewer than the tier's minimum fails at synth: a lone task cannot be replaced without an outage.
   *
   * @default - by tier: 1 in DEV, 2 in STAGING and PROD
   */
  readonly min?: number;
  /**
   * Most tasks. A rollout may double it for its duration.
   *
   * @default - by tier: 2 in DEV, 4 in STAGING, 10 in PROD; twice `min` if that is more
   */
  readonly max?: number;
  /**
   * The average CPU load, in percent, at which tasks are added.
   *
   * @default 60
   */
  readonly targetPercent?: number;
}

/** How the number of tasks follows the load. */
export class Scaling {
  static { brand(this.prototype, 'Scaling'); }

  /**
   * By the average CPU load of the tasks, which ECS counts over both sets of a rollout: while a second set stands ready, it reads half of
   * what the tasks with the traffic have, and none are added below twice `targetPercent`. See docs/guides/alarms.md.
   *
   * Throws for counts that are no whole numbers, or in the wrong order.
   */
  public static cpu(options: CpuScalingOptions = {}): Scaling {
    mustFit('Scaling.cpu', 'CpuScalingOptions', options);
    return new Scaling(options.min, options.max, options.targetPercent ?? 60);
  }

  /** Always this many tasks. */
  public static fixed(tasks: number): Scaling {
    mustBeOf('Scaling.fixed', 'number', tasks, 'tasks');
    return new Scaling(tasks, tasks, 60);
  }

  private constructor(
    /** Fewest tasks; undefined leaves it to the tier. */
    public readonly min: number | undefined,
    /** Most tasks; undefined leaves it to the tier. */
    public readonly max: number | undefined,
    /** The average CPU load at which tasks are added, in percent. */
    public readonly targetPercent: number,
  ) {
    Object.entries({ min, max }).forEach(([name, count]) => {
      if (Token.isUnresolved(count)) {
        throw invalid('Scaling', name, { must: 'must be a literal number', remedy: 'what is known at deployment only cannot be checked against the tier' });
      }
      if (count !== undefined && (!Number.isInteger(count) || count < 0 || count > MOST_TASKS)) {
        throw invalid('Scaling', name, { must: `must be a whole number of tasks up to ${MOST_TASKS}`, got: count, remedy: 'give a count' });
      }
    });
    if (min !== undefined && max !== undefined && max < min) {
      throw invalid('Scaling', 'max', { must: `must not be below 'min', ${min}`, got: max, remedy: 'exchange them or raise it' });
    }
    if (!(targetPercent >= 10 && targetPercent <= 90)) {
      throw invalid('Scaling', 'targetPercent', {
        must: 'must be between 10 and 90', got: targetPercent, remedy: 'below 10 nothing is ever taken away, above 90 tasks are saturated before help comes',
      });
    }
  }
}
