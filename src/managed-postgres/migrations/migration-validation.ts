import { destructiveSteps } from './destructive-step';
import type { MigrationFile } from './migration-file';
import type { MigrationProblem } from './migration-problem';
import { SHORTEST_REASON } from './migration-waiver';
import { changesRows, controlsTransaction, notRepeatable, refusedInside } from './outside-transaction';

/** What a migration must not do before it is released. `irreversible` are the names of the files that need no way back. */
export function migrationProblems(migration: MigrationFile, irreversible: readonly string[]): MigrationProblem[] {
  return [
    ...migration.hasDown || irreversible.includes(migration.fileName) ? [] : [withoutDown(migration)],
    ...transactionProblems(migration),
    ...contractProblems(migration),
  ];
}

/** What is wrong with a migration that runs without a transaction and could not be repeated once it was cut off; undefined if nothing. */
export function halfDone({ path, transaction, statements, calls }: MigrationFile): string | undefined {
  const steps = notRepeatable(statements, calls);
  if (transaction !== false || (steps.length < 2 && !steps.some(changesRows))) {
    return undefined;
  }
  return `${path} runs without a transaction, and is done again from its beginning where it is cut off: ${steps.join(', ')}; `
    + 'give each step a migration of its own, in a transaction if it changes rows, or write it so that it may be repeated (IF NOT EXISTS, ON CONFLICT, or DROP INDEX … IF EXISTS before)';
}

/** What is wrong with a migration that begins or ends the transaction that it runs in; undefined if nothing. */
export function ownTransaction({ path, statements }: MigrationFile): string | undefined {
  const control = controlsTransaction(statements);
  return control.length === 0 ? undefined : `${path} seems to begin or end a transaction by a statement, which its run will refuse: ${control.join(', ')}; `
    + "leave it to TypeORM, or add 'readonly transaction = false;' and use startTransaction() and commitTransaction() of the query runner";
}

function withoutDown({ path }: MigrationFile): MigrationProblem {
  return {
    name: 'migrations',
    must: "must have a way back: a 'down' that does something else than to throw",
    got: path,
    remedy: "write it, or name the file with a reason in 'irreversible'",
  };
}

function transactionProblems({ path, transaction, statements, calls }: MigrationFile): MigrationProblem[] {
  const refused = refusedInside(statements, calls);
  return transaction === false || refused.length === 0 ? [] : [{
    name: 'migrations',
    must: `must run without a transaction, in which PostgreSQL refuses ${refused.join(', ')}`,
    got: path,
    remedy: "add 'readonly transaction = false;' to the class, and move the other steps to a migration of their own",
  }];
}

/** @see https://martinfowler.com/bliki/ParallelChange.html: expand, migrate, contract */
function contractProblems({ path, contract, statements, calls }: MigrationFile): MigrationProblem[] {
  const steps = destructiveSteps(statements, calls);
  if (steps.length === 0 || (contract !== undefined && contract.length >= SHORTEST_REASON)) {
    return [];
  }
  return [contract === undefined ? {
    name: 'migrations',
    must: `must not take away what the previous release may still use (${steps.join(', ')})`,
    got: path,
    remedy: "release first what does without it; the step that follows says so in a comment: '// contract: <why the previous release no longer needs it>'",
  } : {
    name: 'migrations',
    must: `must give a reason of at least ${SHORTEST_REASON} characters in the comment 'contract:' (${steps.join(', ')})`,
    got: path,
    remedy: 'say why the previous release no longer needs it',
  }];
}
