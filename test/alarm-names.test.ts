import { Duration, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AlarmCondition, ObservabilityBundle, PlatformService, Severity, Watchable } from '../src';
import { appOf, stackIn, vpcIn, webProps } from './support';

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const LONGEST = 255;

/** A stack with the longest name that CloudFormation takes, 128 characters. */
function longNamedStack(): Stack {
  return stackIn(appOf(), `Shop${'x'.repeat(124)}`);
}

function alarmNames(stack: Stack): string[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.AlarmName).sort();
}

test('rollback alarms keep names of at most 200 characters and what they are about, however long the way to their service', () => {
  const stack = longNamedStack();
  const around = new Construct(stack, 'y'.repeat(120));
  new PlatformService(around, 'Api', webProps(around, vpcIn(stack)));

  const names = alarmNames(stack);

  expect(names.map((it) => [it.length, it.split('-').at(-1)])).toEqual([[207, 'Errors'], [208, 'Latency']]);
  names.forEach((it) => expect(it.length).toBeLessThanOrEqual(LONGEST));
});

test('two services with the same long beginning have rollback alarms of different names', () => {
  const stack = longNamedStack();
  const around = new Construct(stack, 'y'.repeat(120));
  const vpc = vpcIn(stack);
  ['One', 'Two'].forEach((id) => new PlatformService(around, id, webProps(around, vpc)));

  expect(new Set(alarmNames(stack)).size).toBe(4);
});

describe('the alarms of a bundle', () => {
  /** Two queues whose paths begin alike, below a bundle whose own path is as long. */
  function watchedStack(): Stack {
    const stack = longNamedStack();
    const around = new Construct(stack, 'y'.repeat(120));
    const bundle = new ObservabilityBundle(around, 'Watch');
    ['One', 'Two'].forEach((id) => bundle.watch(Watchable.queue(new sqs.Queue(around, id, { visibilityTimeout: Duration.minutes(1) }))));
    return stack;
  }

  test('have 80 characters for the bundle, 100 for what is watched, and the signal', () => {
    const names = alarmNames(watchedStack());

    expect(names.map((it) => it.length)).toEqual(Array(names.length).fill('-Stuck'.length + 80 + 1 + 100));
  });

  test('have different names for things that are called alike at such length', () => {
    const names = alarmNames(watchedStack());

    expect(names).toHaveLength(2);
    expect(new Set(names).size).toBe(2);
  });

  test('leave room for the longest id that a signal may have', () => {
    const stack = longNamedStack();
    const subject = new Construct(new Construct(stack, 'y'.repeat(120)), 'Search');
    const metric = new cloudwatch.Metric({ namespace: 'Search', metricName: 'Lag' });
    const signal = {
      id: 'L'.repeat(64), title: 'Search is behind', metric, condition: AlarmCondition.above(60), evaluationPeriods: 5, severity: Severity.P2, runbook: 'https://wiki.example.com/search',
    };
    new ObservabilityBundle(new Construct(stack, 'z'.repeat(120)), 'Watch').watch({ observe: () => ({ subject, title: 'Search', metrics: [], signals: [signal] }) });

    const [{ length }] = alarmNames(stack);

    expect(length).toBe(80 + 1 + 100 + 1 + 64);
    expect(length).toBeLessThanOrEqual(LONGEST);
  });
});
