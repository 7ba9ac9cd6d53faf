import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import type { ManagedPostgresProps } from '../../src/managed-postgres/managed-postgres-props';
import { evaluate, goesOff, type Series } from '../platform-service/metric-math';
import { databaseProps, stackOf, vpcIn } from '../support';

const GIBIBYTE = 2 ** 30;
const [HOURS_OF_DAY, SECONDS_OF_DAY] = [24, 86_400];

function signalOf(props: Partial<ManagedPostgresProps> = {}) {
  const stack = stackOf();
  const database = new ManagedPostgres(stack, 'Orders', { ...databaseProps(vpcIn(stack)), ...props });
  return database.observe().signals.find(({ id }) => id === 'StorageFullSoon')!;
}

function expressionOf(metric: cloudwatch.IMetric): string {
  return metric.toMetricConfig().mathExpression!.expression;
}

/** From 50 GiB to 500, as by default. */
const signal = signalOf();
const expression = expressionOf(signal.metric);

/** Days that are left on each of these days, by the free storage of each in GiB. */
function daysLeft(free: (number | undefined)[], of = expression): Series {
  return evaluate(of, { free: free.map((it) => it === undefined ? undefined : it * GIBIBYTE) }, free.length, SECONDS_OF_DAY);
}

/** An instance of RDS, hour by hour. */
interface Filling {
  /** GiB in use at this hour. */
  readonly used: (hour: number) => number;
  readonly days: number;
  readonly allocated?: number;
  readonly max?: number;
}

/** GiB free at each hour, while RDS lets storage grow: by a tenth or 10 GiB when a tenth is free, six hours after the last time. */
function freeWhile({ used, days, allocated = 50, max = 500 }: Filling): number[] {
  let [storage, grown] = [allocated, -6];
  return Array.from({ length: days * HOURS_OF_DAY }, (_, hour) => {
    if (storage - used(hour) <= storage / 10 && hour - grown >= 6) {
      [storage, grown] = [Math.min(max, storage + Math.max(10, storage / 10)), hour];
    }
    return Math.max(0, storage - used(hour));
  });
}

/** Hours at which the alarm is on: at each hour it looks at the three days before. */
function hoursWithAlarm(filling: Filling, { metric, condition, evaluationPeriods, datapointsToAlarm } = signal): number[] {
  const free = freeWhile(filling);
  const alarm = { threshold: condition.threshold!, periods: evaluationPeriods, datapoints: datapointsToAlarm!, below: true };
  const averageBefore = (hour: number) => free.slice(hour - HOURS_OF_DAY, hour).reduce((sum, it) => sum + it, 0) / HOURS_OF_DAY;
  const daysBefore = (hour: number) => [2, 1, 0].map((days) => averageBefore(hour - days * HOURS_OF_DAY));
  return free.map((_, hour) => hour).filter((hour) => hour >= 3 * HOURS_OF_DAY && goesOff(daysLeft(daysBefore(hour), expressionOf(metric)), alarm));
}

function hourWithoutStorage(filling: Filling): number {
  return freeWhile(filling).indexOf(0);
}

describe('the days that are left', () => {
  test('count what RDS may still add', () => {
    expect(daysLeft([45, 40])).toEqual([undefined, (40 + 450) / 5]);
  });

  test('count only what is there, once it lasts for less than five days', () => {
    expect(daysLeft([30, 25, 20])).toEqual([undefined, (25 + 450) / 5, 4]);
  });

  test('count only what is there where RDS may not add any', () => {
    expect(daysLeft([70_000, 60_000], expressionOf(signalOf({ allocatedStorage: 65_536 }).metric))).toEqual([undefined, 6]);
  });

  test.each([
    ['less goes in than comes and goes', [40, 39.6, 39.2]],
    ['nothing goes in', [40, 40, 40]],
    ['rows are deleted', [40, 41, 43]],
    ['RDS adds storage', [8, 6, 14]],
  ])('are not told while %s', (_, [before, yesterday, today]) => {
    expect(daysLeft([before, yesterday, today])[2]).toBeUndefined();
  });

  test('are told by the true time between two days where one is missing', () => {
    expect(daysLeft([45, undefined, 35])).toEqual([undefined, undefined, (35 + 450) / 5]);
  });

  test('are not told by a day alone, or by none', () => {
    expect(daysLeft([45])).toEqual([undefined]);
    expect(daysLeft([undefined, undefined])).toEqual([undefined, undefined]);
  });
});

describe('the alarm', () => {
  test.each([[1, 3.5], [2.5, 3.5], [5, 3.5], [10, 3.5]])('of a database with %d GiB a day that has all that RDS may add comes %d days before the end', (gibibytes, days) => {
    const filling = { used: (hour: number) => 400 + gibibytes * hour / 24, days: 100 / gibibytes + 1, allocated: 500 };

    expect((hourWithoutStorage(filling) - hoursWithAlarm(filling)[0]) / HOURS_OF_DAY).toBeCloseTo(days, 1);
  });

  test('comes sooner where RDS may add nothing from the beginning', () => {
    const filling = { used: (hour: number) => 50_000 + 700 * hour / 24, days: 23, allocated: 65_536, max: 65_536 };

    const hours = hoursWithAlarm(filling, signalOf({ allocatedStorage: 65_536 }));

    expect((hourWithoutStorage(filling) - hours[0]) / HOURS_OF_DAY).toBeCloseTo(5.5, 1);
  });

  test.each([[20, 0.4], [50, 1], [100, 0.5], [100, 2], [1000, 20]])('stays off while RDS adds to %d GiB what %d GiB a day need', (allocated, gibibytes) => {
    const max = allocated * 10;
    const filling = { used: (hour: number) => allocated * 0.6 + gibibytes * hour / 24, days: 200, allocated, max };

    expect(hoursWithAlarm(filling, signalOf({ allocatedStorage: allocated }))).toEqual([]);
  });

  test('is on at times while so much comes in that RDS hardly keeps up', () => {
    expect(hoursWithAlarm({ used: (hour) => 30 + 2.5 * hour / 24, days: 20 }).length).toBeGreaterThan(0);
  });

  test('stays off for what comes at day and goes at night', () => {
    expect(hoursWithAlarm({ used: (hour) => 20 + hour % 24, days: 20, max: 50 })).toEqual([]);
  });

  test('stays off for one import', () => {
    expect(hoursWithAlarm({ used: (hour) => hour < 100 ? 10 : 20, days: 10 })).toEqual([]);
  });

  test('stays off for noise, however little is left', () => {
    expect(hoursWithAlarm({ used: (hour) => 46 + hour / 24 / 4, days: 12, max: 50 })).toEqual([]);
  });
});

test('looks at days, so that CloudWatch looks once an hour', () => {
  expect(signal.metric.toMetricConfig().mathExpression!.period).toBe(SECONDS_OF_DAY);
  expect(signal).toMatchObject({ evaluationPeriods: 3, datapointsToAlarm: 2, condition: { threshold: 7 } });
});
