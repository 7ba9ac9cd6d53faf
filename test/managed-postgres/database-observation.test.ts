import * as fs from 'node:fs';
import * as path from 'node:path';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { AlarmCondition, Observation, Severity } from '../../src/contracts';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import type { ManagedPostgresProps } from '../../src/managed-postgres/managed-postgres-props';
import { databaseProps, stackOf, vpcIn } from '../support';

function databaseOf(props: Partial<ManagedPostgresProps> = {}): ManagedPostgres {
  const stack = stackOf();
  return new ManagedPostgres(stack, 'Orders', { ...databaseProps(vpcIn(stack)), ...props });
}

/** What is measured, or what is computed and from what. */
function read(metric: cloudwatch.IMetric): unknown[] {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  return metricStat
    ? [metricStat.namespace, metricStat.metricName, metricStat.statistic, metricStat.period.toSeconds()]
    : [mathExpression!.expression, ...Object.values(mathExpression!.usingMetrics).map(read)];
}

const database = databaseOf();
const observation: Observation = database.observe();

test('speaks of the database and of its log', () => {
  expect(observation.subject).toBe(database);
  expect(observation.title).toBe('Orders');
  expect(observation.logGroups).toEqual([database.logGroup]);
});

const COUNTED = 'CdkGoldenPath/Postgres/shop-orders-a8b1f509';

test('shows what RDS measures of this instance', () => {
  expect(observation.metrics.map(({ title, metric }) => [title, ...read(metric)])).toEqual([
    ['CPU (%)', 'AWS/RDS', 'CPUUtilization', 'Average', 60],
    ['Freeable memory (bytes)', 'AWS/RDS', 'FreeableMemory', 'Minimum', 60],
    ['Free storage (bytes)', 'AWS/RDS', 'FreeStorageSpace', 'Minimum', 60],
    ['Days until storage is full', expect.stringContaining('RATE(free)'), ['AWS/RDS', 'FreeStorageSpace', 'Average', 86_400]],
    ['Connections (% of what services may open)', '100 * open / 786', ['AWS/RDS', 'DatabaseConnections', 'Maximum', 60]],
    ['Load (active sessions per vCPU)', 'AWS/RDS', 'DBLoadRelativeToNumVCPUs', 'Average', 60],
    ['Read latency (s)', 'AWS/RDS', 'ReadLatency', 'Average', 60],
    ['Write latency (s)', 'AWS/RDS', 'WriteLatency', 'Average', 60],
    ['Age of the oldest transaction (transactions)', 'AWS/RDS', 'MaximumUsedTransactionIDs', 'Maximum', 60],
    ['Held back for the slowest replication slot (bytes)', 'AWS/RDS', 'OldestReplicationSlotLag', 'Maximum', 60],
    ['Write-ahead log (bytes)', 'AWS/RDS', 'TransactionLogsDiskUsage', 'Maximum', 60],
    ['Deadlocks (in 15 minutes)', COUNTED, 'Deadlocks', 'Sum', 900],
    ['Failed sign-ins (in 5 minutes)', COUNTED, 'FailedLogins', 'Sum', 300],
  ]);
});

test('asks RDS by the identifier, which a restored copy takes over', () => {
  const measured = observation.metrics.map(({ metric }) => metric.toMetricConfig().metricStat).filter((it) => it?.namespace === 'AWS/RDS');

  measured.forEach((it) => expect(database.instance.stack.resolve(it!.dimensions)).toEqual([{ name: 'DBInstanceIdentifier', value: { Ref: 'OrdersInstanceB460215C' } }]));
});

test.each([
  ['HighCpu', 'CPUUtilization', AlarmCondition.above(90), 15, Severity.P2],
  ['HighLoad', 'DBLoadRelativeToNumVCPUs', AlarmCondition.above(1), 15, Severity.P2],
  ['LowMemory', 'FreeableMemory', AlarmCondition.below(256 * 2 ** 20), 10, Severity.P1],
  ['LowStorage', 'FreeStorageSpace', AlarmCondition.below(2.5 * 2 ** 30), 5, Severity.P1],
  ['StorageFullSoon', 'FreeStorageSpace', AlarmCondition.below(7), 3, Severity.P2],
  ['NotReporting', 'CPUUtilization', AlarmCondition.below(0), 5, Severity.P0],
  ['ManyConnections', 'DatabaseConnections', AlarmCondition.above(90), 5, Severity.P1],
  ['SlowReads', 'ReadLatency', AlarmCondition.aboveBand(4), 30, Severity.P3],
  ['SlowWrites', 'WriteLatency', AlarmCondition.aboveBand(4), 30, Severity.P3],
  ['OldTransactions', 'MaximumUsedTransactionIDs', AlarmCondition.above(500_000_000), 15, Severity.P2],
  ['FewTransactionIds', 'MaximumUsedTransactionIDs', AlarmCondition.above(1_000_000_000), 15, Severity.P1],
  ['SlotBehind', 'OldestReplicationSlotLag', AlarmCondition.above(5 * 2 ** 30), 15, Severity.P2],
  ['Deadlocks', 'Deadlocks', AlarmCondition.above(5), 1, Severity.P2],
  ['FailedLogins', 'FailedLogins', AlarmCondition.above(10), 1, Severity.P2],
])('has the signal %s', (id, name, condition, evaluationPeriods, severity) => {
  const signal = observation.signals.find((it) => it.id === id)!;

  expect(signal).toMatchObject({ condition, evaluationPeriods, severity });
  expect(read(signal.metric).flat()).toContain(name);
});

test('wakes nobody up by more than these', () => {
  const waking = observation.signals.filter(({ severity }) => [Severity.P0, Severity.P1].includes(severity));

  expect(waking.map(({ id }) => id)).toEqual(['LowMemory', 'LowStorage', 'NotReporting', 'ManyConnections', 'FewTransactionIds']);
});

test('has as many signals as its price is told for, with two bands at the price of three alarms each', () => {
  const prices = observation.signals.map(({ condition }): number => condition.standardDeviations === undefined ? 10 : 30);

  expect(prices).toHaveLength(14);
  expect(prices.reduce((sum, it) => sum + it)).toBe(180);
});

test('takes it for good news that nothing is counted', () => {
  const treated = ['Deadlocks', 'FailedLogins', 'HighLoad'].map((id) => observation.signals.find((it) => it.id === id)!.missingData);

  expect(treated).toEqual([undefined, undefined, undefined]);
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
  const { metric } = databaseOf({ instanceType: new ec2.InstanceType('t4g.medium') }).observe().signals.find(({ id }) => id === 'ManyConnections')!;

  expect(read(metric)[0]).toBe('100 * open / 380');
});

test('calls memory, storage and slots by what a small instance has', () => {
  const { signals } = databaseOf({ instanceType: new ec2.InstanceType('t4g.micro'), allocatedStorage: 20 }).observe();

  const thresholds = ['LowMemory', 'LowStorage', 'SlotBehind'].map((id) => signals.find((it) => it.id === id)!.condition.threshold);

  expect(thresholds).toEqual([2 ** 30 / 16, 2 ** 30, 2 * 2 ** 30]);
});

test('has no signal for connections where nobody knows how many there may be', () => {
  const { signals, metrics } = databaseOf({ instanceType: new ec2.InstanceType('x2iedn.xlarge') }).observe();

  expect(signals.map(({ id }) => id)).not.toContain('ManyConnections');
  expect(metrics.map(({ title }) => title)).toContain('Connections');
});

test('says the same when it is asked again', () => {
  expect(database.observe().signals.map(({ id, condition }) => [id, condition])).toEqual(observation.signals.map(({ id, condition }) => [id, condition]));
});
