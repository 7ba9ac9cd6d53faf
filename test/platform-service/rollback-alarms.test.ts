import { Duration, NestedStack, Stage, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { evaluate, goesOff, type Series } from './metric-math';
import { PlatformService } from '../../src/platform-service/platform-service';
import { Rollout } from '../../src/platform-service/rollout';
import { appOf, ENV, stackIn, stackOf, vpcIn, webProps } from '../support';

const MINUTES = 6;

interface Group {
  readonly requests?: number;
  readonly errors?: number;
  readonly latency?: number;
}

/** Six minutes of the same. */
function steadily(value?: number): Series {
  return Array.from({ length: MINUTES }, () => value);
}

/** The alarm as CloudFormation gets it. */
function alarmOf(id: 'Errors' | 'Latency', rollout?: Rollout): any {
  const stack = stackOf();
  new PlatformService(stack, 'Api', { ...webProps(stack, vpcIn(stack)), rollout });
  const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map((it) => it.Properties);
  return alarms.find((it) => it.AlarmName.endsWith(`-${id}`));
}

/** What the alarm computes when the target groups report this, minute for minute. */
function computed(alarm: any, blue: Group, green: Group, unanswered = 0): Series {
  const expression = alarm.Metrics.find((it: any) => it.Expression);
  const data: { [metric: string]: (group: Group) => number | undefined } = {
    RequestCount: (group) => group.requests,
    HTTPCode_Target_5XX_Count: (group) => group.errors,
    TargetResponseTime: (group) => group.latency,
  };
  const metrics = Object.fromEntries(alarm.Metrics.filter((it: any) => it.MetricStat).map((it: any) => {
    const { MetricName, Dimensions } = it.MetricStat.Metric;
    if (Dimensions.length === 1) {
      return [it.Id, steadily(MetricName === 'HTTPCode_ELB_5XX_Count' ? unanswered : (blue.requests ?? 0) + (green.requests ?? 0))];
    }
    const [group] = Dimensions.filter((dimension: any) => dimension.Name === 'TargetGroup').map((dimension: any) => JSON.stringify(dimension.Value));
    return [it.Id, steadily(data[MetricName](group.includes('Blue') ? blue : green))];
  }));
  return evaluate(expression.Expression, metrics, MINUTES);
}

function isRolledBack(alarm: any, blue: Group, green: Group, unanswered?: number): boolean {
  return goesOff(computed(alarm, blue, green, unanswered), { threshold: alarm.Threshold, periods: alarm.EvaluationPeriods, datapoints: alarm.DatapointsToAlarm });
}

describe('the alarm on errors', () => {
  let alarm: any;
  beforeAll(() => {
    alarm = alarmOf('Errors', Rollout.canary({ percent: 10 }));
  });

  test('goes off when a tenth of the traffic fails at 20 %, which the sum of both versions would hide', () => {
    const blue = { requests: 900, errors: 0 };
    const green = { requests: 100, errors: 20 };

    expect(isRolledBack(alarm, blue, green)).toBe(true);
    expect(isRolledBack(alarm, green, blue)).toBe(true);
    expect(computed(alarm, blue, green)).toEqual(steadily(20));
    const summed = evaluate('100 * (be + ge) / (br + gr)', { be: [0], ge: [20], br: [900], gr: [100] }, 1);
    expect(summed[0]).toBeLessThan(alarm.Threshold);
  });

  test('stays quiet while both versions are well', () => {
    expect(isRolledBack(alarm, { requests: 900, errors: 9 }, { requests: 100, errors: 5 })).toBe(false);
  });

  test('stays quiet at the threshold itself', () => {
    expect(isRolledBack(alarm, { requests: 900 }, { requests: 100, errors: 5 })).toBe(false);
    expect(isRolledBack(alarm, { requests: 900 }, { requests: 100, errors: 6 })).toBe(true);
  });

  test('watches one version while the other gets no traffic and reports nothing', () => {
    expect(isRolledBack(alarm, { requests: 500, errors: 100 }, {})).toBe(true);
    expect(isRolledBack(alarm, {}, { requests: 500, errors: 100 })).toBe(true);
    expect(isRolledBack(alarm, { requests: 500 }, {})).toBe(false);
  });

  test('goes off when tasks do not answer at all, which only the load balancer counts', () => {
    expect(isRolledBack(alarm, { requests: 500 }, {}, 100)).toBe(true);
    expect(isRolledBack(alarm, { requests: 500 }, {}, 5)).toBe(false);
  });

  test('goes off when no task is left to choose, so that the load balancer counts errors and no requests', () => {
    expect(isRolledBack(alarm, {}, {}, 30)).toBe(true);
  });

  test('goes off at three errors a minute, since a tenth of the traffic of a small service is a few requests', () => {
    expect(isRolledBack(alarm, { requests: 27 }, { requests: 3, errors: 3 })).toBe(true);
    expect(isRolledBack(alarm, { requests: 27 }, { requests: 3, errors: 2 })).toBe(false);
  });

  test('stays quiet while nobody asks for anything', () => {
    expect(isRolledBack(alarm, {}, {})).toBe(false);
  });

  test('wants two bad minutes of three, and takes silence for health', () => {
    expect(alarm).toMatchObject({
      EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: 'notBreaching', ComparisonOperator: 'GreaterThanThreshold', Threshold: 5,
    });
    alarm.Metrics.filter((it: any) => it.MetricStat).forEach((it: any) => expect(it.MetricStat).toMatchObject({ Period: 60, Stat: 'Sum' }));
  });
});

describe('the alarm on latency', () => {
  let alarm: any;
  beforeAll(() => {
    alarm = alarmOf('Latency', Rollout.canary({ percent: 10 }));
  });

  test('goes off when only one version is slow', () => {
    expect(isRolledBack(alarm, { requests: 900, latency: 0.1 }, { requests: 100, latency: 3.1 })).toBe(true);
    expect(isRolledBack(alarm, { requests: 100, latency: 3.1 }, { requests: 900, latency: 0.1 })).toBe(true);
    expect(isRolledBack(alarm, { requests: 20, latency: 3.1 }, {})).toBe(true);
  });

  test('stays quiet below 20 requests a minute, when a cold one decides', () => {
    expect(isRolledBack(alarm, { requests: 19, latency: 9 }, {})).toBe(false);
  });

  test('stays quiet up to the limit, and while nobody asks for anything', () => {
    expect(isRolledBack(alarm, { requests: 500, latency: 3 }, { requests: 500, latency: 2 })).toBe(false);
    expect(isRolledBack(alarm, {}, {})).toBe(false);
  });

  test('looks at the 90th percentile, which some slow requests of an ordinary service do not raise', () => {
    const latencies = alarm.Metrics.filter((it: any) => it.MetricStat?.Metric.MetricName === 'TargetResponseTime');

    expect(latencies.map((it: any) => [it.MetricStat.Period, it.MetricStat.Stat])).toEqual([[60, 'p90'], [60, 'p90']]);
  });
});

test('takes its limits from the rollout', () => {
  const rollout = Rollout.blueGreen({ maxErrorPercent: 0.5, maxLatency: Duration.millis(250) });

  expect(alarmOf('Errors', rollout)).toMatchObject({
    Threshold: 0.5, AlarmDescription: 'More than 0.5 % of the responses are 5xx: a deployment under way is rolled back',
  });
  expect(alarmOf('Latency', rollout)).toMatchObject({
    Threshold: 0.25, AlarmDescription: 'The 90th percentile of the response time is above 250 millis: a deployment under way is rolled back',
  });
});

test.each([
  ['rolling', Rollout.rolling()], ['blue/green', Rollout.blueGreen()], ['linear', Rollout.linear()],
])('are the same for a %s rollout as for a canary', (_, rollout) => {
  const canary = Rollout.canary();

  expect(alarmOf('Errors', rollout)).toEqual(alarmOf('Errors', canary));
  expect(alarmOf('Latency', rollout)).toEqual(alarmOf('Latency', canary));
});

function alarmNamesIn(stack: Stack): string[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map((it) => it.Properties.AlarmName);
}

test('has alarm names that CloudWatch accepts and that differ, however long the path', () => {
  const app = appOf();
  const stacks = ['One', 'Two'].map((id) => stackIn(app, `${id}${'x'.repeat(100)}`));
  stacks.forEach((stack) => new PlatformService(stack, `Api${'y'.repeat(150)}`, webProps(stack, vpcIn(stack))));

  const names = stacks.flatMap(alarmNamesIn);

  expect(new Set(names).size).toBe(4);
  names.forEach((name) => expect(name).toMatch(/^[\w-]{1,255}$/));
});

test('has alarm names of its own in each of two stages and each of two nested stacks', () => {
  const app = appOf();
  const stages = ['Blue', 'Red'].map((id) => new Stage(app, id, { env: ENV }));
  const stacks = stages.map((stage) => stackIn(stage));
  const nested = stacks.map((stack) => new NestedStack(stack, 'Nested'));
  [...stacks, ...nested].forEach((stack) => new PlatformService(stack, 'Api', webProps(stack, vpcIn(stack))));

  const names = [...stacks, ...nested].flatMap(alarmNamesIn);

  expect(new Set(names).size).toBe(8);
  expect(names[0]).toMatch(/^BlueShop-Api-RollbackAlarms-/);
});
