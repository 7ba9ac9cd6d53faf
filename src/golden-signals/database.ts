import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as rds from 'aws-cdk-lib/aws-rds';
import { AlarmCondition, type Observation, Severity, type Signal } from '../contracts';

const PERIOD = Duration.minutes(1);
const GIBIBYTE = 2 ** 30;

/** Memory in GiB below which a server is about to swap; the smallest have less than that free while they are well. */
const LITTLE_MEMORY = 1 / 4;
const LITTLE_MEMORY_OF: { readonly [size: string]: number } = { micro: 1 / 16, small: 1 / 8 };

/** The share of storage below which it is about to be full. */
const LITTLE_STORAGE = 1 / 20;

/** Seconds. While nobody writes, a replica of PostgreSQL is well and reports up to five minutes all the same. */
const FAR_BEHIND = 10 * 60;

/** Seconds that stand for a replica that does not follow at all. */
const ONE_DAY = 24 * 60 * 60;

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html */
export function observeDatabaseInstance(instance: rds.IDatabaseInstance): Observation {
  const storage = instance.metricFreeStorageSpace({ period: PERIOD, statistic: cloudwatch.Stats.MINIMUM });
  const memory = instance.metricFreeableMemory({ period: PERIOD, statistic: cloudwatch.Stats.MINIMUM });
  const { allocatedStorage, dbInstanceClass, sourceDbInstanceIdentifier } = (instance.node.defaultChild ?? {}) as Partial<rds.CfnDBInstance>;
  const allocated = Number(allocatedStorage);
  const lag = sourceDbInstanceIdentifier === undefined ? undefined : replicaLag(instance);
  return {
    subject: instance,
    title: instance.node.id,
    metrics: [
      { title: 'CPU (%)', metric: instance.metricCPUUtilization({ period: PERIOD }) },
      { title: 'Freeable memory (bytes)', metric: memory },
      { title: 'Free storage (bytes)', metric: storage },
      { title: 'Connections', metric: instance.metricDatabaseConnections({ period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM }) },
      ...lag ? [{ title: 'Behind its source (s)', metric: lag }] : [],
    ],
    signals: [
      highCpu(instance.metricCPUUtilization({ period: PERIOD })),
      {
        id: 'LowMemory',
        title: 'The server is about to swap, and then to restart',
        metric: memory,
        condition: AlarmCondition.below(GIBIBYTE * littleMemory(instance.stack.resolve(dbInstanceClass))),
        evaluationPeriods: 10,
        severity: Severity.P1,
        runbook: 'database/low-memory',
      },
      ...allocated > 0 ? [lowStorage(storage, GIBIBYTE * allocated * LITTLE_STORAGE)] : [],
      ...lag ? [replicaBehind(lag)] : [],
      notReporting(instance.metricCPUUtilization({ period: PERIOD }), 'database/not-reporting'),
    ],
  };
}

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html */
export function observeDatabaseCluster(cluster: rds.IDatabaseCluster): Observation {
  const cpu = cluster.metricCPUUtilization({ period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM });
  return {
    subject: cluster,
    title: cluster.node.id,
    metrics: [
      { title: 'CPU (%)', metric: cpu },
      { title: 'Freeable memory (bytes)', metric: cluster.metricFreeableMemory({ period: PERIOD, statistic: cloudwatch.Stats.MINIMUM }) },
      { title: 'Connections', metric: cluster.metricDatabaseConnections({ period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM }) },
      { title: 'Deadlocks (per second)', metric: cluster.metricDeadlocks({ period: PERIOD }) },
    ],
    signals: [highCpu(cpu), notReporting(cpu, 'database/not-reporting')],
  };
}

/** A new instance does not report at once. */
const FIRST_DEPLOYMENT = Duration.minutes(20);

/** A server that is down reports nothing, and no threshold is ever passed. */
export function notReporting(metric: cloudwatch.IMetric, runbook: string): Signal {
  return {
    id: 'NotReporting',
    title: 'The database reports nothing: it is down, or was stopped',
    metric,
    condition: AlarmCondition.below(0),
    evaluationPeriods: 5,
    severity: Severity.P0,
    runbook,
    missingData: cloudwatch.TreatMissingData.BREACHING,
    warmUp: FIRST_DEPLOYMENT,
  };
}

/** @param dbInstanceClass `db.t4g.micro`, or what the template says of it where it is a parameter */
function littleMemory(dbInstanceClass: unknown): number {
  return LITTLE_MEMORY_OF[/\w+$/.exec(String(dbInstanceClass))?.[0] ?? ''] ?? LITTLE_MEMORY;
}

function highCpu(metric: cloudwatch.IMetric): Signal {
  return {
    id: 'HighCpu',
    title: 'Statements wait for CPU: users will feel it',
    metric,
    condition: AlarmCondition.above(90),
    evaluationPeriods: 15,
    severity: Severity.P2,
    runbook: 'database/high-cpu',
  };
}

function lowStorage(metric: cloudwatch.IMetric, bytes: number): Signal {
  return {
    id: 'LowStorage',
    title: 'Storage runs out, and a full database stops',
    metric,
    condition: AlarmCondition.below(bytes),
    evaluationPeriods: 5,
    severity: Severity.P1,
    runbook: 'database/low-storage',
  };
}

/**
 * By how many seconds a replica is behind. RDS reports -1 where it does not follow any more, which would pass for the best of all values.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.Monitor.html
 */
function replicaLag(replica: rds.IDatabaseInstance): cloudwatch.IMetric {
  return new cloudwatch.MathExpression({
    label: 'Behind its source (s)',
    expression: `IF(lag < 0, ${ONE_DAY}, lag)`,
    usingMetrics: { lag: replica.metric('ReplicaLag', { period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM }) },
    period: PERIOD,
  });
}

function replicaBehind(metric: cloudwatch.IMetric): Signal {
  return {
    id: 'ReplicaBehind',
    title: 'A replica does not keep up, or does not follow at all: its readers see old data',
    metric,
    condition: AlarmCondition.above(FAR_BEHIND),
    evaluationPeriods: 10,
    severity: Severity.P2,
    runbook: 'database/replica-behind',
  };
}
