import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { errorPercent, worstOf } from './error-share';
import { AlarmCondition, type Observation, Severity, type Signal } from '../contracts';

const [PERIOD, QUARTER] = [Duration.minutes(1), Duration.minutes(15)];

/** The share of its time-out that an invocation may take before somebody should look. */
const NEARLY_ALL = 0.9;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function observeFunction(handler: lambda.IFunction): Observation {
  const sum = { period: PERIOD, statistic: cloudwatch.Stats.SUM };
  const [invocations, errors, throttles] = [handler.metricInvocations(sum), handler.metricErrors(sum), handler.metricThrottles(sum)];
  // Of an alias or an imported function it is not known.
  const timeout = 'timeout' in handler ? (handler as lambda.Function).timeout ?? Duration.seconds(3) : undefined;
  const duration = handler.metricDuration({ period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM });
  return {
    subject: handler,
    title: handler.node.id,
    metrics: [
      { title: 'Invocations (per minute)', metric: invocations },
      { title: 'Errors (per minute)', metric: errors },
      { title: 'Throttles (per minute)', metric: throttles },
      { title: 'Longest duration (ms)', metric: duration },
      { title: 'Concurrent executions', metric: handler.metric('ConcurrentExecutions', { period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM }) },
    ],
    signals: [
      {
        id: 'Errors',
        title: 'Invocations fail',
        metric: failures(handler),
        condition: AlarmCondition.above(5),
        evaluationPeriods: 1,
        severity: Severity.P2,
        runbook: 'function/errors',
      },
      {
        id: 'Throttles',
        title: 'Invocations are refused, since too many run at once',
        metric: throttles,
        condition: AlarmCondition.above(0),
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        severity: Severity.P2,
        runbook: 'function/throttles',
      },
      // An alarm compares with a value that is known at synth.
      ...timeout && !timeout.isUnresolved() ? [nearTimeout(duration, timeout)] : [],
    ],
  };
}

/**
 * The share of the invocations that fail in a quarter of an hour, where three and more do: of one that runs seldom, a failure now and then
 * is no reason for alarm. An event that is lost fails three times, since Lambda tries it twice more, within a few minutes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
function failures(handler: lambda.IFunction): cloudwatch.IMetric {
  const sum = { period: QUARTER, statistic: cloudwatch.Stats.SUM };
  return new cloudwatch.MathExpression({
    label: 'Errors (%)',
    expression: worstOf([errorPercent('errors', 'invocations')], 'invocations'),
    usingMetrics: { invocations: handler.metricInvocations(sum), errors: handler.metricErrors(sum) },
    period: QUARTER,
  });
}

function nearTimeout(duration: cloudwatch.IMetric, timeout: Duration): Signal {
  return {
    id: 'NearTimeout',
    title: 'Invocations take nearly as long as they may, and will soon be cut off',
    metric: duration,
    condition: AlarmCondition.above(timeout.toMilliseconds() * NEARLY_ALL),
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    severity: Severity.P3,
    runbook: 'function/near-timeout',
  };
}
