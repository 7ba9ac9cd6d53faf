import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { IConstruct } from 'constructs';
import { type MigrationProblem, throwIfAny } from './migration-problem';
import { scriptOf, type ScriptToken } from './script';
import type { ScriptClass } from './script-class';
import { type ScriptCall, ScriptReach } from './script-reach';
import { sqlStatements } from './sql-statement';

/** One migration, as it is written in a file. TypeORM takes each class of a file for one. */
export interface MigrationFile {
  /** The file as it is named in messages: the directory as it was given, and the name. */
  readonly path: string;
  /** The name of the file. */
  readonly fileName: string;
  /** As TypeORM records it: the property `name`, or else the name of the class. */
  readonly name: string;
  /** The last 13 digits of the name, by which TypeORM orders them. */
  readonly timestamp: number;
  /** Of the file's content; it is the same whatever the ends of its lines are. */
  readonly sha256: string;
  /** Whether there is a way back: a `down` that does something else than to throw. */
  readonly hasDown: boolean;
  /** What the class says about a transaction; undefined where it says nothing, which leaves it to the data source. */
  readonly transaction?: boolean;
  /** The SQL of `up` and of what it leads to in the same file, as far as it is written there: one line each, without comments and quoted texts. */
  readonly statements: readonly string[];
  /** The methods that `up`, and what it leads to, calls. */
  readonly calls: readonly ScriptCall[];
  /** What the comment `contract: …` of the file says; undefined where there is none. */
  readonly contract?: string;
}

const SCRIPT = /(?<!\.d)\.[cm]?[jt]s$/;
const NAME = /(?!0{13})\d{13}$/;
const INDEX = /^index\.\w+$/;
const MAX_BYTES = 1_000_000;
const CONTRACT = /^[\s*]*contract:[^\S\n]*(.*?)\s*$/im;

/** A body, in its words and signs, that undoes nothing: it returns, says something, or throws. */
const NOTHING = /^(?:(?:;|''|void \w+|undefined|(?:await )?console \. \w+ \( [^()]*\)|(?:return |await )?Promise \. (?:resolve|reject) \( (?:[^()]|\([^()]*\))*\)|return(?: undefined| null)?) ?)*(?:throw .*)?$/;

/**
 * Reads the migrations of a directory in the order in which TypeORM runs them. It reads the scripts right in the directory,
 * without declarations (`.d.ts`) and without an index that holds no migration.
 *
 * Throws when the directory is missing or holds none, and for each script of which TypeORM could make no sense.
 *
 * @see https://github.com/typeorm/typeorm/blob/master/src/migration/MigrationExecutor.ts getMigrations()
 */
export function migrationFiles(where: IConstruct | string, directory: string): MigrationFile[] {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throwIfAny(where, [{
      name: 'directory', must: 'must be a directory', got: directory, remedy: `correct the path, which starts at the working directory '${process.cwd()}'`,
    }]);
  }
  const scripts = readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((it) => SCRIPT.test(it.name) && !it.name.startsWith('.') && !it.isDirectory())
    .map((it) => relative(directory, join(it.parentPath, it.name)))
    .filter((it) => !it.includes('node_modules'))
    .sort();
  const read = scripts.map((it) => readScript(directory, it));
  throwIfAny(where, read.flatMap((it) => it.problems));
  const migrations = read.flatMap((it) => it.migrations).sort((a, b) => a.timestamp - b.timestamp);
  throwIfAny(where, migrations.length > 0 ? twins(migrations) : [{
    name: 'directory', must: 'must hold migrations', got: directory, remedy: "add the first one, such as '1767225600000-create-customers.ts'",
  }]);
  return migrations;
}

interface ReadScript {
  readonly migrations: MigrationFile[];
  readonly problems: MigrationProblem[];
}

function readScript(directory: string, script: string): ReadScript {
  const path = `${directory.replace(/[/\\]+$/, '')}/${script.replaceAll('\\', '/')}`;
  const refuse = (must: string, remedy: string): ReadScript => ({ migrations: [], problems: [{ name: 'migrations', must, got: path, remedy }] });
  const isNested = basename(script) !== script;
  const { size } = statSync(join(directory, script));
  if (size > MAX_BYTES) {
    return isNested ? { migrations: [], problems: [] } : refuse(`must be at most ${MAX_BYTES} bytes long`, 'load data in another way than by a migration');
  }
  const source = readFileSync(join(directory, script), 'utf8');
  const parsed = scriptOf(source);
  if (!parsed.whole) {
    return isNested ? { migrations: [], problems: [] } : refuse('must be a script whose brackets, texts and comments all have an end', 'correct it');
  }
  const reach = new ScriptReach(parsed);
  const candidates = reach.classes.filter((it) => !it.isAbstract && reach.memberOf(it, 'up'));
  if (candidates.length === 0 && (isNested || INDEX.test(script))) {
    return { migrations: [], problems: [] };
  }
  if (isNested) {
    return refuse('must stand right in the directory', 'move it up, so that all of them are in one order');
  }
  const exported = candidates.filter((it) => it.isExported);
  if (exported.length === 0) {
    return candidates.length > 0
      ? refuse('must export its class, or TypeORM does not see it', `write 'export class ${candidates[0].name}'`)
      : refuse("must hold a class with a method 'up'", 'write the migration as a class, or move the file out of the directory');
  }
  const named = exported.map((owner) => ({ owner, name: nameOf(reach, owner) }));
  const file = { path, fileName: script, sha256: checksum(source), contract: contractOf(parsed.comments) };
  return {
    problems: named.flatMap(({ name }) => nameProblems(path, name)),
    migrations: named.map(({ owner, name = '' }) => ({ ...file, name, timestamp: Number(name.slice(-13)), ...doneBy(reach, owner) })),
  };
}

/** The hexadecimal SHA-256 of a text, with `\n` at the end of its lines whatever an editor or git has made of them. */
export function checksum(source: string): string {
  return createHash('sha256').update(source.replace(/\r\n?/g, '\n')).digest('hex');
}

function contractOf(comments: readonly string[]): string | undefined {
  return comments.map((it) => CONTRACT.exec(it)?.[1]).find((it) => it !== undefined);
}

/** Undefined where the class gives a name that only the run knows. */
function nameOf(reach: ScriptReach, owner: ScriptClass): string | undefined {
  const given = reach.valueOf(owner, 'name');
  return given ? given.text : owner.name;
}

function doneBy(reach: ScriptReach, owner: ScriptClass): Pick<MigrationFile, 'hasDown' | 'transaction' | 'statements' | 'calls'> {
  const down = reach.memberOf(owner, 'down');
  const { word: transaction } = reach.valueOf(owner, 'transaction') ?? {};
  const done = reach.ledToBy(owner, 'up');
  return {
    hasDown: down !== undefined && !NOTHING.test(reach.doneBy(down).map(spoken).join(' ')),
    transaction: transaction === 'true' || transaction === 'false' ? transaction === 'true' : undefined,
    statements: reach.textsIn(done).flatMap(sqlStatements),
    calls: reach.callsIn(done),
  };
}

function spoken({ kind, value }: ScriptToken): string {
  return kind === 'text' || kind === 'pattern' ? "''" : value;
}

function nameProblems(path: string, name: string | undefined): MigrationProblem[] {
  if (name === undefined) {
    return [{ name: 'migrations', must: "must give its 'name' as a plain text", got: path, remedy: "write it out, or leave 'name' away and let the class have it" }];
  }
  return NAME.test(name) ? [] : [{
    name: 'migrations',
    must: `must have a name that ends in the 13 digits of a timestamp in milliseconds, and '${name}' does not`,
    got: path,
    remedy: "name the class like 'CreateCustomers1767225600000'",
  }];
}

/** TypeORM refuses a name that is there twice, and leaves the order to chance where a timestamp is. */
function twins(migrations: readonly MigrationFile[]): MigrationProblem[] {
  return migrations.flatMap((migration, index) => {
    const earlier = migrations.slice(0, index);
    const namesake = earlier.find((it) => it.name === migration.name);
    const contemporary = earlier.find((it) => it.timestamp === migration.timestamp);
    if (!contemporary) {
      return [];
    }
    return [{
      name: 'migrations' as const,
      must: namesake ? `must not have the name '${namesake.name}' of ${namesake.path}` : `must not have the timestamp ${contemporary.timestamp} of ${contemporary.path}`,
      got: migration.path,
      remedy: namesake ? 'rename one of the two classes, or remove the file that a compiler has left' : 'raise the timestamp in the names of its class and its file',
    }];
  });
}
