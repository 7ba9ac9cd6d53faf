import { AlarmCondition, Severity } from '../../src/contracts';
import { observeNatGateways } from '../../src/golden-signals/nat-gateway';
import { goesOff, type Series } from '../platform-service/metric-math';
import { stackOf } from '../support';

const subject = stackOf();
const one = observeNatGateways({ subject, title: 'Network', gatewayIds: ['nat-a'] });
const two = observeNatGateways({ subject, title: 'Network', gatewayIds: ['nat-a', 'nat-b'] });

/** What CloudWatch makes of `SUM([gateway0, gateway1])`: it passes over what is missing. */
function sum(expression: string, data: { [gateway: string]: Series }): Series {
  const [, list] = /^SUM\(\[(\w+(?:, \w+)*)\]\)$/.exec(expression)!;
  const series = list.split(', ').map((id) => data[id]);
  return series[0].map((_, minute) => {
    const present = series.map((it) => it[minute]).filter((it) => it !== undefined);
    return present.length > 0 ? present.reduce((total, it) => total + it, 0) : undefined;
  });
}

const mathOf = (id: string) => two.signals.find((it) => it.id === id)!.metric.toMetricConfig().mathExpression!;
const minutes = (count: number, value?: number): Series => Array.from({ length: count }, () => value);

test('reads the only gateway without an expression', () => {
  expect(one).toMatchObject({ subject, title: 'Network' });
  expect(one.metrics.map(({ title, metric }) => [title, metric.toMetricConfig().metricStat])).toMatchObject([
    ['Bytes out (per minute)', { metricName: 'BytesOutToDestination', statistic: 'Sum' }],
    ['Active connections', { metricName: 'ActiveConnectionCount', statistic: 'Maximum' }],
    ['Connections without a port (per minute)', { metricName: 'ErrorPortAllocation', statistic: 'Sum' }],
    ['Packets dropped (per minute)', { metricName: 'PacketsDropCount', statistic: 'Sum' }],
  ]);
  one.metrics.map(({ metric }) => metric.toMetricConfig().metricStat!).forEach(({ namespace, period, dimensions }) => {
    expect([namespace, period.toSeconds(), dimensions]).toEqual(['AWS/NATGateway', 60, [{ name: 'NatGatewayId', value: 'nat-a' }]]);
  });
});

test('reads the same of each of several gateways', () => {
  two.metrics.forEach(({ metric }, index) => {
    const single = one.metrics[index].metric.toMetricConfig().metricStat!;
    const read = Object.entries(metric.toMetricConfig().mathExpression!.usingMetrics).map(([id, it]) => [id, it.toMetricConfig().metricStat]);

    expect(read).toEqual([
      ['gateway0', single],
      ['gateway1', { ...single, dimensions: [{ name: 'NatGatewayId', value: 'nat-b' }] }],
    ]);
  });
});

test('has the signal NatPortsExhausted, at two minutes of five', () => {
  expect(two.signals.find(({ id }) => id === 'NatPortsExhausted')).toMatchObject({
    condition: AlarmCondition.above(0), evaluationPeriods: 5, datapointsToAlarm: 2, severity: Severity.P1, runbook: 'network/nat-ports-exhausted',
  });
});

test('has the signal NatPacketsDropped, at more than a hundred a minute for ten minutes', () => {
  const signal = two.signals.find(({ id }) => id === 'NatPacketsDropped')!;

  expect(signal).toMatchObject({ condition: AlarmCondition.above(100), evaluationPeriods: 10, severity: Severity.P2, runbook: 'network/nat-packets-dropped' });
  expect(signal.datapointsToAlarm).toBeUndefined();
});

test('adds up what the gateways report', () => {
  expect(sum(mathOf('NatPacketsDropped').expression, { gateway0: [60, 0], gateway1: [60, 7] })).toEqual([120, 7]);
});

test('counts an idle gateway that reports nothing as zero, and does not hide the other behind it', () => {
  const total = sum(mathOf('NatPortsExhausted').expression, { gateway0: minutes(5), gateway1: [0, 3, 0, 4, 0] });

  expect(total).toEqual([0, 3, 0, 4, 0]);
  expect(goesOff(total, { threshold: 0, periods: 5, datapoints: 2 })).toBe(true);
});

test('does not take a minute that is not reported yet for a healthy one', () => {
  const late: Series = [...minutes(10, 150), undefined];

  expect(sum(mathOf('NatPacketsDropped').expression, { gateway0: late, gateway1: minutes(11) })).toEqual(late);
});
