import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import type { DatabaseLogs } from './database-logs';
import { daysOfStorage, type KnownStorage } from './storage-forecast';
import { AlarmCondition, type Observation, type ObservedMetric, Severity, type Signal } from '../contracts';
import { notReporting } from '../golden-signals/database';

export interface ObservedDatabase extends KnownStorage {
  readonly subject: Construct;
  readonly instance: rds.DatabaseInstance;
  readonly logs: DatabaseLogs;
  /** Memory in GiB, where the instance class is known. */
  readonly memory?: number;
  /** Connections that services may open, where the instance class is known. */
  readonly connections?: number;
}

const PERIOD = Duration.minutes(1);
const GIBIBYTE = 2 ** 30;

/** Memory in GiB below which a server is about to swap, unless that is much of what it has. */
const LITTLE_MEMORY = 1 / 4;

/** RDS lets storage grow when a tenth of it is free. Half of that is left only when it cannot grow any more. */
const LITTLE_STORAGE = 1 / 20;

/** The share of the storage that write-ahead log may take for a slot; who reads along is seconds behind, or gone. */
const MUCH_FOR_A_SLOT = 1 / 10;

/**
 * Ages of the oldest transaction, of 2,000 million at most. Autovacuum sets in at 200, and RDS makes it more eager at 500: more means
 * that something holds it up. At 1,000 it has held it up for long.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Autovacuum.AdaptiveAutoVacuuming.html
 * @see https://aws.amazon.com/blogs/database/implement-an-early-warning-system-for-transaction-id-wraparound-in-amazon-rds-for-postgresql/
 */
const [OLD, TOO_OLD] = [500_000_000, 1_000_000_000];

/** Wide: what is above has no rhythm of a week in it. */
const STANDARD_DEVIATIONS = 4;

/**
 * What to look at, and what to be woken up for.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Cloudwatch.html
 */
export function observeDatabase(database: ObservedDatabase): Observation {
  const metrics = metricsOf(database);
  return {
    subject: database.subject,
    title: database.subject.node.id,
    metrics: Object.values(metrics),
    signals: signalsOf(database, metrics),
    logGroups: [database.logs.server],
  };
}

type Metrics = ReturnType<typeof metricsOf>;

function metricsOf({ instance, logs, connections, ...storage }: ObservedDatabase) {
  const average = (name: string) => instance.metric(name, { period: PERIOD });
  const maximum = (name: string) => instance.metric(name, { period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM });
  const minimum = (name: string) => instance.metric(name, { period: PERIOD, statistic: cloudwatch.Stats.MINIMUM });
  const open = maximum('DatabaseConnections');
  return {
    cpu: shown('CPU (%)', average('CPUUtilization')),
    memory: shown('Freeable memory (bytes)', minimum('FreeableMemory')),
    storage: shown('Free storage (bytes)', minimum('FreeStorageSpace')),
    days: shown('Days until storage is full', daysOfStorage(instance, storage)),
    connections: connections === undefined ? shown('Connections', open) : shown('Connections (% of what services may open)', share(open, connections)),
    load: shown('Load (active sessions per vCPU)', average('DBLoadRelativeToNumVCPUs')),
    reads: shown('Read latency (s)', average('ReadLatency')),
    writes: shown('Write latency (s)', average('WriteLatency')),
    age: shown('Age of the oldest transaction (transactions)', maximum('MaximumUsedTransactionIDs')),
    slot: shown('Held back for the slowest replication slot (bytes)', maximum('OldestReplicationSlotLag')),
    log: shown('Write-ahead log (bytes)', maximum('TransactionLogsDiskUsage')),
    deadlocks: shown('Deadlocks (in 15 minutes)', logs.deadlocks.metric({ period: Duration.minutes(15), statistic: cloudwatch.Stats.SUM })),
    failedLogins: shown('Failed sign-ins (in 5 minutes)', logs.failedLogins.metric({ period: Duration.minutes(5), statistic: cloudwatch.Stats.SUM })),
  };
}

function signalsOf({ allocatedStorage, memory = Infinity, connections }: ObservedDatabase, metrics: Metrics): Signal[] {
  const { above, below, aboveBand } = AlarmCondition;
  const { P1, P2, P3 } = Severity;
  const signal = (id: string, title: string, { metric }: ObservedMetric, condition: AlarmCondition, evaluationPeriods: number, severity: Severity, page: string): Signal =>
    ({ id, title, metric, condition, evaluationPeriods, severity, runbook: `managed-postgres/${page}` });
  return [
    signal('HighCpu', 'Statements wait for CPU: users will feel it', metrics.cpu, above(90), 15, P2, 'high-cpu'),
    signal('HighLoad', 'More statements are under way than there are vCPUs: they wait for each other', metrics.load, above(1), 15, P2, 'high-load'),
    signal('LowMemory', 'The server is about to swap, and then to restart', metrics.memory, below(GIBIBYTE * Math.min(LITTLE_MEMORY, memory / 16)), 10, P1, 'low-memory'),
    signal('LowStorage', 'Storage runs out, and a full database stops', metrics.storage, below(GIBIBYTE * allocatedStorage * LITTLE_STORAGE), 5, P1, 'low-storage'),
    { ...signal('StorageFullSoon', 'Storage will be full within days if it goes on like this', metrics.days, below(7), 3, P2, 'storage-full-soon'), datapointsToAlarm: 2 },
    notReporting(metrics.cpu.metric, 'managed-postgres/not-reporting'),
    ...connections === undefined ? [] : [
      signal('ManyConnections', 'Services will soon be refused a connection', metrics.connections, above(90), 5, P1, 'many-connections'),
    ],
    signal('SlowReads', 'Reads from storage take longer than is usual at this hour', metrics.reads, aboveBand(STANDARD_DEVIATIONS), 30, P3, 'slow-storage'),
    signal('SlowWrites', 'Writes to storage, and so commits, take longer than is usual at this hour', metrics.writes, aboveBand(STANDARD_DEVIATIONS), 30, P3, 'slow-storage'),
    signal('OldTransactions', 'Something keeps vacuum from its work: in the end the database accepts no more writes', metrics.age, above(OLD), 15, P2, 'old-transactions'),
    signal('FewTransactionIds', 'Half of the transaction ids are gone: without them the database accepts no more writes', metrics.age, above(TOO_OLD), 15, P1, 'few-transaction-ids'),
    signal('SlotBehind', 'A replication slot holds back write-ahead log, and will fill the storage', metrics.slot, above(GIBIBYTE * allocatedStorage * MUCH_FOR_A_SLOT), 15, P2, 'slot-behind'),
    signal('Deadlocks', 'Transactions wait for each other in a circle: the server ends one, and its request fails', metrics.deadlocks, above(5), 1, P2, 'deadlocks'),
    signal('FailedLogins', 'Somebody keeps failing to sign in: a wrong password in a service, or an attack', metrics.failedLogins, above(10), 1, P2, 'failed-logins'),
  ];
}

function shown(title: string, metric: cloudwatch.IMetric): ObservedMetric {
  return { title, metric };
}

/** Of the connections that services may open, in percent. */
function share(open: cloudwatch.IMetric, connections: number): cloudwatch.IMetric {
  return new cloudwatch.MathExpression({ label: 'Connections (%)', expression: `100 * open / ${connections}`, usingMetrics: { open }, period: PERIOD });
}
