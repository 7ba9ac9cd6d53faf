import type { Backup } from '@aws-sdk/client-backup';
import type { CloudFormation } from '@aws-sdk/client-cloudformation';

/** What the check reaches AWS with. */
export interface BackupClients {
  readonly backup: Backup;
  readonly cloudFormation: CloudFormation;
  readonly now: () => number;
}
