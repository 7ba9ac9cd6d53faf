import { CfnParameter, Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { AlarmCondition, Severity } from '../../src/contracts';
import { observeFunction } from '../../src/golden-signals/function';
import { evaluate, goesOff, type Series } from '../platform-service/metric-math';
import { stackOf } from '../support';

const stack = stackOf();

function functionOf(id: string, timeout?: Duration): lambda.Function {
  return new lambda.Function(stack, id, { code: lambda.Code.fromInline('exports.handler = () => {}'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_22_X, timeout });
}

function read(metric: cloudwatch.IMetric) {
  const { namespace, metricName, statistic, period, dimensions } = metric.toMetricConfig().metricStat!;
  return [namespace, metricName, statistic, period.toSeconds(), stack.resolve(dimensions)];
}

const handler = functionOf('Thumbnails', Duration.seconds(60));
const observation = observeFunction(handler);
const dimensions = [{ name: 'FunctionName', value: stack.resolve(handler.functionName) }];
const signalOf = (id: string) => observation.signals.find((it) => it.id === id)!;
const { expression, usingMetrics } = signalOf('Errors').metric.toMetricConfig().mathExpression!;

const share = (invocations: Series, errors: Series): Series => evaluate(expression, { invocations, errors }, invocations.length);
const isAlarmed = (series: Series) => goesOff(series, { threshold: 5, periods: 1, datapoints: 1 });

test('shows what Lambda measures of all versions together', () => {
  expect(observation).toMatchObject({ subject: handler, title: 'Thumbnails' });
  expect(observation.metrics.map(({ title, metric }) => [title, ...read(metric)])).toEqual([
    ['Invocations (per minute)', 'AWS/Lambda', 'Invocations', 'Sum', 60, dimensions],
    ['Errors (per minute)', 'AWS/Lambda', 'Errors', 'Sum', 60, dimensions],
    ['Throttles (per minute)', 'AWS/Lambda', 'Throttles', 'Sum', 60, dimensions],
    ['Longest duration (ms)', 'AWS/Lambda', 'Duration', 'Maximum', 60, dimensions],
    ['Concurrent executions', 'AWS/Lambda', 'ConcurrentExecutions', 'Maximum', 60, dimensions],
  ]);
});

test.each([
  ['Errors', AlarmCondition.above(5), 1, undefined, Severity.P2, 'function/errors'],
  ['Throttles', AlarmCondition.above(0), 5, 3, Severity.P2, 'function/throttles'],
  ['NearTimeout', AlarmCondition.above(54_000), 5, 3, Severity.P3, 'function/near-timeout'],
])('has the signal %s', (id, condition, evaluationPeriods, datapointsToAlarm, severity, runbook) => {
  expect(signalOf(id)).toMatchObject({ condition, evaluationPeriods, severity, runbook });
  expect(signalOf(id).datapointsToAlarm).toBe(datapointsToAlarm);
});

test('alarms on throttles and on the longest duration as they are', () => {
  expect(read(signalOf('Throttles').metric)).toEqual(['AWS/Lambda', 'Throttles', 'Sum', 60, dimensions]);
  expect(read(signalOf('NearTimeout').metric)).toEqual(['AWS/Lambda', 'Duration', 'Maximum', 60, dimensions]);
});

test('compares errors with invocations of a quarter of an hour', () => {
  expect(read(usingMetrics.invocations)).toEqual(['AWS/Lambda', 'Invocations', 'Sum', 900, dimensions]);
  expect(read(usingMetrics.errors)).toEqual(['AWS/Lambda', 'Errors', 'Sum', 900, dimensions]);
});

test('stays quiet when 1 of 100 fails, and goes off when 10 of 100 do', () => {
  expect(isAlarmed(share([100], [1]))).toBe(false);
  expect(isAlarmed(share([100], [10]))).toBe(true);
});

test('stays quiet about a failure now and then of a function that is called seldom, and goes off for an event that fails three times', () => {
  expect(isAlarmed(share([1, 2], [1, 2]))).toBe(false);
  expect(isAlarmed(share([3], [3]))).toBe(true);
});

test('says nothing while nobody calls it, and divides by none', () => {
  expect(share([0, undefined, 12], [0, undefined, 3])).toEqual([0, undefined, 25]);
});

test('warns at nine tenths of the time that Lambda gives a function that asks for none', () => {
  const { signals } = observeFunction(functionOf('Quick'));

  expect(signals.find(({ id }) => id === 'NearTimeout')!.condition.threshold).toBe(2700);
});

test('has no signal for a time-out that nobody knows at synth', () => {
  const timeout = Duration.seconds(new CfnParameter(stack, 'Timeout', { type: 'Number' }).valueAsNumber);

  expect(observeFunction(functionOf('ByParameter', timeout)).signals.map(({ id }) => id)).toEqual(['Errors', 'Throttles']);
});
