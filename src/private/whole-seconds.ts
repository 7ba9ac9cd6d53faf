import type { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { invalid } from './invalid';
import { isWhole } from './prop-rule';

/** What AWS takes for a time that it counts in seconds. */
export interface SecondsRule {
  readonly from: number;
  readonly to: number;
  readonly remedy: string;
}

/** Refuses fractions, what is out of range, and what only the deployment knows: times are compared with each other. */
export function mustBeSeconds(
  where: IConstruct | string, name: string, duration: Duration | undefined, { from, to, remedy }: SecondsRule,
): void {
  if (duration?.isUnresolved()) {
    throw invalid(where, name, {
      must: 'must be literal', remedy: 'what is known at deployment only cannot be checked',
    });
  }
  const seconds = duration?.toSeconds({ integral: false }) ?? from;
  if (!isWhole(seconds, from, to)) {
    throw invalid(where, name, {
      must: `must be whole seconds from ${from} to ${to}`, got: `${seconds} seconds`, remedy,
    });
  }
}
