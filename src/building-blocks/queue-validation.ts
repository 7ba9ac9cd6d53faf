import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PlatformQueueProps } from './platform-queue';
import { isWhole, mustBeKnown, mustHold, type PropRule } from '../private/prop-rule';

type Rule = PropRule<PlatformQueueProps>;

/** The numbers of a queue, which depend on each other. */
export interface QueueNumbers {
  readonly visibilityTimeout: Duration;
  readonly retention: Duration;
  readonly maxReceiveCount: number;
  readonly maxAge: Duration;
}

/** In seconds: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const LONGEST_VISIBILITY = 12 * 3600;
const RETENTION = { least: 60, most: 14 * 86400 };

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
const MOST_RECEIVES = 1000;

/** Work that has waited this long, in seconds, is late for most purposes. */
const LATE = 15 * 60;

/** Throws for the first number that SQS would refuse, or with which a message or an alarm would be lost. */
export function settledNumbers(scope: Construct, props: PlatformQueueProps): QueueNumbers {
  mustBeKnown(scope, props, ['visibilityTimeout', 'retention', 'maxReceiveCount', 'maxAge']);
  const { visibilityTimeout = Duration.minutes(1), retention = Duration.days(4), maxReceiveCount = 5 } = props;
  mustHold(scope, rangeRules(visibilityTimeout, retention, maxReceiveCount));
  const attempts = maxReceiveCount * visibilityTimeout.toSeconds();
  mustHold(scope, [attemptsRule(retention, attempts)]);
  const maxAge = props.maxAge ?? Duration.seconds(Math.max(attempts, Math.min(LATE, Math.floor(retention.toSeconds() / 2))));
  mustHold(scope, [ageRule(maxAge, retention)]);
  return { visibilityTimeout, retention, maxReceiveCount, maxAge };
}

function rangeRules(visibilityTimeout: Duration, retention: Duration, maxReceiveCount: number): Rule[] {
  return [
    { prop: 'visibilityTimeout', got: visibilityTimeout.toHumanString(), holds: isWhole(inSeconds(visibilityTimeout), 1, LONGEST_VISIBILITY), must: 'must be whole seconds, from 1 second to 12 hours', remedy: 'SQS hides a message no longer: split the work' },
    { prop: 'retention', got: retention.toHumanString(), holds: isWhole(inSeconds(retention), RETENTION.least, RETENTION.most), must: 'must be whole seconds, from 1 minute to 14 days', remedy: 'SQS keeps a message no longer: what must last belongs in a database' },
    { prop: 'maxReceiveCount', got: maxReceiveCount, holds: isWhole(maxReceiveCount, 1, MOST_RECEIVES), must: `must be a whole number from 1 to ${MOST_RECEIVES}`, remedy: 'say how often a message is tried' },
  ];
}

/** SQS deletes what is too old wherever it is, also between two attempts. */
function attemptsRule(retention: Duration, attempts: number): Rule {
  return {
    prop: 'retention',
    got: retention.toHumanString(),
    holds: inSeconds(retention) > attempts,
    must: `must be longer than all attempts at a message take ('maxReceiveCount' times 'visibilityTimeout': ${Duration.seconds(attempts).toHumanString()})`,
    remedy: 'raise it, or SQS deletes a message before it becomes a dead letter',
  };
}

function ageRule(maxAge: Duration, retention: Duration): Rule {
  return {
    prop: 'maxAge',
    got: maxAge.toHumanString(),
    holds: isWhole(inSeconds(maxAge), 1, inSeconds(retention) - 1),
    must: `must be whole seconds, and shorter than 'retention', ${retention.toHumanString()}`,
    remedy: 'no message gets older than its retention, so the alarm would never go off',
  };
}

function inSeconds(duration: Duration): number {
  return duration.toSeconds({ integral: false });
}
