import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Random } from './random';
import type { Series } from '../platform-service/metric-math';

/** What decides the state of an alarm, once its expression has been computed. */
export interface AlarmRule {
  readonly threshold: number;
  readonly comparison: cloudwatch.ComparisonOperator;
  readonly periods: number;
  readonly datapoints: number;
  readonly missingData: cloudwatch.TreatMissingData;
  /** Minutes after its creation in which it is not judged. */
  readonly warmUp: number;
}

export enum State { OK, ALARM, INSUFFICIENT_DATA }

/** Periods that CloudWatch looks at beyond those that it evaluates, in case some are missing: two in the examples of its guide. */
const BEYOND = 2;

/**
 * When the data of each minute can be seen, in minutes since the beginning. A load balancer and ECS report a minute once it is over, and
 * CloudWatch has it half a minute to two minutes later.
 */
export function arrivals(random: Random, minutes: number, late: (minute: number) => number = () => 0): number[] {
  return Array.from({ length: minutes }, (_, minute) => minute + 1 + random.between(0.5, 2) + late(minute));
}

/**
 * The state after each of the evaluations, of which there is one a minute.
 *
 * As documented: of the data that can be seen, the latest count, as many as there are periods; where there are fewer, what is missing is
 * treated as the alarm says.
 *
 * @param values the result of the expression for each minute once all is reported
 * @param unseen its result for a minute of which nothing can be seen yet: a number where it fills gaps
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function statesOf(values: Series, unseen: number | undefined, rule: AlarmRule, arrived: number[], phase: number): State[] {
  const seenAt = (minute: number, now: number) => arrived[minute] <= now + phase ? values[minute] : unseen;
  let state = State.INSUFFICIENT_DATA;
  return values.map((_, now) => {
    if (now < rule.warmUp) {
      return state;
    }
    let [real, breaching] = [0, 0];
    for (let minute = now - 1; minute >= 0 && minute >= now - rule.periods - BEYOND && real < rule.periods; minute--) {
      const value = seenAt(minute, now);
      real += value === undefined ? 0 : 1;
      breaching += value !== undefined && isBreaching(value, rule) ? 1 : 0;
    }
    state = decided(rule, real, breaching, state);
    return state;
  });
}

function decided({ periods, datapoints, missingData }: AlarmRule, real: number, breaching: number, before: State): State {
  const filled = missingData === cloudwatch.TreatMissingData.BREACHING ? periods - real : 0;
  if (breaching + filled >= datapoints) {
    return State.ALARM;
  }
  return real === 0 && missingData === cloudwatch.TreatMissingData.IGNORE ? before : State.OK;
}

function isBreaching(value: number, { comparison, threshold }: AlarmRule): boolean {
  switch (comparison) {
    case cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD: return value > threshold;
    case cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD: return value < threshold;
    default: throw new Error(`not modelled: ${comparison}`);
  }
}
