import type { BackupJob, RecoveryPointByBackupVault } from '@aws-sdk/client-backup';
import type { BackupClients } from './clients';
import type { BackupCheckOrder } from './contract';
import { pages } from './pages';
import { holdsAutomatedBackups, isContinuous, recoveryPoints } from './recovery-point';
import { type Selection, selectionsOf } from './selection';

const HOUR = 3_600_000;

/** What is found in a vault, in words that a person can look up. */
export interface Measurement {
  /** Hours since the newest backup of each thing that is selected began, or since it was selected, if there is none. */
  readonly ages: { readonly [name: string]: number };
  /** Names of things whose newest backup is too old, or that no plan selects. */
  readonly overdue: readonly string[];
  /** ARNs of things whose last backup has a message, with the message. */
  readonly withIssues: { readonly [arn: string]: string };
  /** Names of things without the continuous backup that they must have. */
  readonly missing: readonly string[];
  /** ARNs of databases that are no longer backed up continuously, with the ARN of what AWS Backup will let expire. */
  readonly ending: { readonly [arn: string]: string };
}

/** Compares what AWS Backup has with what must be there. */
export async function measure(clients: BackupClients, order: BackupCheckOrder): Promise<Measurement> {
  const points = await recoveryPoints(clients, order.vault);
  const daily = await selectionsOf(clients, order.daily);
  const continuous: Selection[] = [];
  for (const plan of order.continuous) {
    continuous.push(...(await selectionsOf(clients, plan)));
  }
  const now = clients.now();
  const ages = Object.fromEntries(daily.map(it => [it.name, ageOf(it, points, now)]));
  const names = Object.keys(order.things);
  return {
    ages,
    overdue: names.filter(name => !(ages[name] <= order.limitHours)),
    withIssues: issuesIn(await recentJobs(clients, order)),
    missing: names.filter(
      name =>
        order.things[name] &&
        isMissing(
          continuous.find(it => it.name === name),
          points,
          now - order.limitHours * HOUR,
        ),
    ),
    ending: endingOf(points, new Set(continuous.flatMap(({ arns }) => arns))),
  };
}

/** Of several resources under one name the worst counts. */
function ageOf({ arns, since }: Selection, points: RecoveryPointByBackupVault[], now: number): number {
  const newest = (arn: string) =>
    Math.max(
      since,
      ...points.filter(it => it.ResourceArn === arn && !isContinuous(it)).map(it => it.CreationDate!.getTime()),
    );
  return Math.max(...arns.map(arn => (now - newest(arn)) / HOUR));
}

/** A continuous backup begins with the first run of its plan. */
function isMissing(selection: Selection | undefined, points: RecoveryPointByBackupVault[], lately: number): boolean {
  return (
    !selection ||
    (selection.since < lately &&
      !selection.arns.every(arn => points.some(it => it.ResourceArn === arn && isContinuous(it))))
  );
}

function endingOf(points: RecoveryPointByBackupVault[], selected: Set<string>): { [arn: string]: string } {
  return Object.fromEntries(
    points
      .filter(it => holdsAutomatedBackups(it) && !selected.has(it.ResourceArn!))
      .map(it => [it.ResourceArn!, it.RecoveryPointArn!]),
  );
}

function recentJobs({ backup, now }: BackupClients, { vault, limitHours }: BackupCheckOrder): Promise<BackupJob[]> {
  const ByCreatedAfter = new Date(now() - limitHours * HOUR);
  return pages(
    NextToken => backup.listBackupJobs({ ByBackupVaultName: vault, ByCreatedAfter, NextToken }),
    page => page.BackupJobs,
  );
}

/**
 * "Completed with issues" is what the console calls a job that is complete and has a message. The last job of each plan
 * counts: the next one without a message ends it.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
 */
function issuesIn(jobs: BackupJob[]): { [arn: string]: string } {
  const last = new Map<string, BackupJob>();
  jobs
    .filter(({ State }) => State === 'COMPLETED' || State === 'PARTIAL')
    .forEach(job => {
      const key = `${job.ResourceArn} ${job.CreatedBy?.BackupPlanId}`;
      if (!last.has(key) || last.get(key)!.CreationDate! < job.CreationDate!) {
        last.set(key, job);
      }
    });
  const hasIssues = ({ State, StatusMessage }: BackupJob) => State === 'PARTIAL' || Boolean(StatusMessage);
  return Object.fromEntries(
    [...last.values()].filter(hasIssues).map(job => [job.ResourceArn!, job.StatusMessage ?? 'PARTIAL']),
  );
}
