import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { errorPercent, PERSISTENT, worstOf } from './error-share';
import { AlarmCondition, type Observation, type ObservedMetric, Severity, type Signal } from '../contracts';

export interface ObservedBucket {
  readonly subject: IConstruct;
  readonly bucket: s3.IBucket;
  /** The metrics configuration that counts all requests, if the bucket has one. */
  readonly requestMetrics?: string;
}

const PERIOD = Duration.minutes(1);

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html */
export function observeBucket({ subject, bucket, requestMetrics }: ObservedBucket): Observation {
  const requests = requestMetrics === undefined ? undefined : observeRequests(bucket, requestMetrics);
  return {
    subject,
    title: subject.node.id,
    metrics: [
      { title: 'Size (bytes)', metric: daily(bucket, 'BucketSizeBytes', 'StandardStorage') },
      { title: 'Objects', metric: daily(bucket, 'NumberOfObjects', 'AllStorageTypes') },
      ...requests?.metrics ?? [],
    ],
    signals: requests?.signals ?? [],
  };
}

/** S3 counts these once a day. */
function daily(bucket: s3.IBucket, metricName: string, storageType: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/S3', metricName, dimensionsMap: { BucketName: bucket.bucketName, StorageType: storageType }, statistic: cloudwatch.Stats.AVERAGE, period: Duration.days(1),
  });
}

function observeRequests(bucket: s3.IBucket, filterId: string): { metrics: ObservedMetric[]; signals: Signal[] } {
  const request = (metricName: string, statistic: string) => new cloudwatch.Metric({
    namespace: 'AWS/S3', metricName, dimensionsMap: { BucketName: bucket.bucketName, FilterId: filterId }, statistic, period: PERIOD,
  });
  const errors = request('5xxErrors', cloudwatch.Stats.SUM);
  return {
    metrics: [
      { title: 'Requests (per minute)', metric: request('AllRequests', cloudwatch.Stats.SUM) },
      { title: '4xx responses (per minute)', metric: request('4xxErrors', cloudwatch.Stats.SUM) },
      { title: '5xx responses (per minute)', metric: errors },
      { title: 'Time to the first byte, p99 (ms)', metric: request('FirstByteLatency', cloudwatch.Stats.p(99)) },
    ],
    signals: [{
      id: 'Errors',
      title: 'Objects cannot be read or written, and retries do not help',
      metric: new cloudwatch.MathExpression({
        label: '5xx responses (%)',
        expression: worstOf([errorPercent('errors', 'requests')], 'requests'),
        usingMetrics: { requests: request('AllRequests', cloudwatch.Stats.SUM), errors },
        period: PERIOD,
      }),
      condition: AlarmCondition.above(5),
      ...PERSISTENT,
      severity: Severity.P2,
      runbook: 'bucket/errors',
    }],
  };
}
