import { Duration } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { AlarmCondition, type Observation, Severity, type Signal } from '../contracts';
import { BACKUP_NAMESPACE, type BackupMetrics } from '../handlers/backup-check/contract';

const PERIOD = Duration.hours(1);

/** Hours from a backup that fails until that of the next day is made: it begins within four hours of its time, and may take twelve. */
const UNTIL_THE_NEXT = 36;

/** How often the function looks. */
const LOOK = Duration.hours(1);

/** Looks that may fail, or fall into the hour beside, before silence is an alarm. */
const LOOKS = 3;

/** @see https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html */
export function observeVault(subject: Construct, vault: backup.BackupVault, things: readonly string[]): Observation {
  const count = (metricName: string) =>
    new cloudwatch.Metric({
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
      ...things.map((Resource) => ({
        title: `Age of the newest backup of ${Resource} (hours)`,
        metric: look(vault, 'BackupAge', { Resource }),
      })),
    ],
    signals: [
      {
        id: 'BackupFailed',
        title: 'A backup did not come about: what is written today may be lost tomorrow',
        metric: lost,
        condition: AlarmCondition.above(0),
        evaluationPeriods: UNTIL_THE_NEXT,
        datapointsToAlarm: 1,
        severity: Severity.P2,
        runbook: 'backup-vault/backup-failed',
      },
      {
        ...found(
          vault,
          'BackupsOverdue',
          'Something has no backup of the last day, or nobody looks whether it has',
          'backup-overdue',
        ),
        evaluationPeriods: LOOKS,
        missingData: cloudwatch.TreatMissingData.BREACHING,
      },
      found(
        vault,
        'BackupsWithIssues',
        'The last backup of something is complete, but for what its message says',
        'backup-with-issues',
      ),
      found(
        vault,
        'ContinuousBackupsMissing',
        'Something cannot be restored to any second, as it should',
        'continuous-backup-missing',
      ),
      found(
        vault,
        'ContinuousBackupsEnding',
        'A database has left the vault, and AWS Backup will switch its automated backups off',
        'continuous-backup-ending',
      ),
    ],
  };
}

/** What the function finds, and what stays until it finds something else. */
function found(vault: backup.BackupVault, id: keyof BackupMetrics, title: string, page: string): Signal {
  return {
    id,
    title,
    metric: look(vault, id),
    condition: AlarmCondition.above(0),
    evaluationPeriods: 1,
    severity: Severity.P2,
    runbook: `backup-vault/${page}`,
    missingData: cloudwatch.TreatMissingData.IGNORE,
  };
}

function look(
  vault: backup.BackupVault,
  metricName: keyof BackupMetrics | 'BackupAge',
  dimensions: { [name: string]: string } = {},
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: BACKUP_NAMESPACE,
    metricName,
    dimensionsMap: { Vault: vault.backupVaultName, ...dimensions },
    statistic: cloudwatch.Stats.MAXIMUM,
    period: LOOK,
  });
}
