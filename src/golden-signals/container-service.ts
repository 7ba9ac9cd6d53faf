import { Duration } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { AlarmCondition, type Observation, Severity } from '../contracts';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html */
export function observeContainerService(service: ecs.BaseService): Observation {
  const options = { period: Duration.minutes(1) };
  const [cpu, memory] = [service.metricCpuUtilization(options), service.metricMemoryUtilization(options)];
  return {
    subject: service,
    title: service.node.id,
    metrics: [{ title: 'CPU (%)', metric: cpu }, { title: 'Memory (%)', metric: memory }],
    signals: [
      {
        id: 'HighCpu',
        title: 'The tasks have been short of CPU for a quarter of an hour',
        metric: cpu,
        condition: AlarmCondition.above(90),
        evaluationPeriods: 15,
        severity: Severity.P2,
        runbook: 'container-service/high-cpu',
      },
      {
        id: 'HighMemory',
        title: 'The tasks are about to be killed for lack of memory',
        metric: memory,
        condition: AlarmCondition.above(90),
        evaluationPeriods: 5,
        severity: Severity.P1,
        runbook: 'container-service/high-memory',
      },
    ],
  };
}
