import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AlarmCondition, Severity } from '../../src/contracts';
import { observeBucket } from '../../src/golden-signals/bucket';
import { evaluate, goesOff, type Series } from '../platform-service/metric-math';
import { stackOf } from '../support';

const stack = stackOf();
const bucket = s3.Bucket.fromBucketName(stack, 'Uploads', 'uploads');
const uncounted = observeBucket({ subject: bucket, bucket });
const counted = observeBucket({ subject: bucket, bucket, requestMetrics: 'EntireBucket' });
const [errors] = counted.signals;
const { expression, usingMetrics } = errors.metric.toMetricConfig().mathExpression!;

function read(metric: cloudwatch.IMetric) {
  const { namespace, metricName, statistic, dimensions = [], period } = metric.toMetricConfig().metricStat!;
  return [namespace, metricName, statistic, Object.fromEntries(dimensions.map(({ name, value }) => [name, value])), period.toSeconds()];
}

const share = (requests: Series, failed: Series): Series => evaluate(expression, { requests, errors: failed }, requests.length);
const minutes = (value?: number): Series => Array.from({ length: 5 }, () => value);

test('shows what S3 measures once a day of every bucket', () => {
  expect(uncounted).toMatchObject({ subject: bucket, title: 'Uploads' });
  expect(uncounted.metrics.map(({ title, metric }) => [title, ...read(metric)])).toEqual([
    ['Size (bytes)', 'AWS/S3', 'BucketSizeBytes', 'Average', { BucketName: 'uploads', StorageType: 'StandardStorage' }, 86_400],
    ['Objects', 'AWS/S3', 'NumberOfObjects', 'Average', { BucketName: 'uploads', StorageType: 'AllStorageTypes' }, 86_400],
  ]);
});

test('has no signal where S3 counts no requests', () => {
  expect(uncounted.signals).toEqual([]);
});

test('shows the requests of a bucket that counts them', () => {
  const dimensions = { BucketName: 'uploads', FilterId: 'EntireBucket' };

  expect(counted.metrics.slice(2).map(({ title, metric }) => [title, ...read(metric)])).toEqual([
    ['Requests (per minute)', 'AWS/S3', 'AllRequests', 'Sum', dimensions, 60],
    ['4xx responses (per minute)', 'AWS/S3', '4xxErrors', 'Sum', dimensions, 60],
    ['5xx responses (per minute)', 'AWS/S3', '5xxErrors', 'Sum', dimensions, 60],
    ['Time to the first byte, p99 (ms)', 'AWS/S3', 'FirstByteLatency', 'p99', dimensions, 60],
  ]);
});

test('compares the errors of S3 with all requests of the same filter', () => {
  const dimensions = { BucketName: 'uploads', FilterId: 'EntireBucket' };

  expect(errors).toMatchObject({ id: 'Errors', condition: AlarmCondition.above(5), evaluationPeriods: 10, datapointsToAlarm: 5, severity: Severity.P2, runbook: 'bucket/errors' });
  expect(read(usingMetrics.requests)).toEqual(['AWS/S3', 'AllRequests', 'Sum', dimensions, 60]);
  expect(read(usingMetrics.errors)).toEqual(['AWS/S3', '5xxErrors', 'Sum', dimensions, 60]);
});

test('goes off when more than a twentieth of the requests fails in five minutes of ten', () => {
  const alarm = { threshold: 5, periods: 10, datapoints: 5 };

  expect(goesOff(share(minutes(1000), minutes(51)), alarm)).toBe(true);
  expect(goesOff(share(minutes(1000), minutes(50)), alarm)).toBe(false);
  expect(goesOff(share(minutes(1000), [51, 51, undefined, 51, 51]), alarm)).toBe(false);
});

test('says nothing about minutes without requests, and divides by none', () => {
  expect(share([0, 12], [undefined, 3])).toEqual([0, 25]);
  expect(share(minutes(), minutes())).toEqual(minutes());
});

test('does not take a minute that is not reported yet for a healthy one', () => {
  expect(share([10, 10, undefined], [5, 5, undefined])).toEqual([50, 50, undefined]);
});
