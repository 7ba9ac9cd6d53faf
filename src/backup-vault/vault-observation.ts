import { Duration } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { AlarmCondition, type Observation, Severity } from '../contracts';

const PERIOD = Duration.minutes(5);

/** @see https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html */
export function observeVault(subject: Construct, vault: backup.BackupVault): Observation {
  const count = (metricName: string) => new cloudwatch.Metric({
    namespace: 'AWS/Backup',
    metricName,
    dimensionsMap: { BackupVaultName: vault.backupVaultName },
    statistic: cloudwatch.Stats.SUM,
    period: PERIOD,
  });
  const lost = new cloudwatch.MathExpression({
    label: 'Backups that did not come about',
    // SUM passes over what is missing: filled with 0, the latest period, which arrives late, would count as healthy.
    expression: 'SUM([failed, expired, aborted])',
    usingMetrics: {
      failed: count('NumberOfBackupJobsFailed'),
      expired: count('NumberOfBackupJobsExpired'),
      aborted: count('NumberOfBackupJobsAborted'),
    },
    period: PERIOD,
  });
  return {
    subject,
    title: subject.node.id,
    metrics: [
      { title: 'Backups made', metric: count('NumberOfBackupJobsCompleted') },
      { title: 'Backups that did not come about', metric: lost },
      { title: 'Restores', metric: count('NumberOfRestoreJobsCompleted') },
    ],
    signals: [{
      id: 'BackupFailed',
      title: 'A backup did not come about: what is written today may be lost tomorrow',
      metric: lost,
      condition: AlarmCondition.above(0),
      evaluationPeriods: 1,
      severity: Severity.P2,
      runbook: 'backup-vault/backup-failed',
    }],
  };
}
