import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { AlarmCondition, type Observation, Severity, type Signal } from '../contracts';

export interface ObservedQueue {
  readonly subject: IConstruct;
  readonly queue: sqs.IQueue;
  /** Where messages go that nobody could work off. */
  readonly deadLetterQueue?: sqs.IQueue;
  /** How old the oldest message may be; undefined where messages are meant to lie, as in a dead-letter queue. */
  readonly maxAge?: Duration;
}

const PERIOD = Duration.minutes(1);

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
export function observeQueue({ subject, queue, deadLetterQueue, maxAge }: ObservedQueue): Observation {
  const age = queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM });
  const waiting = queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM });
  const dead = deadLetterQueue?.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM });
  return {
    subject,
    title: subject.node.id,
    metrics: [
      { title: 'Messages waiting', metric: waiting },
      { title: 'Messages in flight', metric: queue.metricApproximateNumberOfMessagesNotVisible({ period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM }) },
      { title: 'Age of the oldest message (s)', metric: age },
      { title: 'Messages sent (per minute)', metric: queue.metricNumberOfMessagesSent({ period: PERIOD, statistic: cloudwatch.Stats.SUM }) },
      { title: 'Messages worked off (per minute)', metric: queue.metricNumberOfMessagesDeleted({ period: PERIOD, statistic: cloudwatch.Stats.SUM }) },
      ...dead ? [{ title: 'Dead letters', metric: dead }] : [],
    ],
    signals: [...maxAge ? [stuck(age, maxAge)] : [], ...dead ? [deadLetters(dead)] : []],
  };
}

/** Work that has waited this long, in seconds, is late for most purposes. */
const LATE = 15 * 60;

/** How old a message of a plain queue may get: all attempts at it must fit, and it must be younger than what SQS deletes. */
export function maxAgeOf(queue: sqs.IQueue): Duration {
  const resource = queue.node.defaultChild as Partial<sqs.CfnQueue> | undefined;
  const literal = (value: unknown, otherwise: number) => typeof value === 'number' && !Token.isUnresolved(value) ? value : otherwise;
  const attempts = literal(resource?.visibilityTimeout, 30) * ((queue as Partial<sqs.Queue>).deadLetterQueue?.maxReceiveCount ?? 1);
  const retention = literal(resource?.messageRetentionPeriod, Duration.days(4).toSeconds());
  return Duration.seconds(Math.min(Math.max(LATE, attempts), Math.floor(retention / 2)));
}

function stuck(metric: cloudwatch.IMetric, maxAge: Duration): Signal {
  return {
    id: 'Stuck',
    title: `A message has been waiting for more than ${maxAge.toHumanString()}: nobody works the queue off, or not fast enough`,
    metric,
    condition: AlarmCondition.above(maxAge.toSeconds()),
    evaluationPeriods: 5,
    severity: Severity.P2,
    // A queue that nobody has asked for six hours reports nothing, whatever lies in it.
    missingData: cloudwatch.TreatMissingData.IGNORE,
    runbook: 'queue/stuck',
  };
}

function deadLetters(metric: cloudwatch.IMetric): Signal {
  return {
    id: 'DeadLetters',
    title: 'A message could not be worked off, however often it was tried, and waits for a person',
    metric,
    condition: AlarmCondition.above(0),
    evaluationPeriods: 1,
    severity: Severity.P2,
    runbook: 'queue/dead-letters',
    // SQS falls silent about a queue that nobody touches for six hours; the letters are there all the same.
    missingData: cloudwatch.TreatMissingData.IGNORE,
  };
}
