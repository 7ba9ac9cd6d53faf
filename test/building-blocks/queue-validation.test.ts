import { Duration, Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PlatformQueue, type PlatformQueueProps } from '../../src/building-blocks/platform-queue';
import { settledNumbers } from '../../src/building-blocks/queue-validation';
import { stackOf } from '../support';
import * as fc from '../support/fast-check';

function settled(props: PlatformQueueProps): [number, number, number, number] {
  const { visibilityTimeout, retention, maxReceiveCount, maxAge } = settledNumbers(stackOf(), props);
  return [visibilityTimeout.toSeconds(), retention.toSeconds(), maxReceiveCount, maxAge.toSeconds()];
}

function refusal(props: PlatformQueueProps): () => unknown {
  return () => new PlatformQueue(stackOf(), 'Emails', props);
}

test('by default a message is tried five times for a minute, within four days, and is late after a quarter of an hour', () => {
  expect(settled({})).toEqual([60, 4 * 86400, 5, 900]);
});

test('where all attempts take longer than a quarter of an hour, a message is late after them', () => {
  expect(settled({ visibilityTimeout: Duration.minutes(10) })).toEqual([600, 4 * 86400, 5, 3000]);
});

test('where messages are kept for less than half an hour, one is late after half of it', () => {
  expect(settled({ retention: Duration.minutes(20) })).toEqual([60, 1200, 5, 600]);
  expect(settled({ retention: Duration.seconds(601), maxReceiveCount: 1 })).toEqual([60, 601, 1, 300]);
});

test('what is given is taken, up to the limits of SQS', () => {
  expect(settled({ visibilityTimeout: Duration.hours(12), retention: Duration.days(14), maxReceiveCount: 27, maxAge: Duration.days(13) }))
    .toEqual([43200, 1209600, 27, 1123200]);
  expect(settled({ visibilityTimeout: Duration.seconds(1), retention: Duration.minutes(1), maxReceiveCount: 1, maxAge: Duration.seconds(1) })).toEqual([1, 60, 1, 1]);
  expect(settled({ visibilityTimeout: Duration.seconds(30), maxReceiveCount: 1000 })[2]).toBe(1000);
});

test.each([
  [Duration.hours(13), '13 hours'],
  [Duration.seconds(0), '0 seconds'],
  [Duration.millis(1500), '1 second 500 millis'],
])('refuses a visibility timeout that SQS does not offer: %s', (visibilityTimeout, got) => {
  expect(refusal({ visibilityTimeout })).toThrow(new Error(
    `[Shop/Emails] 'visibilityTimeout' must be whole seconds, from 1 second to 12 hours, got '${got}'; SQS hides a message no longer: split the work`,
  ));
});

test.each([
  [Duration.seconds(59), '59 seconds'],
  [Duration.days(15), '15 days'],
  [Duration.millis(60500), '1 minute 500 millis'],
])('refuses a retention that SQS does not offer: %s', (retention, got) => {
  expect(refusal({ retention })).toThrow(new Error(
    `[Shop/Emails] 'retention' must be whole seconds, from 1 minute to 14 days, got '${got}'; SQS keeps a message no longer: what must last belongs in a database`,
  ));
});

test.each([0, -1, 1.5, 1001, NaN, Infinity])('refuses to try a message %d times', (maxReceiveCount) => {
  expect(refusal({ maxReceiveCount })).toThrow(new Error(
    `[Shop/Emails] 'maxReceiveCount' must be a whole number from 1 to 1000, got ${maxReceiveCount}; say how often a message is tried`,
  ));
});

test('refuses a retention within which a message cannot become a dead letter', () => {
  expect(refusal({ retention: Duration.hours(1), visibilityTimeout: Duration.minutes(12) })).toThrow(new Error(
    "[Shop/Emails] 'retention' must be longer than all attempts at a message take ('maxReceiveCount' times 'visibilityTimeout': 1 hour), got '1 hour'; "
    + 'raise it, or SQS deletes a message before it becomes a dead letter',
  ));
});

test.each([
  [Duration.days(4), '4 days'],
  [Duration.millis(1500), '1 second 500 millis'],
  [Duration.seconds(0), '0 seconds'],
])('refuses an age that no message reaches, or every message has: %s', (maxAge, got) => {
  expect(refusal({ maxAge })).toThrow(new Error(
    `[Shop/Emails] 'maxAge' must be whole seconds, and shorter than 'retention', 4 days, got '${got}'; no message gets older than its retention, so the alarm would never go off`,
  ));
});

test.each<[string, PlatformQueueProps]>([
  ['visibilityTimeout', { visibilityTimeout: Duration.seconds(Lazy.number({ produce: () => 60 })) }],
  ['retention', { retention: Duration.days(Lazy.number({ produce: () => 4 })) }],
  ['maxReceiveCount', { maxReceiveCount: Lazy.number({ produce: () => 5 }) }],
  ['maxAge', { maxAge: Duration.minutes(Lazy.number({ produce: () => 5 })) }],
])('refuses a %s that only the deployment knows', (prop, props) => {
  expect(refusal(props)).toThrow(new Error(`[Shop/Emails] '${prop}' must be known at synth; write the value itself, not a parameter or a reference`));
});

test('whatever the numbers, either refuses them in words or lets every message become a dead letter in time', () => {
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const duration = fc.oneof(fc.integer({ min: 0, max: 2_000_000 }), fc.constantFrom(1, 59, 60, 43200, 43201, 1209600)).map((it) => Duration.seconds(it));
  const props = fc.record({
    visibilityTimeout: maybe(duration),
    retention: maybe(duration),
    maxAge: maybe(duration),
    maxReceiveCount: maybe(fc.oneof(fc.integer({ min: -1, max: 1100 }), fc.double())),
    fifo: maybe(fc.boolean()),
    variable: maybe(fc.oneof(fc.constantFrom('OUTBOX_URL'), fc.string())),
  });

  fc.assert(fc.property(props, (some) => {
    const stack = stackOf();
    let queue: PlatformQueue;
    try {
      queue = new PlatformQueue(stack, 'Emails', some);
    } catch (error) {
      expect((error as Error).message).toMatch(/^\[Shop\/Emails\] '\w+' must [^;]+(, got [^]*)?; .+$/);
      return;
    }
    const { Properties: it } = Object.values(Template.fromStack(stack).findResources('AWS::SQS::Queue')).find(({ Properties }) => Properties.RedrivePolicy)!;
    expect(it.VisibilityTimeout * it.RedrivePolicy.maxReceiveCount).toBeLessThan(it.MessageRetentionPeriod);
    expect(queue.observe().signals.find(({ id }) => id === 'Stuck')!.condition.threshold).toBeLessThan(it.MessageRetentionPeriod);
  }), { numRuns: 100 });
});
