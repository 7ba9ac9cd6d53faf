import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { evaluate } from './metric-math';
import { AlarmCondition, Severity, type Signal } from '../../src/contracts';
import { ServiceConfig } from '../../src/environment/service-config';
import { Tier } from '../../src/environment/tier';
import { ObservabilityBundle } from '../../src/observability-bundle/observability-bundle';
import { PlatformService } from '../../src/platform-service/platform-service';
import { Rollout } from '../../src/platform-service/rollout';
import { Scaling } from '../../src/platform-service/scaling';
import { stackOf, vpcIn, webProps, workerProps } from '../support';

function webIn(stack: Stack): PlatformService {
  return new PlatformService(stack, 'Api', {
    ...webProps(stack, vpcIn(stack)), scaling: Scaling.cpu({ min: 3 }), rollout: Rollout.blueGreen({ maxErrorPercent: 2, maxLatency: Duration.millis(800) }),
  });
}

function signalOf(service: PlatformService, id: string): Signal {
  return service.observe().signals.find((it) => it.id === id)!;
}

test('says of a web service how it is', () => {
  const api = webIn(stackOf());
  const { subject, title, metrics, signals, logGroups } = api.observe();

  expect(subject).toBe(api);
  expect(title).toBe('Api');
  expect(metrics.map((it) => it.title)).toEqual(['Requests (per minute)', '5xx responses (%)', 'Response time, p90 (s)', 'CPU (%)', 'Memory of the fullest task (%)']);
  expect(signals.map((it) => it.id)).toEqual(['Outage', 'Errors', 'Slow', 'HighCpu', 'HighMemory', 'TooFewTasks']);
  expect(logGroups).toEqual([api.logGroup]);
});

test('says of a worker what there is to say', () => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

  expect(worker.observe().metrics.map((it) => it.title)).toEqual(['CPU (%)', 'Memory of the fullest task (%)']);
  expect(worker.observe().signals.map((it) => it.id)).toEqual(['HighCpu', 'HighMemory', 'TooFewTasks']);
});

test('tells when it was not restarted though a secret of it has changed', () => {
  const stack = stackOf();
  const config = new ServiceConfig({ secrets: ['STRIPE_API_KEY'], secretName: 'prod/worker' });
  const worker = new PlatformService(stack, 'Worker', { ...workerProps(vpcIn(stack)), config });

  const { metric, condition, evaluationPeriods, missingData } = signalOf(worker, 'RestartFailed');
  new cloudwatch.Alarm(stack, 'Alarm', { metric, threshold: condition.threshold!, evaluationPeriods });

  const machine = { Ref: Match.stringLikeRegexp('SecretRestartMachine') };
  expect(missingData).toBe(cloudwatch.TreatMissingData.IGNORE); // until a restart succeeds
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    Threshold: 0,
    Metrics: Match.arrayWith(['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsSucceeded'].map((MetricName) => Match.objectLike({
      MetricStat: { Metric: { MetricName, Namespace: 'AWS/States', Dimensions: [{ Name: 'StateMachineArn', Value: machine }] }, Stat: 'Sum', Period: 60 },
    }))),
  });
});

test('has signals with ids of their own, a sentence, and a page to open', () => {
  const { signals } = webIn(stackOf()).observe();

  expect(new Set(signals.map((it) => it.id)).size).toBe(signals.length);
  signals.forEach(({ id, title, runbook, evaluationPeriods, severity }) => {
    expect(id).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(title).toMatch(/^[A-Z].* .*[^.]$/);
    expect(runbook).toMatch(/^platform-service\/[a-z-]+$/);
    expect(evaluationPeriods).toBeGreaterThan(0);
    expect(Object.values(Severity)).toContain(severity);
  });
});

test.each(['HighCpu', 'HighMemory'])('looks for %s at the highest task, since the average of ten hides the one that is killed', (id) => {
  expect(signalOf(webIn(stackOf()), id).metric.toMetricConfig().metricStat).toMatchObject({ statistic: 'Maximum' });
});

test('is an outage once no task is healthy, or most requests fail, ten a minute at least', () => {
  const { expression } = signalOf(webIn(stackOf()), 'Outage').metric.toMetricConfig().mathExpression!;
  const minute = (metrics: { [id: string]: number | undefined }) => evaluate(
    expression, Object.fromEntries(['requests', 'answered', 'unanswered', 'blueHealthy', 'greenHealthy'].map((id) => [id, [metrics[id]]])), 1,
  )[0];

  expect(minute({ blueHealthy: 0 })).toBe(100);
  expect(minute({ blueHealthy: 0, greenHealthy: 2 })).toBe(0);
  expect(minute({ requests: 100, answered: 30, unanswered: 30, blueHealthy: 2 })).toBe(60);
  expect(minute({ unanswered: 10, blueHealthy: 2 })).toBe(100);
  expect(minute({ requests: 9, answered: 9, blueHealthy: 2 })).toBe(0);
  expect(minute({})).toBeUndefined();
});

test('says of errors and of slowness that deployments are not rolled back meanwhile', () => {
  ['Errors', 'Slow'].forEach((id) => {
    expect(signalOf(webIn(stackOf()), id).title).toMatch(/A deployment that starts before this is over is not rolled back by alarms/);
  });
});

test('tells of deployments that ECS gave up', () => {
  const api = webIn(stackOf());
  const [event] = api.observe().events!;

  expect(event).toMatchObject({ id: 'DeploymentFailed', resourceArn: api.service.serviceArn, severity: Severity.P2, runbook: 'platform-service/deployment-failed' });
  expect(event.pattern).toEqual({ source: ['aws.ecs'], detailType: ['ECS Deployment State Change'], detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] } });
});

test.each(['Outage', 'TooFewTasks'])('does not judge a first deployment by %s', (id) => {
  expect(signalOf(webIn(stackOf()), id).warmUp).toEqual(Duration.minutes(20));
});

test('counts as too many errors, and as slow, what takes a deployment back', () => {
  const api = webIn(stackOf());

  expect(signalOf(api, 'Errors')).toMatchObject({ condition: AlarmCondition.above(2) });
  expect(signalOf(api, 'Slow')).toMatchObject({ condition: AlarmCondition.above(0.8) });
});

test('misses tasks below the fewest that there should be, also when nothing is reported', () => {
  expect(signalOf(webIn(stackOf()), 'TooFewTasks')).toMatchObject({
    title: 'Fewer than 3 tasks are running, and ECS does not get more to run',
    condition: AlarmCondition.below(3),
    missingData: cloudwatch.TreatMissingData.BREACHING,
  });
});

test('takes silence for health elsewhere', () => {
  webIn(stackOf()).observe().signals.filter((it) => it.id !== 'TooFewTasks').forEach((it) => expect(it.missingData).toBeUndefined());
});

test('can be asked twice, and adds nothing to the template by being asked', () => {
  const [asked, unasked] = [true, false].map((ask) => {
    const stack = stackOf(Tier.DEV);
    const api = webIn(stack);
    if (ask) {
      expect(api.observe()).toEqual(api.observe());
    }
    return Template.fromStack(stack).toJSON();
  });

  expect(asked).toEqual(unasked);
});

test('can be alarmed on as it is', () => {
  const stack = stackOf();
  webIn(stack).observe().signals.forEach(({ id, metric, condition, evaluationPeriods, missingData }) => new cloudwatch.Alarm(stack, id, {
    metric, threshold: condition.threshold!, comparisonOperator: condition.comparison, evaluationPeriods, treatMissingData: missingData,
  }));

  Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 2 + 6);
});

test('no name on the dashboard is cut from the ARN of a listener, which takes a hundred bytes each time', () => {
  const stack = stackOf();
  const web = new PlatformService(stack, 'Web', webProps(stack, vpcIn(stack)));
  new ObservabilityBundle(stack, 'Watch').watch(web);

  expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'))).not.toContain('Fn::Split');
});
