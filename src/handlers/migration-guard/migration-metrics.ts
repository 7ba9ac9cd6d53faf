import { METRIC_NAMESPACE } from './contract';

/** The metrics of migrations, by their names. */
export interface MigrationMetrics {
  readonly MigrationsApplied?: number;
  readonly MigrationsReverted?: number;
  readonly MigrationFailed?: number;
  readonly MigrationSeconds?: number;
  readonly SchemaAhead?: number;
  readonly RevertFailed?: number;
}

/**
 * Fields of a log line that CloudWatch takes for metrics of a database.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function migrationMetrics(database: string, values: MigrationMetrics): object {
  return {
    Database: database,
    ...values,
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{
        Namespace: METRIC_NAMESPACE,
        Dimensions: [['Database']],
        Metrics: Object.keys(values).map(Name => ({ Name, Unit: Name === 'MigrationSeconds' ? 'Seconds' : 'Count' })),
      }],
    },
  };
}
