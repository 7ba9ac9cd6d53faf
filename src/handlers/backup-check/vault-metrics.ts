import { BACKUP_NAMESPACE, type BackupMetrics } from './contract';
import type { Measurement } from './measurement';

/**
 * Log lines that CloudWatch takes for metrics: one for the vault, with what to do something about, and one for each
 * thing.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function vaultMetrics(
  vault: string,
  found: Measurement,
  now: number,
): { message: string; [field: string]: unknown }[] {
  const metrics: BackupMetrics = {
    BackupsOverdue: found.overdue.length,
    BackupsWithIssues: Object.keys(found.withIssues).length,
    ContinuousBackupsMissing: found.missing.length,
    ContinuousBackupsEnding: Object.keys(found.ending).length,
  };
  const { ages, ...details } = found;
  return [
    ...Object.entries(ages).map(([name, age]) => ({
      message: 'backup',
      Vault: vault,
      Resource: name,
      BackupAge: Math.round(age * 10) / 10,
      _aws: embedded(['BackupAge'], ['Vault', 'Resource'], now),
    })),
    { message: 'vault', Vault: vault, ...metrics, ...details, _aws: embedded(Object.keys(metrics), ['Vault'], now) },
  ];
}

function embedded(names: string[], dimensions: string[], Timestamp: number): object {
  return {
    Timestamp,
    CloudWatchMetrics: [
      { Namespace: BACKUP_NAMESPACE, Dimensions: [dimensions], Metrics: names.map(Name => ({ Name })) },
    ],
  };
}
