import type { RecoveryPointByBackupVault } from '@aws-sdk/client-backup';
import type { BackupClients } from './clients';
import { pages } from './pages';

/** States in which a backup can be restored. `COMPLETED` is the older word for `AVAILABLE`. */
const WHOLE = ['AVAILABLE', 'COMPLETED'];

/** The ARN of a continuous backup says that it is one, as `AwsBackupRecoveryPointArn` of an RDS instance shows. */
const CONTINUOUS = ':recovery-point:continuous:';

/** The backups in a vault, or those of one thing, that can be restored. */
export async function recoveryPoints(
  { backup }: BackupClients,
  BackupVaultName: string,
  ByResourceArn?: string,
): Promise<RecoveryPointByBackupVault[]> {
  const points = await pages(
    NextToken => backup.listRecoveryPointsByBackupVault({ BackupVaultName, ByResourceArn, NextToken }),
    page => page.RecoveryPoints,
  );
  return points.filter(({ Status }) => WHOLE.includes(Status!));
}

export function isContinuous({ RecoveryPointArn }: RecoveryPointByBackupVault): boolean {
  return RecoveryPointArn!.includes(CONTINUOUS);
}

/**
 * Whether AWS Backup has taken over the automated backups of a database. Those of anything else end with nothing but
 * themselves.
 */
export function holdsAutomatedBackups(point: RecoveryPointByBackupVault): boolean {
  return isContinuous(point) && ['RDS', 'Aurora'].includes(point.ResourceType!);
}
