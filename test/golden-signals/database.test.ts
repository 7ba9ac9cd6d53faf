import { CfnParameter } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { AlarmCondition, type Observation, Severity } from '../../src/contracts';
import { observeDatabaseCluster, observeDatabaseInstance } from '../../src/golden-signals/database';
import { evaluate, goesOff, type Series } from '../platform-service/metric-math';
import { stackOf } from '../support';

const GIBIBYTE = 2 ** 30;

const stack = stackOf();
const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a', 'eu-west-1b'], privateSubnetIds: ['subnet-1', 'subnet-2'] });

function instanceOf(id: string, props: Partial<rds.DatabaseInstanceProps> = {}): rds.DatabaseInstance {
  return new rds.DatabaseInstance(stack, id, { vpc, engine: rds.DatabaseInstanceEngine.POSTGRES, instanceType: new ec2.InstanceType('m7g.large'), ...props });
}

function read(metric: cloudwatch.IMetric) {
  const { namespace, metricName, statistic, period, dimensions } = metric.toMetricConfig().metricStat!;
  return [namespace, metricName, statistic, period.toSeconds(), dimensions!.map(({ name }) => name)];
}

function signalOf({ signals }: Observation, id: string) {
  return signals.find((it) => it.id === id)!;
}

const instance = instanceOf('Orders', { allocatedStorage: 200 });
const ofInstance = observeDatabaseInstance(instance);
const cluster = new rds.DatabaseCluster(stack, 'Catalogue', {
  vpc, engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_5 }), writer: rds.ClusterInstance.serverlessV2('Writer'),
});
const ofCluster = observeDatabaseCluster(cluster);

test('shows what RDS measures of an instance', () => {
  expect(ofInstance).toMatchObject({ subject: instance, title: 'Orders' });
  expect(ofInstance.metrics.map(({ title, metric }) => [title, ...read(metric)])).toEqual([
    ['CPU (%)', 'AWS/RDS', 'CPUUtilization', 'Average', 60, ['DBInstanceIdentifier']],
    ['Freeable memory (bytes)', 'AWS/RDS', 'FreeableMemory', 'Minimum', 60, ['DBInstanceIdentifier']],
    ['Free storage (bytes)', 'AWS/RDS', 'FreeStorageSpace', 'Minimum', 60, ['DBInstanceIdentifier']],
    ['Connections', 'AWS/RDS', 'DatabaseConnections', 'Maximum', 60, ['DBInstanceIdentifier']],
  ]);
});

test.each([
  ['HighCpu', 'CPUUtilization', AlarmCondition.above(90), 15, Severity.P2, 'database/high-cpu'],
  ['LowMemory', 'FreeableMemory', AlarmCondition.below(GIBIBYTE / 4), 10, Severity.P1, 'database/low-memory'],
  ['LowStorage', 'FreeStorageSpace', AlarmCondition.below(10 * GIBIBYTE), 5, Severity.P1, 'database/low-storage'],
])('has the signal %s for an instance', (id, name, condition, evaluationPeriods, severity, runbook) => {
  const signal = signalOf(ofInstance, id);

  expect(signal).toMatchObject({ condition, evaluationPeriods, severity, runbook });
  expect(read(signal.metric)[1]).toBe(name);
});

test.each([
  ['t4g.micro', GIBIBYTE / 16], ['t3.small', GIBIBYTE / 8], ['t4g.medium', GIBIBYTE / 4], ['r7g.4xlarge', GIBIBYTE / 4],
])('calls memory low by what an instance of the type %s has', (type, bytes) => {
  const small = instanceOf(`Of-${type}`, { instanceType: new ec2.InstanceType(type) });

  expect(signalOf(observeDatabaseInstance(small), 'LowMemory').condition.threshold).toBe(bytes);
});

test('has no signal for storage where nobody knows at synth how much there is', () => {
  const byParameter = instanceOf('ByParameter', { allocatedStorage: new CfnParameter(stack, 'Storage', { type: 'Number' }).valueAsNumber });

  expect(observeDatabaseInstance(byParameter).signals.map(({ id }) => id)).toEqual(['HighCpu', 'LowMemory', 'NotReporting']);
});

describe('a read replica', () => {
  const replica = new rds.DatabaseInstanceReadReplica(stack, 'Replica', { vpc, sourceDatabaseInstance: instance, instanceType: new ec2.InstanceType('m7g.large') });
  const ofReplica = observeDatabaseInstance(replica);
  const signal = signalOf(ofReplica, 'ReplicaBehind');
  const { expression, usingMetrics } = signal.metric.toMetricConfig().mathExpression!;

  /** Whether the alarm is on after minutes of such reports, in seconds. */
  const isBehind = (lag: Series) => goesOff(
    evaluate(expression, { lag }, lag.length),
    { threshold: signal.condition.threshold!, periods: signal.evaluationPeriods, datapoints: signal.evaluationPeriods },
  );

  test('also shows how far it is behind', () => {
    expect(read(usingMetrics.lag)).toEqual(['AWS/RDS', 'ReplicaLag', 'Maximum', 60, ['DBInstanceIdentifier']]);
    expect(ofReplica.metrics.at(-1)).toEqual({ title: 'Behind its source (s)', metric: signal.metric });
  });

  test('has a signal for that instead of one for storage', () => {
    expect(ofReplica.signals.map(({ id }) => id)).toEqual(['HighCpu', 'LowMemory', 'ReplicaBehind', 'NotReporting']);
    expect(signal).toMatchObject({ severity: Severity.P2, runbook: 'database/replica-behind' });
  });

  test.each([
    ['well', 0.02, false],
    ['well, while nobody writes to the source', 300, false],
    ['a quarter of an hour behind', 900, true],
    ['told to follow, and does not', -1, true],
  ])('that is %s', (_, lag, expected) => {
    expect(isBehind(Array.from({ length: 10 }, () => lag))).toBe(expected);
  });

  test('that catches up, or reports nothing, is no reason for alarm', () => {
    expect(isBehind([900, 900, 900, 900, 900, 900, 900, 900, 900, 1])).toBe(false);
    expect(isBehind(Array.from({ length: 10 }, () => undefined))).toBe(false);
  });
});

test('shows what Aurora measures of its busiest and fullest server', () => {
  expect(ofCluster).toMatchObject({ subject: cluster, title: 'Catalogue' });
  expect(ofCluster.metrics.map(({ title, metric }) => [title, ...read(metric)])).toEqual([
    ['CPU (%)', 'AWS/RDS', 'CPUUtilization', 'Maximum', 60, ['DBClusterIdentifier']],
    ['Freeable memory (bytes)', 'AWS/RDS', 'FreeableMemory', 'Minimum', 60, ['DBClusterIdentifier']],
    ['Connections', 'AWS/RDS', 'DatabaseConnections', 'Maximum', 60, ['DBClusterIdentifier']],
    ['Deadlocks (per second)', 'AWS/RDS', 'Deadlocks', 'Average', 60, ['DBClusterIdentifier']],
  ]);
});

test('has no signal for storage for a cluster, where it grows by itself', () => {
  expect(ofCluster.signals).toMatchObject([
    { id: 'HighCpu', condition: AlarmCondition.above(90), evaluationPeriods: 15, severity: Severity.P2, runbook: 'database/high-cpu' },
    { id: 'NotReporting' },
  ]);
  expect(read(ofCluster.signals[0].metric)).toEqual(['AWS/RDS', 'CPUUtilization', 'Maximum', 60, ['DBClusterIdentifier']]);
});

test.each([['an instance', ofInstance], ['a cluster', ofCluster]])('%s that is down and reports nothing wakes somebody up', (_, { signals }) => {
  const { condition, evaluationPeriods, missingData, severity, runbook } = signals.find(({ id }) => id === 'NotReporting')!;

  expect([condition, evaluationPeriods, missingData, severity, runbook]).toEqual([
    AlarmCondition.below(0), 5, cloudwatch.TreatMissingData.BREACHING, Severity.P0, 'database/not-reporting',
  ]);
});
