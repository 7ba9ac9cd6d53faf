import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { AlarmCondition, type Observation, type ObservedEvent, Severity } from '../contracts';

const PERIOD = Duration.minutes(1);

/**
 * The load of the tasks of a service, in percent.
 *
 * The average spans all tasks: of ten, one that is about to be killed hides behind nine that are well. The maximum is the highest task.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html
 */
export function loadOf(service: ecs.BaseService): { cpu: cloudwatch.Metric; busiest: cloudwatch.Metric; fullest: cloudwatch.Metric } {
  const maximum = { period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM };
  return {
    cpu: service.metricCpuUtilization({ period: PERIOD }),
    busiest: service.metricCpuUtilization(maximum),
    fullest: service.metricMemoryUtilization(maximum),
  };
}

/**
 * ECS has given a deployment up: its tasks did not start, or an alarm of it went off.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
 */
export function deploymentFailed(service: ecs.BaseService, runbook: string): ObservedEvent {
  return {
    id: 'DeploymentFailed',
    title: 'Amazon ECS has given up a deployment: the former version serves, if the service rolls back',
    pattern: { source: ['aws.ecs'], detailType: ['ECS Deployment State Change'], detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] } },
    resourceArn: service.serviceArn,
    severity: Severity.P2,
    runbook,
  };
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html */
export function observeContainerService(service: ecs.BaseService): Observation {
  const { cpu, busiest, fullest } = loadOf(service);
  return {
    subject: service,
    title: service.node.id,
    metrics: [{ title: 'CPU (%)', metric: cpu }, { title: 'Memory of the fullest task (%)', metric: fullest }],
    signals: [
      {
        id: 'HighCpu',
        title: 'A task has been short of CPU for a quarter of an hour',
        metric: busiest,
        condition: AlarmCondition.above(90),
        evaluationPeriods: 15,
        severity: Severity.P2,
        runbook: 'container-service/high-cpu',
      },
      {
        id: 'HighMemory',
        title: 'A task is about to be killed for lack of memory',
        metric: fullest,
        condition: AlarmCondition.above(90),
        evaluationPeriods: 5,
        severity: Severity.P1,
        runbook: 'container-service/high-memory',
      },
    ],
    events: [deploymentFailed(service, 'container-service/deployment-failed')],
  };
}
