import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { AlarmCondition, Severity } from '../../src/contracts';
import { observeQueue } from '../../src/golden-signals/queue';
import { stackOf } from '../support';

const stack = stackOf();
const deadLetterQueue = new sqs.Queue(stack, 'Dead');
const queue = new sqs.Queue(stack, 'Emails');
const observation = observeQueue({ subject: queue, queue, deadLetterQueue, maxAge: Duration.minutes(15) });

function read({ signals, metrics }: typeof observation) {
  return [...metrics, ...signals].map(({ title, metric }) => {
    const { namespace, metricName, statistic, period, dimensions } = metric.toMetricConfig().metricStat!;
    return [title, namespace, metricName, statistic, period.toSeconds(), stack.resolve(dimensions)];
  });
}

test('shows what SQS measures of the queue and of its dead letters', () => {
  const ofQueue = [{ name: 'QueueName', value: stack.resolve(queue.queueName) }];
  const ofDeadLetters = [{ name: 'QueueName', value: stack.resolve(deadLetterQueue.queueName) }];

  expect(observation).toMatchObject({ subject: queue, title: 'Emails' });
  expect(read({ ...observation, signals: [] })).toEqual([
    ['Messages waiting', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', 60, ofQueue],
    ['Messages in flight', 'AWS/SQS', 'ApproximateNumberOfMessagesNotVisible', 'Maximum', 60, ofQueue],
    ['Age of the oldest message (s)', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', 'Maximum', 60, ofQueue],
    ['Messages sent (per minute)', 'AWS/SQS', 'NumberOfMessagesSent', 'Sum', 60, ofQueue],
    ['Messages worked off (per minute)', 'AWS/SQS', 'NumberOfMessagesDeleted', 'Sum', 60, ofQueue],
    ['Dead letters', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', 60, ofDeadLetters],
  ]);
});

test('alarms on the age of the queue, and on the letters of the other', () => {
  expect(read({ ...observation, metrics: [] })).toEqual([
    [
      'A message has been waiting for more than 15 minutes: nobody works the queue off, or not fast enough',
      'AWS/SQS', 'ApproximateAgeOfOldestMessage', 'Maximum', 60, [{ name: 'QueueName', value: stack.resolve(queue.queueName) }],
    ],
    [
      'A message could not be worked off, however often it was tried, and waits for a person',
      'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', 60, [{ name: 'QueueName', value: stack.resolve(deadLetterQueue.queueName) }],
    ],
  ]);
});

test('has the signal Stuck, in seconds', () => {
  expect(observation.signals.find(({ id }) => id === 'Stuck')).toMatchObject({
    condition: AlarmCondition.above(900), evaluationPeriods: 5, severity: Severity.P2, runbook: 'queue/stuck',
  });
});

test('has the signal DeadLetters from the first one on, which is not over when SQS falls silent', () => {
  expect(observation.signals.find(({ id }) => id === 'DeadLetters')).toMatchObject({
    condition: AlarmCondition.above(0), evaluationPeriods: 1, severity: Severity.P2, runbook: 'queue/dead-letters', missingData: TreatMissingData.IGNORE,
  });
});

test('has no signal for a queue in which messages are meant to lie', () => {
  const { signals, metrics } = observeQueue({ subject: deadLetterQueue, queue: deadLetterQueue });

  expect(signals).toEqual([]);
  expect(metrics.map(({ title }) => title)).not.toContain('Dead letters');
});
