import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { AlarmCondition, Severity } from '../../src/contracts';
import { observeContainerService } from '../../src/golden-signals/container-service';
import { stackOf } from '../support';

const stack = stackOf();
const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'], privateSubnetIds: ['subnet-1'] });
const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
taskDefinition.addContainer('App', { image: ecs.ContainerImage.fromRegistry('app') });
const service = new ecs.FargateService(stack, 'Api', { cluster: new ecs.Cluster(stack, 'Cluster', { vpc }), taskDefinition });
const observation = observeContainerService(service);

test('shows the CPU of the tasks together, and the memory of the fullest one', () => {
  const read = observation.metrics.map(({ title, metric }) => {
    const { namespace, metricName, statistic, period, dimensions } = metric.toMetricConfig().metricStat!;
    return [title, namespace, metricName, statistic, period.toSeconds(), dimensions!.map(({ name }) => name).sort()];
  });

  expect(observation).toMatchObject({ subject: service, title: 'Api' });
  expect(read).toEqual([
    ['CPU (%)', 'AWS/ECS', 'CPUUtilization', 'Average', 60, ['ClusterName', 'ServiceName']],
    ['Memory of the fullest task (%)', 'AWS/ECS', 'MemoryUtilization', 'Maximum', 60, ['ClusterName', 'ServiceName']],
  ]);
});

test.each([
  ['HighCpu', 'CPUUtilization', 15, Severity.P2, 'container-service/high-cpu'],
  ['HighMemory', 'MemoryUtilization', 5, Severity.P1, 'container-service/high-memory'],
])('has the signal %s', (id, name, evaluationPeriods, severity, runbook) => {
  const signal = observation.signals.find((it) => it.id === id)!;

  expect(signal).toMatchObject({ condition: AlarmCondition.above(90), evaluationPeriods, severity, runbook });
  // The average of ten tasks hides the one that is about to be killed.
  expect(signal.metric.toMetricConfig().metricStat).toMatchObject({ metricName: name, statistic: 'Maximum' });
});

test('tells of deployments that ECS gave up', () => {
  expect(observation.events!.map(({ id, severity, runbook }) => [id, severity, runbook])).toEqual([
    ['DeploymentFailed', Severity.P2, 'container-service/deployment-failed'],
  ]);
});
