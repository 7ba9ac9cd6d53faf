import type { MigrationFile } from './migration-file';
import type { MigrationProblem } from './migration-problem';

/** A reason of fewer characters is none. */
export const SHORTEST_REASON = 10;

/** A migration that has no way back, and why that is all right. */
export interface MigrationWaiver {
  /**
   * The name of its file in the directory of the migrations, such as `1767225600000-create-customers.ts`.
   *
   * Fails at synth when there is no such file, or when the file has a way back.
   */
  readonly file: string;

  /** Why it needs no way back, in at least 10 characters; it stands in the security evidence. */
  readonly reason: string;
}

/** Waivers without a reason, and those that nothing needs any more. */
export function waiverProblems(files: readonly MigrationFile[], waivers: readonly MigrationWaiver[]): MigrationProblem[] {
  return waivers.flatMap(({ file, reason }): MigrationProblem[] => {
    const waived = files.filter((it) => it.fileName === file);
    const refuse = (must: string, remedy: string): MigrationProblem[] => [{ name: 'irreversible', must, got: file, remedy }];
    if (waived.length === 0) {
      return refuse('must name files of the migrations', 'correct the name, without the directory, or remove the waiver');
    }
    if (waived.every((it) => it.hasDown)) {
      return refuse("must name migrations without a 'down' only", 'remove the waiver');
    }
    return reason.trim().length >= SHORTEST_REASON ? [] : refuse(`must give a reason of at least ${SHORTEST_REASON} characters`, 'say why it needs no way back');
  });
}
