import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { BackupClients } from './clients';
import type { ContinuousBackupsProperties } from './contract';
import { holdsAutomatedBackups, recoveryPoints } from './recovery-point';
import type { Run, Work } from '../custom-resource/custom-resource';

/**
 * Refuses that a database leaves the vault while AWS Backup holds its automated backups: it would switch them off when
 * the last continuous backup expires. A rollback is never refused, nor is a deletion: CloudFormation could do nothing
 * about it.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery-stopping.html
 */
export function continuousBackups(clients: BackupClients): Work {
  return async (event, { log }: Run) => {
    const leaving =
      event.RequestType === 'Update' ? leavingBy(event.OldResourceProperties, event.ResourceProperties) : [];
    const held = await heldOf(clients, leaving);
    if (held.length > 0) {
      if (!(await isRollback(clients, event))) {
        throw new Error(refusal(held));
      }
      log.warn('leaves the vault on the way back to what was before', { held });
    }
    return {};
  };
}

interface Leaving {
  readonly name: string;
  readonly vault: string;
  readonly arn: string;
}

interface Held extends Leaving {
  readonly point: string;
}

/** What was there, is there no more under any name, and was not released. */
function leavingBy(before: { [key: string]: unknown }, now: { [key: string]: unknown }): Leaving[] {
  const [old, present] = [before, now] as unknown as ContinuousBackupsProperties[];
  const kept = Object.values(present.Continuous).flat();
  return Object.entries(old.Continuous)
    .filter(([name]) => !(name in present.Released))
    .flatMap(([name, arns]) => arns.filter(arn => !kept.includes(arn)).map(arn => ({ name, arn, vault: old.Vault })));
}

async function heldOf(clients: BackupClients, leaving: Leaving[]): Promise<Held[]> {
  const held: Held[] = [];
  for (const thing of leaving) {
    const point = (await recoveryPoints(clients, thing.vault, thing.arn)).find(holdsAutomatedBackups);
    if (point) {
      held.push({ ...thing, point: point.RecoveryPointArn! });
    }
  }
  return held;
}

/** The event does not say: it is an Update like any other, with old and new exchanged. */
async function isRollback(
  { cloudFormation }: BackupClients,
  { StackId }: CloudFormationCustomResourceEvent,
): Promise<boolean> {
  const { Stacks: [stack] = [] } = await cloudFormation.describeStacks({ StackName: StackId });
  return /ROLLBACK/.test(stack?.StackStatus ?? '');
}

function refusal(held: Held[]): string {
  const { name, vault, point } = held[0];
  const names = held.map(it => it.name).join(', ');
  return `${names} must not leave the vault unsaid: AWS Backup will switch the automated backups of the database off `
    + 'when the last continuous backup expires; '
    + `protect it again, or say release('${name}', <why>), deploy, and hand its backups back to RDS: `
    + `aws backup disassociate-recovery-point --backup-vault-name ${vault} --recovery-point-arn ${point}`;
}
