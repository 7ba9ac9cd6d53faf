import type { IConstruct } from 'constructs';
import { invalid, InvalidValue, type Problem } from '../../private/invalid';

/** What is wrong with a migration, the directory, its lock or a waiver. */
export interface MigrationProblem extends Problem {
  readonly name: 'directory' | 'irreversible' | 'migrations' | 'migrations.lock';
}

/** Throws one error with a line for each problem, if there is any: who merges a branch wants to see all of them. */
export function throwIfAny(where: IConstruct | string, problems: readonly MigrationProblem[]): void {
  const errors = problems.map(({ name, ...problem }) => invalid(where, name, problem));
  if (errors.length > 0) {
    throw new InvalidValue(errors.map((it) => it.message).join('\n'), errors.map((it) => it.words).join('\n'));
  }
}
