import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { contentHash } from './content-hash';
import { type MigrationFile, migrationFiles } from './migration-file';
import { incompleteProblems, LOCK, lockCommand, lockIn, lockProblems, unlisted } from './migration-lock';
import { throwIfAny } from './migration-problem';
import { halfDone, migrationProblems, ownTransaction } from './migration-validation';
import { type MigrationWaiver, waiverProblems } from './migration-waiver';
import { noteLoweredGuard } from '../../private/lowered-guard';

/** Where the migrations are, and which of them have no way back. */
export interface MigrationDirectory {
  /** The directory, from the working directory. */
  readonly directory: string;
  /**
   * Migrations that need no way back.
   *
   * @default - each needs one
   */
  readonly irreversible?: readonly MigrationWaiver[];
}

/** The migrations of a directory, all of which passed the checks. */
export interface CheckedMigrations {
  /** In the order in which they run. */
  readonly files: readonly MigrationFile[];
  /** Changes whenever a migration is added, removed or changed. */
  readonly hash: string;
}

/**
 * Reads the migrations of a directory and checks them.
 *
 * Released migrations, which the lock lists, must be as they were; all others must have a way back, run where PostgreSQL lets
 * them, and take nothing away without saying why. Throws one error with a line for each that is not so. Warns where there is
 * no lock, and of migrations that cannot be repeated from their middle.
 */
export function readMigrations(scope: Construct, { directory, irreversible = [] }: MigrationDirectory): CheckedMigrations {
  const files = migrationFiles(scope, directory);
  const locked = lockIn(scope, directory);
  const isNew = new Set(unlisted(files, locked ?? []).map((it) => it.fileName));
  const unreleased = files.filter((it) => isNew.has(it.fileName));
  throwIfAny(scope, [
    ...lockProblems(files, locked ?? [], directory),
    ...waiverProblems(files, irreversible),
    ...unreleased.flatMap((it) => migrationProblems(it, irreversible.map(({ file }) => file))),
    ...locked ? incompleteProblems(files, locked, directory) : [],
  ]);
  warn(scope, unreleased, locked ? undefined : directory);
  irreversible.forEach(({ file, reason }) => noteLoweredGuard(scope, { what: `the migration ${file} has no way back`, reason }));
  return { files, hash: contentHash(files) };
}

function warn(scope: Construct, unreleased: readonly MigrationFile[], unlocked?: string): void {
  if (unlocked !== undefined) {
    Annotations.of(scope).addWarningV2('cdk-golden-path:migrationsUnlocked',
      `${unlocked} has no ${LOCK}, so nobody notices when a released migration changes, or when a merge puts one before it: run '${lockCommand(unlocked)}' and commit what it writes`);
  }
  unreleased.forEach((it) => {
    Object.entries({ halfDone: halfDone(it), ownTransaction: ownTransaction(it) }).forEach(([name, warning]) => {
      if (warning) {
        Annotations.of(scope).addWarningV2(`cdk-golden-path:${name}${it.name}`, warning);
      }
    });
  });
}
