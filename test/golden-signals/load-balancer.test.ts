import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AlarmCondition, Severity } from '../../src/contracts';
import { observeLoadBalancer } from '../../src/golden-signals/load-balancer';
import { evaluate, goesOff, type Series } from '../platform-service/metric-math';
import { stackOf } from '../support';

const stack = stackOf();
const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a', 'eu-west-1b'], publicSubnetIds: ['subnet-1', 'subnet-2'] });
const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Front', { vpc });
const observation = observeLoadBalancer(loadBalancer);
const dimensions = [{ name: 'LoadBalancer', value: stack.resolve(loadBalancer.loadBalancerFullName) }];

const signalOf = (id: string) => observation.signals.find((it) => it.id === id)!;
const mathOf = (id: string) => signalOf(id).metric.toMetricConfig().mathExpression!;

function read(metric: cloudwatch.IMetric) {
  const { namespace, metricName, statistic, period, dimensions: named } = metric.toMetricConfig().metricStat!;
  return [namespace, metricName, statistic, period.toSeconds(), stack.resolve(named)];
}

/** So many minutes of the same. */
const minutes = (value?: number, count = 5): Series => Array.from({ length: count }, () => value);

/** The share of errors when all minutes are like this. */
function errors({ requests, answered, unanswered }: { requests?: number; answered?: number; unanswered?: number }): Series {
  return evaluate(mathOf('Errors').expression, { requests: minutes(requests), answered: minutes(answered), unanswered: minutes(unanswered) }, 5);
}

const isAlarmed = (series: Series) => goesOff(series, { threshold: 5, periods: 10, datapoints: signalOf('Errors').datapointsToAlarm! });

test('shows requests, errors and response time', () => {
  expect(observation).toMatchObject({ subject: loadBalancer, title: 'Front' });
  expect(observation.metrics.map(({ title }) => title)).toEqual(['Requests (per minute)', '5xx responses (%)', 'Response time, p99 (s)']);
  expect(read(observation.metrics[0].metric)).toEqual(['AWS/ApplicationELB', 'RequestCount', 'Sum', 60, dimensions]);
});

test.each([
  ['Errors', AlarmCondition.above(5), 10, Severity.P1, 'load-balancer/errors'],
  ['Slow', AlarmCondition.above(3), 10, Severity.P2, 'load-balancer/slow'],
])('has the signal %s', (id, condition, evaluationPeriods, severity, runbook) => {
  expect(signalOf(id)).toMatchObject({ condition, evaluationPeriods, severity, runbook });
});

test('counts the errors of the targets and those of the load balancer', () => {
  expect(Object.entries(mathOf('Errors').usingMetrics).map(([id, metric]) => [id, ...read(metric)])).toEqual([
    ['requests', 'AWS/ApplicationELB', 'RequestCount', 'Sum', 60, dimensions],
    ['answered', 'AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', 'Sum', 60, dimensions],
    ['unanswered', 'AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', 'Sum', 60, dimensions],
  ]);
});

test('looks at the 99th percentile of the time that targets take, in seconds', () => {
  expect(read(mathOf('Slow').usingMetrics.latency)).toEqual(['AWS/ApplicationELB', 'TargetResponseTime', 'p99', 60, dimensions]);
});

test('goes off when targets answer with errors, though the load balancer has none of its own to report', () => {
  expect(errors({ requests: 100, answered: 6 })).toEqual(minutes(6));
  expect(isAlarmed(errors({ requests: 100, answered: 6 }))).toBe(true);
  expect(isAlarmed(errors({ requests: 100, answered: 5 }))).toBe(false);
});

test('goes off when targets do not answer at all', () => {
  expect(isAlarmed(errors({ requests: 100, unanswered: 6 }))).toBe(true);
  expect(isAlarmed(errors({ requests: 100, unanswered: 5 }))).toBe(false);
});

test('goes off when no target is left, and so no request is counted', () => {
  expect(errors({ unanswered: 100 })).toEqual(minutes(100));
  expect(isAlarmed(errors({ unanswered: 100 }))).toBe(true);
});

test('looks at few requests too, from three errors a minute on, but at response times from twenty requests on', () => {
  expect(errors({ requests: 2, answered: 2 })).toEqual(minutes(0));
  expect(errors({ requests: 3, answered: 3 })).toEqual(minutes(100));
  expect(isAlarmed(errors({ unanswered: 2 }))).toBe(false);
  expect(isAlarmed(errors({ unanswered: 3 }))).toBe(true);
  expect(evaluate(mathOf('Slow').expression, { requests: [19, 20], latency: [9, 9] }, 2)).toEqual([0, 9]);
});

test('stays quiet while all is well, and while nobody asks for anything', () => {
  expect(isAlarmed(errors({ requests: 100 }))).toBe(false);
  expect(errors({})).toEqual(minutes());
});

test('goes off when users have waited for more than three seconds for ten minutes', () => {
  const slow = (latency: number) => evaluate(mathOf('Slow').expression, { requests: minutes(100, 10), latency: minutes(latency, 10) }, 10);
  const alarm = { threshold: 3, periods: 10, datapoints: 10 };

  expect(goesOff(slow(3.1), alarm)).toBe(true);
  expect(goesOff(slow(3), alarm)).toBe(false);
});

test('does not take a minute that is not reported yet for a healthy one', () => {
  const late: Series = [100, 100, undefined];

  expect(evaluate(mathOf('Errors').expression, { requests: late, answered: late, unanswered: minutes(undefined, 3) }, 3)).toEqual(late);
  expect(evaluate(mathOf('Slow').expression, { requests: late, latency: late }, 3)).toEqual(late);
});
