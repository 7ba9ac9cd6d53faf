import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmCondition, type ObservedMetric, Severity, type Signal } from '../contracts';
import { METRIC_NAMESPACE } from '../handlers/migration-guard/contract';

/** What to look at in the runs of the migrations of a database, and what to be told of. Each run reports once. */
export function observeMigrations(database: string): { metrics: ObservedMetric[]; signals: Signal[] } {
  const metric = (metricName: string): cloudwatch.Metric => new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE, metricName, dimensionsMap: { Database: database }, period: Duration.minutes(5), statistic: cloudwatch.Stats.MAXIMUM,
  });
  // It stays so until a run says otherwise.
  const happened = { condition: AlarmCondition.above(0), evaluationPeriods: 1, missingData: cloudwatch.TreatMissingData.IGNORE };
  const unreverted = new cloudwatch.MathExpression({
    label: 'Migrations that were to be taken back and are not',
    // SUM passes over what is missing: each run reports whether it failed, and only a failure to take back reports the other.
    expression: 'SUM([unreverted, 0 * ended])',
    usingMetrics: { unreverted: metric('RevertFailed'), ended: metric('MigrationFailed') },
    period: Duration.minutes(5),
  });
  return {
    metrics: [
      { title: 'Migrations applied', metric: metric('MigrationsApplied') },
      { title: 'Time of a run (s)', metric: metric('MigrationSeconds') },
    ],
    signals: [
      {
        id: 'MigrationFailed',
        title: 'A migration failed, and the deployment with it; the former version runs on',
        metric: metric('MigrationFailed'),
        ...happened,
        severity: Severity.P2,
        runbook: 'managed-postgres/migration-failed',
      },
      {
        id: 'RevertFailed',
        title: 'A deployment was rolled back, and its migrations were to be taken back but are not: the former version runs on a newer schema',
        metric: unreverted,
        ...happened,
        severity: Severity.P1,
        runbook: 'managed-postgres/revert-failed',
      },
      {
        id: 'SchemaAhead',
        title: 'The schema has migrations that the running version does not know',
        metric: metric('SchemaAhead'),
        ...happened,
        severity: Severity.P3,
        runbook: 'managed-postgres/schema-ahead',
      },
    ],
  };
}
