import type { MigrationReport, RehearsalReport } from './contract';

/** The report for people, line by line. */
export function reportText({ outcome, reason, server, from, migrations, rows, tests, findings }: RehearsalReport): string[] {
  const seeded = Object.entries(rows);
  const failures = findings.filter(({ meant }) => !meant);
  return [
    ...server === undefined ? [] : [`${server}, from ${from ?? 'an empty database'}; rows before: ${seeded.map(([name, count]) => `${name} ${count}`).join(', ') || 'none'}`, ''],
    ...table(migrations),
    ...tests ? ['', `tests of the previous release on the new schema: exit code ${tests.exitCode} after ${tests.seconds} s`] : [],
    ...findings.flatMap(({ kind, migration, what, remedy, meant }) => [
      '',
      `${meant ? 'meant' : 'PROBLEM'}: ${migration ?? 'rehearsal'} ${kind}: ${what}`,
      ...meant ? [] : [`  -> ${remedy}`],
    ]),
    '',
    outcome === 'not rehearsed' ? `not rehearsed: ${reason}`
      : migrations.length === 0 && findings.length === 0 ? 'nothing to rehearse: there is no new migration'
        : `${outcome}: ${counted(migrations.length, 'new migration')}, ${counted(failures.length, 'problem')}`,
  ];
}

function table(migrations: readonly MigrationReport[]): string[] {
  if (migrations.length === 0) {
    return [];
  }
  const cells = [
    ['migration', 'up', 'down', 'strongest locks'],
    ...migrations.flatMap(({ name, upMillis, downMillis, locks }) => {
      const [first = 'none on tables that were there', ...others] = locks
        ? locks.map(({ table: on, mode, stops }) => `${mode} on ${on} (stops ${stops})`) : ['outside of a transaction: those of single statements'];
      return [
        [name, `${upMillis} ms`, downMillis === undefined ? 'not run' : `${downMillis} ms`, first],
        ...others.map((it) => ['', '', '', it]),
      ];
    }),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
