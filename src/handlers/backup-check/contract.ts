/*
 * What the construct and the handler agree on: the one file of this folder that constructs may import. It imports
 * nothing.
 */

/** The type of the custom resource, as CloudFormation shows it. */
export const CONTINUOUS_BACKUPS_RESOURCE_TYPE = 'Custom::ContinuousBackups';

/** How long CloudFormation waits for it. */
export const CONTINUOUS_BACKUPS_TIMEOUT_SECONDS = 180;

/** The namespace of the metrics. */
export const BACKUP_NAMESPACE = 'cdk-golden-path/Backups';

/** What the schedule tells the function, every hour. EventBridge takes 8,192 characters. */
export interface BackupCheckOrder {
  /** The name of the vault. */
  readonly vault: string;
  /** The id of the plan of the daily backups. */
  readonly daily: string;
  /** The ids of the plans of the continuous ones. */
  readonly continuous: readonly string[];
  /** What must be protected, by the names of its selections, and whether continuously. */
  readonly things: { readonly [name: string]: boolean };
  /** Hours after which a backup is overdue. */
  readonly limitHours: number;
}

/** What the custom resource is told: a change of it is what it looks at. */
export interface ContinuousBackupsProperties {
  /** The name of the vault. */
  readonly Vault: string;
  /** ARNs of what is backed up continuously, by the names of its selections. */
  readonly Continuous: { readonly [name: string]: readonly string[] };
  /** Names of what may leave the vault, with the reason. */
  readonly Released: { readonly [name: string]: string };
}

/** The metrics of a vault, by the dimension `Vault`. `BackupAge` has one for each thing as well, by `Resource`. */
export interface BackupMetrics {
  /** Things whose newest backup is older than it may be, or that no plan selects. */
  readonly BackupsOverdue: number;
  /** Things whose last backup is complete, but for something. */
  readonly BackupsWithIssues: number;
  /** Things that must be backed up continuously, and are not. */
  readonly ContinuousBackupsMissing: number;
  /** Databases that are backed up continuously no more, whose automated backups AWS Backup will switch off. */
  readonly ContinuousBackupsEnding: number;
}
