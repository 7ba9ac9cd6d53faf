import * as fs from 'node:fs';
import * as path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BackupVault } from '../../src/backup-vault/backup-vault';
import { Protectable } from '../../src/backup-vault/protectable';
import { AlarmCondition, Severity } from '../../src/contracts';
import { stackOf } from '../support';

function vaultIn(stack: Stack): BackupVault {
  const vault = new BackupVault(stack, 'Backups');
  vault.protect(Protectable.bucket(new s3.Bucket(stack, 'Uploads', { versioned: true })));
  return vault;
}

const vault = vaultIn(stackOf());
const { subject, metrics, signals } = vault.observe();
const signalOf = (id: string) => signals.find((it) => it.id === id)!;

test('shows backups made and failed, restores, and how old the newest backup of each thing is', () => {
  expect(subject).toBe(vault);
  expect(metrics.map(({ title }) => title)).toEqual([
    'Backups made',
    'Backups that did not come about',
    'Restores',
    'Age of the newest backup of Uploads (hours)',
  ]);
});

test('speaks up when a backup fails', () => {
  expect(signalOf('BackupFailed')).toMatchObject({
    condition: AlarmCondition.above(0),
    severity: Severity.P2,
    runbook: 'backup-vault/backup-failed',
  });
});

test('speaks up when a backup is overdue, and when nobody has looked for three hours', () => {
  expect(signalOf('BackupsOverdue')).toMatchObject({
    condition: AlarmCondition.above(0),
    evaluationPeriods: 3,
    missingData: TreatMissingData.BREACHING,
    severity: Severity.P2,
    runbook: 'backup-vault/backup-overdue',
  });
  expect(signalOf('BackupsOverdue').datapointsToAlarm).toBeUndefined();
});

test.each([
  ['BackupsWithIssues', 'backup-with-issues'],
  ['ContinuousBackupsMissing', 'continuous-backup-missing'],
  ['ContinuousBackupsEnding', 'continuous-backup-ending'],
])('speaks up on %s until the function finds that it is over', (id, page) => {
  expect(signalOf(id)).toMatchObject({
    condition: AlarmCondition.above(0),
    evaluationPeriods: 1,
    missingData: TreatMissingData.IGNORE,
    severity: Severity.P2,
    runbook: `backup-vault/${page}`,
  });
});

test.each(['BackupsOverdue', 'BackupsWithIssues', 'ContinuousBackupsMissing', 'ContinuousBackupsEnding'])(
  'reads %s as the function writes it',
  (id) => {
    const { metricStat } = signalOf(id).metric.toMetricConfig();

    expect(metricStat).toMatchObject({
      namespace: 'cdk-golden-path/Backups',
      metricName: id,
      statistic: 'Maximum',
      dimensions: [{ name: 'Vault', value: vault.vault.backupVaultName }],
    });
    expect(metricStat!.period.toHours()).toBe(1);
  },
);

test('leads to pages that are there, each for a signal', () => {
  const pages = fs
    .readdirSync(path.join(__dirname, '../../docs/runbooks/backup-vault'))
    .map((it) => `backup-vault/${it.replace(/\.md$/, '')}`);

  expect(pages.sort()).toEqual(signals.map(({ runbook }) => runbook).sort());
});
