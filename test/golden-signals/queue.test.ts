import { CfnParameter, Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { AlarmCondition, Severity } from '../../src/contracts';
import { maxAgeOf, observeQueue } from '../../src/golden-signals/queue';
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

describe('a plain queue is stuck when its oldest message is older than', () => {
  let ids = 0;
  const ageOf = (props: sqs.QueueProps): number => maxAgeOf(new sqs.Queue(stack, `Plain${ids++}`, props)).toSeconds();
  const [seconds, minutes, hours] = [Duration.seconds, Duration.minutes, Duration.hours];
  const attempts = (maxReceiveCount: number) => ({ queue: deadLetterQueue, maxReceiveCount });

  test.each<[string, sqs.QueueProps, number]>([
    ['a quarter of an hour, which is late for most work', {}, 900],
    ['a quarter of an hour, where all attempts take less', { visibilityTimeout: minutes(2), deadLetterQueue: attempts(3) }, 900],
    ['all attempts at it take', { visibilityTimeout: minutes(10), deadLetterQueue: attempts(3) }, 1800],
    ['its one attempt takes, where nothing counts them', { visibilityTimeout: minutes(20) }, 1200],
    ['all attempts take with the 30 seconds that SQS hides a message by itself', { deadLetterQueue: attempts(40) }, 1200],
    ['half of the time after which SQS deletes it', { retentionPeriod: minutes(10) }, 300],
    ['half of that time in whole seconds', { retentionPeriod: seconds(601) }, 300],
    ['half of that time, however long all attempts take', { retentionPeriod: hours(1), visibilityTimeout: minutes(30), deadLetterQueue: attempts(5) }, 1800],
    ['half of the four days that SQS keeps a message by itself', { visibilityTimeout: hours(12), deadLetterQueue: attempts(5) }, 172_800],
  ])('%s', (_, props, age) => {
    expect(ageOf(props)).toBe(age);
  });

  test('what SQS does by itself, where only the deployment knows better', () => {
    const known = new CfnParameter(stack, 'Seconds', { type: 'Number' }).valueAsNumber;

    expect(ageOf({ visibilityTimeout: seconds(known), retentionPeriod: seconds(known), deadLetterQueue: attempts(40) })).toBe(1200);
  });

  test('a quarter of an hour, where the queue is defined elsewhere', () => {
    const imported = sqs.Queue.fromQueueArn(stack, 'Imported', 'arn:aws:sqs:eu-west-1:444455556666:emails');

    expect(maxAgeOf(imported)).toEqual(Duration.seconds(900));
  });
});
