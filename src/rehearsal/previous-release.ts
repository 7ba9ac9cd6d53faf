import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RehearsedMigration } from './contract';
import { migrationFiles } from '../managed-postgres/migrations/migration-file';
import { LOCK, lockCommand, type LockedFile, lockIn, releasedProblems } from '../managed-postgres/migrations/migration-lock';
import { throwIfAny } from '../managed-postgres/migrations/migration-problem';
import { invalid } from '../private/invalid';

/**
 * The migrations of a directory, and which of them the release of a git ref has: those in the lock that is committed there.
 *
 * Nothing else is as well defined: synth demands that a release's lock is complete, and neither a branch that is open for
 * long nor a name that somebody typed last month can say something else. Throws where one of them is gone or was edited since:
 * from those files the schema of that release cannot be made any more.
 */
export function rehearsedMigrations(where: string, directory: string, ref: string): RehearsedMigration[] {
  const files = migrationFiles(where, directory);
  const locked = releasedFiles(where, directory, ref);
  throwIfAny(where, locked.flatMap((it) => releasedProblems(files, it, directory)));
  const released = new Set(locked.map(({ fileName }) => fileName));
  return files.map(({ name, fileName, contract, hasDown }) => ({
    name, released: released.has(fileName), contract: contract !== undefined && contract !== '', hasDown,
  }));
}

/** None where the ref does not have the directory at all: then this is the first release with migrations. */
function releasedFiles(where: string, directory: string, ref: string): LockedFile[] {
  const git = (...args: string[]) => execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 100_000_000 });
  const has = (object: string) => {
    try {
      git('cat-file', '-e', object);
      return true;
    } catch {
      return false;
    }
  };
  if (ref.startsWith('-') || !has(`${ref}^{commit}`)) {
    throw invalid(where, '--previous', { must: 'must be a commit that git has here', got: ref, remedy: "fetch it first, such as by 'git fetch --depth=1 origin main' and --previous FETCH_HEAD" });
  }
  if (!has(`${ref}:./${LOCK}`)) {
    if (has(`${ref}:./`)) {
      throw invalid(where, '--previous', { must: `must be a commit with ${LOCK} in ${directory}`, got: ref, remedy: `run '${lockCommand(directory)}' at that release, and commit what it writes` });
    }
    return [];
  }
  const copy = mkdtempSync(join(tmpdir(), 'migrations-lock-'));
  try {
    writeFileSync(join(copy, LOCK), git('show', `${ref}:./${LOCK}`));
    return lockIn(where, copy)!;
  } finally {
    rmSync(copy, { recursive: true });
  }
}
