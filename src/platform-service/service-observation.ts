import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { errorPercent, latencySeconds, requests } from './rollback-alarms';
import type { Rollout } from './rollout';
import type { SecretRestart } from './secret-restart';
import type { ServiceLoadBalancer } from './service-load-balancer';
import { AlarmCondition, type Observation, type ObservedMetric, Severity, type Signal } from '../contracts';

export interface ObservedService {
  readonly subject: Construct;
  readonly service: ecs.FargateService;
  readonly logGroup: logs.ILogGroup;
  readonly minTasks: number;
  readonly rollout: Rollout;
  readonly front?: ServiceLoadBalancer;
  readonly restart?: SecretRestart;
}

const PERIOD = Duration.minutes(1);

/** What to look at, and what to be woken up for. */
export function observeService(it: ObservedService): Observation {
  const cpu = it.service.metricCpuUtilization({ period: PERIOD });
  const memory = it.service.metricMemoryUtilization({ period: PERIOD });
  const web = it.front && observeFront(it.front, it.rollout);
  return {
    subject: it.subject,
    title: it.subject.node.id,
    metrics: [...web?.metrics ?? [], { title: 'CPU (%)', metric: cpu }, { title: 'Memory (%)', metric: memory }],
    signals: [
      ...web?.signals ?? [],
      above('HighCpu', 'The tasks have been short of CPU for a quarter of an hour, and more of them did not help', cpu, 90, 15, Severity.P2, 'high-cpu'),
      above('HighMemory', 'The tasks are about to be killed for lack of memory', memory, 90, 5, Severity.P1, 'high-memory'),
      tooFewTasks(it),
      ...it.restart ? [restartFailed(it.restart)] : [],
    ],
    logGroups: [it.logGroup],
  };
}

function observeFront(front: ServiceLoadBalancer, rollout: Rollout): { metrics: ObservedMetric[]; signals: Signal[] } {
  const { blue, green } = front;
  const errors = errorPercent(front);
  const latency = latencySeconds(front);
  const allRequests = new cloudwatch.MathExpression({
    label: 'Requests a minute',
    expression: 'SUM([blue, green])',
    usingMetrics: { blue: requests(front, blue), green: requests(front, green) },
    period: PERIOD,
  });
  return {
    metrics: [
      { title: 'Requests (per minute)', metric: allRequests },
      { title: '5xx responses (%)', metric: errors },
      { title: 'Response time, p99 (s)', metric: latency },
    ],
    signals: [
      oneMinuteLate(above('Errors', 'Users get errors', errors, rollout.maxErrorPercent, 5, Severity.P1, 'errors')),
      oneMinuteLate(above('Slow', 'Users wait too long', latency, rollout.maxLatency.toMilliseconds() / 1000, 10, Severity.P2, 'slow')),
    ],
  };
}

/**
 * A minute that is not reported yet is filled with 0, so the latest of all minutes may always look healthy.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
function oneMinuteLate(signal: Signal): Signal {
  return { ...signal, evaluationPeriods: signal.evaluationPeriods + 1, datapointsToAlarm: signal.evaluationPeriods };
}

function tooFewTasks({ service, minTasks }: ObservedService): Signal {
  return {
    id: 'TooFewTasks',
    title: `Fewer than ${minTasks} tasks are running, and ECS does not get more to run`,
    metric: new cloudwatch.Metric({
      namespace: 'ECS/ContainerInsights',
      metricName: 'RunningTaskCount',
      dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
      statistic: cloudwatch.Stats.MINIMUM,
      period: PERIOD,
    }),
    condition: AlarmCondition.below(minTasks),
    evaluationPeriods: 10,
    severity: Severity.P1,
    runbook: 'platform-service/too-few-tasks',
    missingData: cloudwatch.TreatMissingData.BREACHING,
  };
}

/** One machine restarts all services of a stack, so this cannot say which of them it is; its executions can. */
function restartFailed({ machine }: SecretRestart): Signal {
  return {
    id: 'RestartFailed',
    title: 'A secret has changed, and a service still runs with the old value',
    metric: new cloudwatch.MathExpression({
      label: 'Restarts that did not come about',
      expression: 'SUM([failed, late])', // which passes over what is missing
      usingMetrics: { failed: machine.metricFailed({ period: PERIOD }), late: machine.metricTimedOut({ period: PERIOD }) },
      period: PERIOD,
    }),
    condition: AlarmCondition.above(0),
    evaluationPeriods: 1,
    severity: Severity.P2,
    runbook: 'platform-service/restart-failed',
  };
}

function above(id: string, title: string, metric: cloudwatch.IMetric, threshold: number, minutes: number, severity: Severity, page: string): Signal {
  return {
    id,
    title,
    metric,
    condition: AlarmCondition.above(threshold),
    evaluationPeriods: minutes,
    severity,
    runbook: `platform-service/${page}`,
  };
}
