import * as sns from 'aws-cdk-lib/aws-sns';
import { AlarmCondition, Severity } from '../../src/contracts';
import { observeTopic } from '../../src/golden-signals/topic';
import { stackOf } from '../support';

const stack = stackOf();
const topic = new sns.Topic(stack, 'Orders');
const observation = observeTopic(topic);

test('shows what is published, what arrives, and what does not', () => {
  const read = observation.metrics.map(({ title, metric }) => {
    const { namespace, metricName, statistic, period, dimensions } = metric.toMetricConfig().metricStat!;
    return [title, namespace, metricName, statistic, period.toSeconds(), stack.resolve(dimensions)];
  });
  const dimensions = [{ name: 'TopicName', value: stack.resolve(topic.topicName) }];

  expect(observation).toMatchObject({ subject: topic, title: 'Orders' });
  expect(read).toEqual([
    ['Messages published (per minute)', 'AWS/SNS', 'NumberOfMessagesPublished', 'Sum', 60, dimensions],
    ['Notifications delivered (per minute)', 'AWS/SNS', 'NumberOfNotificationsDelivered', 'Sum', 60, dimensions],
    ['Notifications that failed (per minute)', 'AWS/SNS', 'NumberOfNotificationsFailed', 'Sum', 60, dimensions],
  ]);
});

test('has the signal Undelivered, at two minutes of five', () => {
  const [signal] = observation.signals;

  expect(observation.signals).toHaveLength(1);
  expect(signal).toMatchObject({
    id: 'Undelivered', condition: AlarmCondition.above(0), evaluationPeriods: 5, datapointsToAlarm: 2, severity: Severity.P2, runbook: 'topic/undelivered',
  });
  expect(signal.metric.toMetricConfig().metricStat!.metricName).toBe('NumberOfNotificationsFailed');
});
