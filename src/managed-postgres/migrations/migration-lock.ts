import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { IConstruct } from 'constructs';
import type { MigrationFile } from './migration-file';
import { type MigrationProblem, throwIfAny } from './migration-problem';
import { commandInLanguage } from '../../private/language';

/** The name of the lock in the directory of the migrations. */
export const LOCK = 'migrations.lock';

/** A released migration: what has run somewhere must never change. */
export interface LockedFile {
  readonly sha256: string;
  readonly fileName: string;
}

const LINE = /^([0-9a-f]{64}) {2}(\S(?:.*\S)?)$/;
const CONFLICT = /^(?:<{7}|={7}|>{7}|\|{7})/;

/** The command that completes the lock of a directory. */
export function lockCommand(directory: string): string {
  return `${commandInLanguage()} lock ${/^[\w./-]+$/.test(directory) ? directory : `'${directory}'`}`;
}

/** Reads the lock of a directory; undefined where there is none. Throws when a line is none of a lock. */
export function lockIn(where: IConstruct | string, directory: string): LockedFile[] | undefined {
  const file = join(directory, LOCK);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    return undefined;
  }
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  const read = lines.flatMap((line, index) => {
    const [, sha256, fileName] = LINE.exec(line) ?? [];
    return line.trim() === '' ? [] : [{ line, number: index + 1, sha256, fileName }];
  });
  const conflict = read.find(({ line }) => CONFLICT.test(line));
  const odd = read.find((it) => it.fileName === undefined);
  const twin = read.find(({ fileName }, index) => read.slice(0, index).some((it) => it.fileName === fileName));
  const [problem] = [
    ...conflict ? [mergeProblem(conflict.number, directory)] : [],
    ...odd ? [lineProblem(odd.number, odd.line)] : [],
    ...twin ? [twinProblem(twin.number, twin.fileName)] : [],
  ];
  throwIfAny(where, problem ? [problem] : []);
  return read.map(({ sha256, fileName }) => ({ sha256, fileName }));
}

/** The lock as it is written. `sha256sum -c` understands it too. */
export function lockText(locked: readonly LockedFile[]): string {
  return locked.map(({ sha256, fileName }) => `${sha256}  ${fileName}\n`).join('');
}

/** The files that the lock does not list, each once, in the order of their migrations. */
export function unlisted(files: readonly MigrationFile[], locked: readonly LockedFile[]): LockedFile[] {
  const names = new Set(locked.map((it) => it.fileName));
  return files.filter((it, index) => !names.has(it.fileName) && files.findIndex(({ fileName }) => fileName === it.fileName) === index);
}

/** Where released migrations have changed, are gone, or where one would run before what is released already. */
export function lockProblems(files: readonly MigrationFile[], locked: readonly LockedFile[], directory: string): MigrationProblem[] {
  const newest = Math.max(0, ...locked.flatMap((it) => timesOf(files, it)));
  const late = unlisted(files, locked).filter((it) => Math.min(...timesOf(files, it)) < newest);
  return [
    ...locked.flatMap((it) => releasedProblems(files, it, directory)),
    ...locked.flatMap((it, index) => {
      const before = Math.max(0, ...locked.slice(0, index).flatMap((earlier) => timesOf(files, earlier)));
      return Math.min(...timesOf(files, it)) < before ? [orderProblem(it, before, directory, `, remove its line from ${LOCK}`)] : [];
    }),
    ...late.map((it) => orderProblem(it, newest, directory)),
  ];
}

/** That the lock does not list every migration, if so. */
export function incompleteProblems(files: readonly MigrationFile[], locked: readonly LockedFile[], directory: string): MigrationProblem[] {
  const newest = Math.max(0, ...locked.flatMap((it) => timesOf(files, it)));
  const missing = unlisted(files, locked).filter((it) => Math.min(...timesOf(files, it)) > newest).map((it) => it.fileName);
  return missing.length === 0 ? [] : [{
    name: LOCK, must: 'must list all migrations', got: `none of ${missing.join(', ')}`, remedy: `run '${lockCommand(directory)}' and commit what it writes`,
  }];
}

function timesOf(files: readonly MigrationFile[], { fileName }: LockedFile): number[] {
  return files.filter((it) => it.fileName === fileName).map((it) => it.timestamp);
}

/** That a released migration has changed or is gone, if so. */
export function releasedProblems(files: readonly MigrationFile[], { fileName, sha256 }: LockedFile, directory: string): MigrationProblem[] {
  const file = files.find((it) => it.fileName === fileName);
  const got = `${directory.replace(/[/\\]+$/, '')}/${fileName}`;
  if (!file) {
    return [{ name: 'migrations', must: `must not be removed or renamed after release: ${LOCK} lists it`, got, remedy: "restore it, for 'down' is needed to get back" }];
  }
  return file.sha256 === sha256 ? [] : [{
    name: 'migrations', must: `must not be changed after release: its checksum is not that of ${LOCK}`, got, remedy: 'revert it, and write a new migration',
  }];
}

function orderProblem({ fileName }: LockedFile, newest: number, directory: string, also = ''): MigrationProblem {
  return {
    name: 'migrations',
    must: `must not be older than what is released already (${newest}): it is out of order after a merge`,
    got: `${directory.replace(/[/\\]+$/, '')}/${fileName}`,
    remedy: `give it a timestamp above that, such as that of now ('date +%s000'), in the names of its class and its file${also}, and run '${lockCommand(directory)}'`,
  };
}

function mergeProblem(line: number, directory: string): MigrationProblem {
  return {
    name: LOCK,
    must: `must not hold a conflict of a merge (line ${line})`,
    remedy: `keep the lines of the branch that was released first, remove those of the other, and run '${lockCommand(directory)}'`,
  };
}

function lineProblem(line: number, got: string): MigrationProblem {
  return { name: LOCK, must: `must have a checksum in 64 small hexadecimal digits, two spaces and a file name on line ${line}`, got, remedy: 'restore the line as it was committed' };
}

function twinProblem(line: number, got: string): MigrationProblem {
  return { name: LOCK, must: `must list a file once, and line ${line} does it again`, got, remedy: 'remove the line that was added last' };
}
