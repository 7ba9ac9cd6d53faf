import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type * as yaml from 'yaml';
import type { FileProblems } from './file-problems';
import { SettingReader, type Mapping } from './setting';
import { breachOf, ENVIRONMENT_NAME } from './text-rule';
import { invalid, type Problem } from '../private/invalid';

const MAX_BYTES = 1_000_000;
const ENDING = /\.ya?ml$/i;

/** One environment file. */
export interface EnvironmentFile {
  /** The name of the environment. */
  readonly name: string;
  /** The file as it is named in messages. */
  readonly path: string;
  /** What is written in it. */
  readonly source: string;
  /** The same as settings. */
  readonly root: Mapping;
}

/**
 * Reads the environment files of a directory, in the order of the environments' names. What starts with a dot is none.
 *
 * Throws when there are none. Files that are no YAML mapping are reported and left out.
 */
export function environmentFiles(directory: string, problems: FileProblems): EnvironmentFile[] {
  const where = 'PlatformEnvironments.fromDirectory';
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw invalid(where, 'directory', {
      must: 'must be a directory', got: directory, remedy: `correct the path, which starts at the working directory '${process.cwd()}'`,
    });
  }
  const fileNames = readdirSync(directory, { withFileTypes: true })
    .filter((it) => ENDING.test(it.name) && !it.name.startsWith('.') && !it.isDirectory())
    .map((it) => it.name)
    .sort((a, b) => (nameOf(a) === nameOf(b) ? compare(a, b) : compare(nameOf(a), nameOf(b))));
  if (fileNames.length === 0) {
    throw invalid(where, 'directory', {
      must: 'must hold a YAML file for each environment', got: directory, remedy: "add one, such as 'prod.yaml'",
    });
  }
  reportNames(directory, fileNames, problems);
  return fileNames.flatMap((fileName) => {
    const path = pathOf(directory, fileName);
    const source = sourceOf(join(directory, fileName), path, problems);
    const root = source === undefined ? undefined : rootOf(source, path, problems);
    return root ? [{ name: nameOf(fileName), path, source: source!, root }] : [];
  });
}

function pathOf(directory: string, fileName: string): string {
  return `${directory.replace(/[/\\]+$/, '')}/${fileName}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function nameOf(fileName: string): string {
  return fileName.replace(ENDING, '');
}

function reportNames(directory: string, fileNames: string[], problems: FileProblems): void {
  fileNames.forEach((fileName, index) => {
    const path = pathOf(directory, fileName);
    const problem = breachOf(ENVIRONMENT_NAME, nameOf(fileName));
    if (problem) {
      problems.add(path, 1, 'name', { ...problem, remedy: 'rename the file' });
    }
    const twin = fileNames.slice(0, index).find((it) => nameOf(it) === nameOf(fileName));
    if (twin) {
      problems.add(path, 1, 'name', {
        must: `must not be that of ${pathOf(directory, twin)} too`, got: nameOf(fileName), remedy: 'remove or rename one of the two files',
      });
    }
  });
}

function sourceOf(file: string, path: string, problems: FileProblems): string | undefined {
  const { size } = statSync(file);
  if (size > MAX_BYTES) {
    problems.add(path, 1, 'file', { must: `must be at most ${MAX_BYTES} bytes long`, got: size, remedy: 'move what is no configuration elsewhere' });
    return undefined;
  }
  const source = readFileSync(file, 'utf8');
  const odd = source.search(/[\uFFFD\x00-\x08\x0B\x0C\x0E-\x1F\x7F]/);
  if (odd >= 0) {
    problems.add(path, source.slice(0, odd).split('\n').length, 'file', {
      must: 'must be YAML (text in UTF-8, without control characters)', remedy: 'correct the line',
    });
    return undefined;
  }
  return source;
}

function rootOf(source: string, path: string, problems: FileProblems): Mapping | undefined {
  // Loaded when needed only: whoever defines environments in code does not pay for a YAML parser.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const yamlLibrary = require('yaml') as typeof yaml;
  const lines = new yamlLibrary.LineCounter();
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const document = yamlLibrary.parseDocument(source, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  // Only the first: the others are mostly its consequences.
  const [error] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (error) {
    problems.add(path, lineAt(error.pos[0]), 'file', { must: `must be YAML (${withoutExcerpt(error.message)})`, remedy: 'correct the line' });
    return undefined;
  }
  const report = (line: number, name: string, problem: Problem) => problems.add(path, line, name, problem);
  const root = new SettingReader(yamlLibrary, document, lineAt, report).read(document.contents, 1);
  if (root.kind !== 'mapping') {
    const got = root.kind === 'nothing' ? 'nothing' : `a ${root.kind}`;
    report(root.line, 'file', { must: `must be a mapping of keys, got ${got}`, remedy: "begin with a line such as 'tier: prod'" });
    return undefined;
  }
  return root;
}

/** The parser's message without what it quotes from the file, which might be a secret. */
function withoutExcerpt(message: string): string {
  return message.replace(/(?<=\w)[:;] .*$|(?<=directive|escape sequence) .*$/s, '');
}
