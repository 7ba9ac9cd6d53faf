import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { AlarmCondition, type Observation, Severity, type Signal } from '../contracts';
import { notReporting } from '../golden-signals/database';

export interface ObservedDatabase {
  readonly subject: Construct;
  readonly instance: rds.DatabaseInstance;
  readonly logGroup: logs.ILogGroup;
  /** Storage to begin with, in GiB. */
  readonly allocatedStorage: number;
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

/** What to look at, and what to be woken up for. */
export function observeDatabase({ subject, instance, logGroup, allocatedStorage, memory: gibibytes, connections }: ObservedDatabase): Observation {
  const cpu = instance.metricCPUUtilization({ period: PERIOD });
  const memory = instance.metricFreeableMemory({ period: PERIOD, statistic: cloudwatch.Stats.MINIMUM });
  const storage = instance.metricFreeStorageSpace({ period: PERIOD, statistic: cloudwatch.Stats.MINIMUM });
  const open = instance.metricDatabaseConnections({ period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM });
  const readLatency = instance.metric('ReadLatency', { period: PERIOD });
  const writeLatency = instance.metric('WriteLatency', { period: PERIOD });
  return {
    subject,
    title: subject.node.id,
    metrics: [
      { title: 'CPU (%)', metric: cpu },
      { title: 'Freeable memory (bytes)', metric: memory },
      { title: 'Free storage (bytes)', metric: storage },
      { title: 'Connections', metric: open },
      { title: 'Read latency (s)', metric: readLatency },
      { title: 'Write latency (s)', metric: writeLatency },
      { title: 'Load (active sessions)', metric: instance.metric('DBLoad', { period: PERIOD }) },
    ],
    signals: [
      signal('HighCpu', 'Statements wait for CPU: users will feel it', cpu, AlarmCondition.above(90), 15, Severity.P2, 'high-cpu'),
      signal('LowMemory', 'The server is about to swap, and then to restart', memory, AlarmCondition.below(GIBIBYTE * Math.min(LITTLE_MEMORY, (gibibytes ?? Infinity) / 16)), 10, Severity.P1, 'low-memory'),
      signal('LowStorage', 'Storage runs out, and a full database stops', storage, AlarmCondition.below(GIBIBYTE * allocatedStorage * LITTLE_STORAGE), 5, Severity.P1, 'low-storage'),
      notReporting(cpu, 'managed-postgres/not-reporting'),
      ...connections === undefined ? [] : [
        signal('ManyConnections', 'Services will soon be refused a connection', open, AlarmCondition.above(Math.floor(connections * 0.9)), 5, Severity.P1, 'many-connections'),
      ],
    ],
    logGroups: [logGroup],
  };
}

function signal(
  id: string, title: string, metric: cloudwatch.IMetric, condition: AlarmCondition, minutes: number, severity: Severity, page: string,
): Signal {
  return { id, title, metric, condition, evaluationPeriods: minutes, severity, runbook: `managed-postgres/${page}` };
}
