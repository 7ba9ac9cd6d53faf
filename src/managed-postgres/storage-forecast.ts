import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as rds from 'aws-cdk-lib/aws-rds';

/** What the template says of the storage of an instance. */
export interface KnownStorage {
  /** Storage to begin with, in GiB. */
  readonly allocatedStorage: number;
  /** Storage in GiB up to which RDS lets it grow by itself; undefined if it does not. */
  readonly maxAllocatedStorage?: number;
}

const GIBIBYTE = 2 ** 30;
const PERIOD = Duration.days(1);

/** The share of the storage that comes and goes within a day: write-ahead log, temporary files, rows not vacuumed yet. */
const NOISE = 1 / 100;

/**
 * Days within which RDS must have added storage, if it can. It does so when a tenth is free, by a tenth or 10 GiB, and every six hours at
 * most: where storage lasts for less than five days all the same, it has reached the maximum, or 3 % of it and more come in on a day.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
 */
const WITHOUT_HELP = 5;

/**
 * Days until storage is full, if it fills as it did from yesterday to today: what is free together with what RDS may still add, or only
 * what is free, where that lasts for less than five days. Nothing, where no more comes in than comes and goes.
 *
 * It compares the averages of two days: metric math sees no further back than to the value before, and a day and a night cancel each
 * other out. An import of two fifths of what is free passes for growth, for a day. Of what fills the storage within three days, it is
 * `LowStorage` that tells.
 *
 * RDS reports what is free, and not what there is: what it may still add counts from `allocatedStorage` in the template, and is too much
 * once RDS has added some. On a day on which it does so, free storage jumps up, and there is no result. Performance Insights knows what
 * there is, but by a resource id, which a restored copy does not take over.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function daysOfStorage(instance: rds.IDatabaseInstance, { allocatedStorage, maxAllocatedStorage = allocatedStorage }: KnownStorage): cloudwatch.IMetric {
  const room = GIBIBYTE * Math.max(maxAllocatedStorage - allocatedStorage, 0);
  const noise = Math.round(GIBIBYTE * allocatedStorage * NOISE);
  const growth = `(-${PERIOD.toSeconds()} * RATE(free))`;
  return new cloudwatch.MathExpression({
    label: 'Days until storage is full',
    expression: `IF(${growth} > ${noise}, IF(free / ${growth} < ${WITHOUT_HELP}, free / ${growth}, (free + ${room}) / ${growth}))`,
    usingMetrics: { free: instance.metricFreeStorageSpace({ period: PERIOD, statistic: cloudwatch.Stats.AVERAGE }) },
    period: PERIOD,
  });
}
