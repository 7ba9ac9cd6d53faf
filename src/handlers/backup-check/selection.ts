import type { BackupClients } from './clients';
import { pages } from './pages';

/** What a plan selects under one name. */
export interface Selection {
  readonly name: string;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  readonly arns: readonly string[];
}

/** What the plan selects today, whatever its template says. */
export async function selectionsOf({ backup }: BackupClients, BackupPlanId: string): Promise<Selection[]> {
  const listed = await pages(
    NextToken => backup.listBackupSelections({ BackupPlanId, NextToken }),
    page => page.BackupSelectionsList,
  );
  const found: Selection[] = [];
  for (const { SelectionId, SelectionName, CreationDate } of listed) {
    const { BackupSelection } = await backup.getBackupSelection({ BackupPlanId, SelectionId });
    found.push({ name: SelectionName!, since: CreationDate!.getTime(), arns: BackupSelection?.Resources ?? [] });
  }
  return found;
}
