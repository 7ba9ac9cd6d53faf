import * as fs from 'node:fs';
import * as path from 'node:path';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { AlarmCondition, Observation, Severity } from '../../src/contracts';
import { ManagedPostgres, ManagedPostgresProps } from '../../src/managed-postgres/managed-postgres';
import { databaseProps, stackOf, vpcIn } from '../support';

function databaseOf(props: Partial<ManagedPostgresProps> = {}): ManagedPostgres {
  const stack = stackOf();
  return new ManagedPostgres(stack, 'Orders', { ...databaseProps(vpcIn(stack)), ...props });
}

const metricOf = (metric: cloudwatch.IMetric) => metric.toMetricConfig().metricStat!;

const database = databaseOf();
const observation: Observation = database.observe();

test('speaks of the database and of its log', () => {
  expect(observation.subject).toBe(database);
  expect(observation.title).toBe('Orders');
  expect(observation.logGroups).toEqual([database.logGroup]);
});

test('shows what RDS measures of this instance', () => {
  expect(observation.metrics.map(({ title, metric }) => [title, metricOf(metric).metricName])).toEqual([
    ['CPU (%)', 'CPUUtilization'],
    ['Freeable memory (bytes)', 'FreeableMemory'],
    ['Free storage (bytes)', 'FreeStorageSpace'],
    ['Connections', 'DatabaseConnections'],
    ['Read latency (s)', 'ReadLatency'],
    ['Write latency (s)', 'WriteLatency'],
    ['Load (active sessions)', 'DBLoad'],
  ]);
  observation.metrics.map(({ metric }) => metricOf(metric)).forEach(({ namespace, dimensions, period }) => {
    expect(namespace).toBe('AWS/RDS');
    expect(period.toSeconds()).toBe(60);
    expect(database.instance.stack.resolve(dimensions)).toEqual([{ name: 'DBInstanceIdentifier', value: { Ref: 'OrdersInstanceB460215C' } }]);
  });
});

test.each([
  ['HighCpu', 'CPUUtilization', 'Average', AlarmCondition.above(90), 15, Severity.P2],
  ['LowMemory', 'FreeableMemory', 'Minimum', AlarmCondition.below(256 * 2 ** 20), 10, Severity.P1],
  ['LowStorage', 'FreeStorageSpace', 'Minimum', AlarmCondition.below(2.5 * 2 ** 30), 5, Severity.P1],
  ['NotReporting', 'CPUUtilization', 'Average', AlarmCondition.below(0), 10, Severity.P0],
  ['ManyConnections', 'DatabaseConnections', 'Maximum', AlarmCondition.above(707), 5, Severity.P1],
])('has the signal %s', (id, name, statistic, condition, evaluationPeriods, severity) => {
  const signal = observation.signals.find((it) => it.id === id)!;

  expect(signal).toMatchObject({ condition, evaluationPeriods, severity });
  expect([metricOf(signal.metric).metricName, metricOf(signal.metric).statistic]).toEqual([name, statistic]);
});

test('gives each signal an id of its own, a sentence and a page that exists', () => {
  const { signals } = observation;

  expect(new Set(signals.map(({ id }) => id)).size).toBe(signals.length);
  signals.forEach(({ title, runbook }) => {
    expect(title).toMatch(/^[A-Z].{20,}$/);
    expect(fs.existsSync(path.join(__dirname, `../../docs/runbooks/${runbook}.md`))).toBe(true);
  });
});

test('follows the class with the number of connections', () => {
  const { condition } = databaseOf({ instanceType: new ec2.InstanceType('t4g.medium') }).observe().signals.find(({ id }) => id === 'ManyConnections')!;

  expect(condition.threshold).toBe(342);
});

test('calls memory and storage low by what a small instance has', () => {
  const { signals } = databaseOf({ instanceType: new ec2.InstanceType('t4g.micro'), allocatedStorage: 20 }).observe();

  const thresholds = ['LowMemory', 'LowStorage'].map((id) => signals.find((it) => it.id === id)!.condition.threshold);

  expect(thresholds).toEqual([2 ** 30 / 16, 2 ** 30]);
});

test('has no signal for connections where nobody knows how many there may be', () => {
  const { signals } = databaseOf({ instanceType: new ec2.InstanceType('x2iedn.large') }).observe();

  expect(signals.map(({ id }) => id)).toEqual(['HighCpu', 'LowMemory', 'LowStorage', 'NotReporting']);
});

test('says the same when it is asked again', () => {
  expect(database.observe().signals.map(({ id, condition }) => [id, condition])).toEqual(observation.signals.map(({ id, condition }) => [id, condition]));
});
