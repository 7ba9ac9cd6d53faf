import { METRIC_NAMESPACE } from '../migration-guard/contract';

/**
 * Fields of a log line that CloudWatch takes for metrics.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function gateMetrics(database: string, values: { readonly [name: string]: number }): object {
  return {
    Database: database,
    ...values,
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [['Database']], Metrics: Object.keys(values).map(Name => ({ Name, Unit: 'Count' })) }],
    },
  };
}
