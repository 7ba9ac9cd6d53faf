import type { Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmRule, arrivals, State, statesOf } from './alarm-states';
import type { Random } from './random';
import type { Reported } from './web-service';
import type { Signal } from '../../src/contracts';
import { evaluate, type Series } from '../platform-service/metric-math';

/** An alarm as the template has it: what it reads, what it computes, and when it goes off. */
export interface ModelledAlarm {
  readonly expression?: string;
  /** Names of what is reported, by the ids of the expression. */
  readonly reads: { [id: string]: string };
  readonly rule: AlarmRule;
}

/** The alarm that a signal becomes. */
export function alarmOf(stack: Stack, { metric, condition, evaluationPeriods, datapointsToAlarm, missingData, warmUp }: Signal): ModelledAlarm {
  const { mathExpression } = metric.toMetricConfig();
  const inputs = mathExpression ? Object.entries(mathExpression.usingMetrics) : [['value', metric] as const];
  return {
    expression: mathExpression?.expression,
    reads: Object.fromEntries(inputs.map(([id, it]) => [id, nameOf(stack, it)])),
    rule: {
      threshold: condition.threshold!,
      comparison: condition.comparison,
      periods: evaluationPeriods,
      datapoints: datapointsToAlarm ?? evaluationPeriods,
      missingData: missingData ?? cloudwatch.TreatMissingData.NOT_BREACHING,
      warmUp: warmUp?.toMinutes() ?? 0,
    },
  };
}

/** The states of an alarm, minute for minute, when this is reported. */
export function run(alarm: ModelledAlarm, reported: Reported, minutes: number, random: Random, late?: (minute: number) => number): State[] {
  const series = (name: string): Series => reported[name] ?? Array.from({ length: minutes });
  const all = Object.fromEntries(Object.entries(alarm.reads).map(([id, name]) => [id, series(name)]));
  const values = alarm.expression === undefined ? all.value : evaluate(alarm.expression, all, minutes);
  return statesOf(values, unseen(alarm, all), alarm.rule, arrivals(random, minutes, late), random.uniform());
}

/** What the expression makes of a minute that is not reported yet, while others are. */
function unseen({ expression }: ModelledAlarm, all: { [id: string]: Series }): number | undefined {
  if (expression === undefined) {
    return undefined;
  }
  const known = Object.entries(all).map(([id, series]) => [id, [series.find((it) => it !== undefined), undefined]]);
  return evaluate(expression, Object.fromEntries(known), 2)[1];
}

/** Minutes from the onset to the first alarm after it; undefined if there is none. An alarm that was on already counts as at once. */
export function delay(states: State[], onset: number): number | undefined {
  const at = states.findIndex((state, minute) => minute >= Math.floor(onset) && state === State.ALARM);
  return at < 0 ? undefined : Math.max(0, at - onset);
}

/** How often it goes off. */
export function timesOff(states: State[]): number {
  return states.filter((state, at) => state === State.ALARM && states[at - 1] !== State.ALARM).length;
}

/** `blue.RequestCount`, `CPUUtilization.Maximum`, `MaximumUsedTransactionIDs`. */
function nameOf(stack: Stack, metric: cloudwatch.IMetric): string {
  const { metricName, statistic, dimensions = [] } = metric.toMetricConfig().metricStat!;
  const group = dimensions.filter(({ name }) => name === 'TargetGroup').map(({ value }) => JSON.stringify(stack.resolve(value)));
  const prefix = group.length === 0 ? '' : group[0].includes('Blue') ? 'blue.' : 'green.';
  return prefix + metricName + (/^(CPU|Memory)Utilization$/.test(metricName) ? `.${statistic}` : '');
}
