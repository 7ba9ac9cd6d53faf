import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Rollout } from './rollout';
import type { SecretRestart } from './secret-restart';
import type { ServiceLoadBalancer } from './service-load-balancer';
import { failedPercent, requests, slowerSeconds, worseErrorPercent } from './traffic';
import { AlarmCondition, type Observation, type ObservedMetric, Severity, type Signal } from '../contracts';
import { deploymentFailed, loadOf } from '../golden-signals/container-service';
import { PERSISTENT } from '../golden-signals/error-share';

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
  const { cpu, busiest, fullest } = loadOf(it.service);
  const web = it.front && observeFront(it.front, it.rollout);
  return {
    subject: it.subject,
    title: it.subject.node.id,
    metrics: [...web?.metrics ?? [], { title: 'CPU (%)', metric: cpu }, { title: 'Memory of the fullest task (%)', metric: fullest }],
    signals: [
      ...web?.signals ?? [],
      above('HighCpu', 'A task has been short of CPU for a quarter of an hour, and more tasks did not help', busiest, 90, 15, Severity.P2, 'high-cpu'),
      above('HighMemory', 'A task is about to be killed for lack of memory', fullest, 90, 5, Severity.P1, 'high-memory'),
      tooFewTasks(it),
      ...it.restart ? [restartFailed(it.restart)] : [],
    ],
    events: [deploymentFailed(it.service, 'platform-service/deployment-failed')],
    logGroups: [it.logGroup],
  };
}

function observeFront(front: ServiceLoadBalancer, rollout: Rollout): { metrics: ObservedMetric[]; signals: Signal[] } {
  const { blue, green } = front;
  const errors = worseErrorPercent(front);
  const latency = slowerSeconds(front);
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
      { title: 'Response time, p90 (s)', metric: latency },
    ],
    signals: [
      outage(front),
      { ...above('Errors', `Users get errors. ${UNGUARDED}`, errors, rollout.maxErrorPercent, 5, Severity.P1, 'errors'), ...PERSISTENT },
      above('Slow', `Users wait too long. ${UNGUARDED}`, latency, rollout.maxLatency.toMilliseconds() / 1000, 10, Severity.P2, 'slow'),
    ],
  };
}

/** What follows for deployments, since a rollback alarm with the same metric and threshold is red as well. */
const UNGUARDED = 'A deployment that starts before this is over is not rolled back by alarms, since Amazon ECS ignores those that are red';

/** A task that starts is not healthy yet, and a first deployment takes that long, or is given up. */
const FIRST_DEPLOYMENT = Duration.minutes(20);

function outage(front: ServiceLoadBalancer): Signal {
  return {
    id: 'Outage',
    title: 'The service is down: most requests fail, or no task is healthy',
    metric: failedPercent(front),
    condition: AlarmCondition.above(50),
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    severity: Severity.P0,
    runbook: 'platform-service/outage',
    warmUp: FIRST_DEPLOYMENT,
  };
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
    warmUp: FIRST_DEPLOYMENT,
  };
}

/** One machine restarts all services of a stack, so this cannot say which of them it is; its executions can. */
function restartFailed({ machine }: SecretRestart): Signal {
  return {
    id: 'RestartFailed',
    title: 'A secret has changed, and a service still runs with the old value',
    metric: new cloudwatch.MathExpression({
      label: 'Restarts that did not come about',
      // SUM passes over what is missing: it has a value when an execution ends, and stays as it is in between.
      expression: 'SUM([failed, late, 0 * succeeded])',
      usingMetrics: {
        failed: machine.metricFailed({ period: PERIOD }), late: machine.metricTimedOut({ period: PERIOD }), succeeded: machine.metricSucceeded({ period: PERIOD }),
      },
      period: PERIOD,
    }),
    condition: AlarmCondition.above(0),
    evaluationPeriods: 1,
    severity: Severity.P2,
    runbook: 'platform-service/restart-failed',
    missingData: cloudwatch.TreatMissingData.IGNORE, // it is over when a restart succeeds
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
