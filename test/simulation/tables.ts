import { delay, type ModelledAlarm, run, timesOff } from './observed-signals';
import { Random } from './random';
import { type Minute, reportOf } from './web-service';

const [RUNS, DAY, MONTH] = [40, 24 * 60, 30 * 24 * 60];

/** A service, and when what happens begins, in minutes. The first minute of it has a part that is well. */
function broken(requests: number, errors: number, onset: number, minutes: number, share: (minute: number) => number | undefined = () => undefined): Minute[] {
  return Array.from({ length: minutes }, (_, minute) => {
    const part = Math.min(1, Math.max(0, minute + 1 - onset));
    const probability = 0.005 + part * (errors - 0.005);
    const green = share(minute);
    return green === undefined ? { requests, errors: { blue: probability } } : { requests, green, errors: { blue: 0.005, green: probability } };
  });
}

/** Minutes from the onset to the alarm: the median and the slowest of twenty, over an hour. */
export function detection(alarms: { [id: string]: ModelledAlarm }, requests: number, errors: number): { [id: string]: string } {
  const delays: { [id: string]: (number | undefined)[] } = {};
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = new Random(seed);
    const onset = 20 + random.uniform();
    const reported = reportOf(broken(requests, errors, onset, 80), random);
    Object.entries(alarms).forEach(([id, alarm]) => (delays[id] ??= []).push(delay(run(alarm, reported, 80, random), onset)));
  }
  return Object.fromEntries(Object.entries(delays).map(([id, its]) => [id, summary(its)]));
}

/** How many of the deployments of a bad version go back: while it has a tenth of the traffic, and in all. */
export function takenBack(alarm: ModelledAlarm, requests: number, errors: number): { step: number; all: number } {
  const [start, step, bake] = [20, 5, 10];
  const delays = Array.from({ length: RUNS }, (_, seed) => {
    const random = new Random(seed + 1);
    const share = (minute: number) => minute < start ? undefined : minute < start + step ? 0.1 : 1;
    const minutes = start + step + bake;
    return delay(run(alarm, reportOf(broken(requests, errors, start, minutes, share), random), minutes, random), start);
  });
  const within = (limit: number) => Math.round(100 * delays.filter((it) => it !== undefined && it <= limit).length / RUNS);
  return { step: within(step), all: within(step + bake) };
}

const day = (minute: number) => 0.5 * (1 - Math.cos(2 * Math.PI * minute / DAY));
const well = (requests: number, errors: number): Minute => ({ requests, errors: { blue: errors, green: errors } });

const MISSING = (minute: number): Minute => ({ ...well(50, 0.01), silent: minute % 100 === 50 });

/** The new version gets a tenth for five minutes, then all for fifteen. */
const deployed = (minute: number): Minute => ({
  ...well(100, 0.005), ...minute < 5 ? { green: 0.1, cpu: { average: 60, highest: 85 } } : { green: 1 }, ...minute === 5 && { brokenOff: 4 },
});

/** Months in which nothing is wrong that should wake anybody up. */
export const MONTHS: { [name: string]: (minute: number) => Minute } = {
  'night and day, 0.2 to 200 requests a minute, 1 % errors': (minute) => well(0.2 + 200 * day(minute), 0.01),
  '19 requests a minute, 2 % errors': () => well(19, 0.02),
  '100 requests a minute, 2 % errors': () => well(100, 0.02),
  'two deployments a day: 4 requests break off, CPU at 85 % for 5 minutes': (minute) => minute % (DAY / 2) < 20
    ? deployed(minute % (DAY / 2))
    : well(100, 0.005),
  'scaling each hour: one task less than the fewest for 4 minutes, the busiest at 85 %': (minute) => ({
    ...well(100, 0.005), ...minute % 60 < 4 && { tasks: 1, cpu: { average: 60, highest: 85 } },
  }),
  'missing data: 1 minute of 100 is never reported, 2 are 10 minutes late': MISSING,
  'a database that fails over each week, for 60 seconds': (minute) => well(100, minute % (7 * DAY) === 100 ? 0.6 : minute % (7 * DAY) === 101 ? 0.4 : 0.005),
  'one caller who tries 3 times a minute, for 10 minutes each night, and fails': (minute) => minute % DAY < 10 ? well(3, 1) : well(0.3 + 20 * day(minute), 0.005),
};

export function falseAlarms(alarms: { [id: string]: ModelledAlarm }, month: (minute: number) => Minute): { [id: string]: number } {
  const random = new Random(7);
  const reported = reportOf(Array.from({ length: MONTH }, (_, minute) => month(minute)), random);
  const late = (minute: number) => minute % 50 === 25 ? 10 : 0;
  return Object.fromEntries(Object.entries(alarms).map(([id, alarm]) => [id, timesOff(run(alarm, reported, MONTH, random, month === MISSING ? late : undefined))]));
}

/** Minutes from the moment at which a metric passes its threshold, or is missing, to the alarm. */
export function plainDelay(alarm: ModelledAlarm): string {
  const [name] = Object.values(alarm.reads);
  const { threshold, comparison, missingData } = alarm.rule;
  const high = /^Greater/.test(comparison);
  const [good, bad] = high ? [threshold - 1, threshold + 1] : [threshold + 1, missingData === 'breaching' ? undefined : threshold - 1];
  const delays = Array.from({ length: RUNS }, (_, seed) => {
    const random = new Random(seed + 1);
    const onset = 30 + random.uniform();
    // Of the minute in which it begins, the statistic is on either side.
    const series = Array.from({ length: 80 }, (__, minute) => minute < onset ? good : bad);
    return delay(run(alarm, { [name]: series }, 80, random), onset);
  });
  return summary(delays);
}

function summary(delays: (number | undefined)[]): string {
  const seen = delays.filter((it): it is number => it !== undefined).sort((a, b) => a - b);
  const share = Math.round(100 * seen.length / delays.length);
  const [median, slow] = [0.5, 0.95].map((it) => Math.round(seen[Math.floor(it * seen.length)]));
  return share <= 10 ? 'no' : share < 95 ? `${median}, in ${share} % of the runs` : `${median} (${slow})`;
}
