import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, type CommandInput, type CommandOutput, WrongUsage } from './command';
import { migrationFiles } from '../managed-postgres/migrations/migration-file';
import { LOCK, lockIn, lockProblems, lockText, unlisted } from '../managed-postgres/migrations/migration-lock';
import { throwIfAny } from '../managed-postgres/migrations/migration-problem';
import { halfDone, migrationProblems } from '../managed-postgres/migrations/migration-validation';

const WHERE = 'cdk-golden-path lock';

/** Lists new migrations in the lock: from then on they are released, and do not change any more. */
export const lock: Command = {
  positionals: '<directory>',
  summary: `lists the new migrations of a directory in its ${LOCK}, after checking them`,
  help: [
    'Run it for each new migration, before the commit that adds it. What is listed is taken for released: it must not change',
    'any more, and nothing may come before it. Where a directory has no lock yet, its migrations are listed as they are.',
  ],
  options: {
    irreversible: { value: 'file', help: "a new migration without a way back, which the app names with its reason in 'irreversible'" },
  },
  run: complete,
};

function complete({ positionals, options: { irreversible = [] } }: CommandInput, output: CommandOutput): void {
  const [directory] = positionals;
  if (directory === undefined || positionals.length > 1) {
    throw new WrongUsage(`expected one directory, got ${positionals.length === 0 ? 'none' : positionals.join(', ')}`);
  }
  const files = migrationFiles(WHERE, directory);
  const locked = lockIn(WHERE, directory);
  const added = unlisted(files, locked ?? []);
  const names = new Set(added.map((it) => it.fileName));
  const stray = irreversible.find((it) => !names.has(it));
  if (stray !== undefined) {
    throw new WrongUsage(`--irreversible must name a new migration, got '${stray}'`);
  }
  const unreleased = locked ? files.filter((it) => names.has(it.fileName)) : [];
  throwIfAny(WHERE, [
    ...lockProblems(files, locked ?? [], directory),
    ...unreleased.flatMap((it) => migrationProblems(it, irreversible)),
  ]);
  if (added.length > 0) {
    writeFileSync(join(directory, LOCK), lockText([...locked ?? [], ...added]));
  }
  report(output, { directory, added: added.map((it) => it.fileName), listed: locked?.length ?? 0, isFirst: !locked });
  unreleased.flatMap((it) => halfDone(it) ?? []).forEach((it) => output.complain(`warning: ${it}`));
}

interface Done {
  readonly directory: string;
  readonly added: readonly string[];
  readonly listed: number;
  readonly isFirst: boolean;
}

function report(output: CommandOutput, { directory, added, listed, isFirst }: Done): void {
  added.forEach((it) => output.say(`added ${it}`));
  const file = join(directory, LOCK);
  output.say(added.length === 0
    ? `${file} is complete: it lists ${listed}, and none has changed`
    : `${file} lists ${listed + added.length} now${isFirst ? ', taken for released as they are' : ''}: commit it`);
}
