import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { enter, leave, migration, refusal, write } from './migration-directory';
import { type ExitCode, runCommandLine } from '../../../src/cli/command-line';
import { readMigrations } from '../../../src/managed-postgres/migrations/checked-migrations';
import { migrationFiles } from '../../../src/managed-postgres/migrations/migration-file';
import { lockCommand, lockIn, lockText, unlisted } from '../../../src/managed-postgres/migrations/migration-lock';
import { stackOf } from '../../support';

afterEach(leave);

const LOCK = 'migrations/migrations.lock';
const A = migration('A1700000000001', 'CREATE TABLE a (b int)');
const B = migration('B1700000000002', 'CREATE TABLE b (b int)');
const C = migration('C1700000000003', 'CREATE TABLE c (b int)');
const HASH = 'a'.repeat(64);

const readAll = () => readMigrations(stackOf(), { directory: 'migrations' });
const said = () => refusal(readAll);
const writeLock = () => {
  const files = migrationFiles('Shop', 'migrations');
  writeFileSync(LOCK, lockText(unlisted(files, [])));
};
const lock = (): Promise<ExitCode> => runCommandLine(['lock', 'migrations'], { say: () => undefined, complain: () => undefined });

test('accepts migrations that are as the lock lists them', () => {
  enter({ 'a.ts': A, 'b.ts': B });
  writeLock();

  expect(said()).toBeUndefined();
});

test('accepts them with other ends of lines, in the lock too', () => {
  enter({ 'a.ts': A, 'b.ts': B });
  writeLock();

  write({ 'a.ts': A.replace(/\n/g, '\r\n'), 'migrations.lock': `${readFileSync(LOCK, 'utf8').replace(/\n/g, '\r\n')}\r\n` });

  expect(said()).toBeUndefined();
});

test('is what sha256sum understands', () => {
  enter({ 'a.ts': A, 'b.ts': B });
  writeLock();

  expect(execFileSync('sha256sum', ['-c', 'migrations.lock'], { cwd: 'migrations', encoding: 'utf8' })).toBe('a.ts: OK\nb.ts: OK\n');
});

test('refuses a released migration that has changed', () => {
  enter({ 'a.ts': A });
  writeLock();

  write({ 'a.ts': A.replace('b int', 'b bigint') });

  expect(said()).toBe("[Shop] 'migrations' must not be changed after release: its checksum is not that of migrations.lock, got 'migrations/a.ts'; revert it, and write a new migration");
});

test('refuses that a released migration is gone', () => {
  enter({ 'a.ts': A, 'b.ts': B });
  writeLock();

  rmSync('migrations/a.ts');

  expect(said()).toBe("[Shop] 'migrations' must not be removed or renamed after release: migrations.lock lists it, got 'migrations/a.ts'; restore it, for 'down' is needed to get back");
});

test('refuses a migration that is older than a released one', () => {
  enter({ 'b.ts': B });
  writeLock();

  write({ 'a.ts': A });

  expect(said()).toBe("[Shop] 'migrations' must not be older than what is released already (1700000000002): it is out of order after a merge, got 'migrations/a.ts'; "
    + "give it a timestamp above that, such as that of now ('date +%s000'), in the names of its class and its file, and run 'npx cdk-golden-path lock migrations'");
});

test('refuses a lock that lists an older migration after a newer one', () => {
  enter({ 'a.ts': A, 'b.ts': B });
  writeLock();

  write({ 'migrations.lock': `${readFileSync(LOCK, 'utf8').trimEnd().split('\n').reverse().join('\n')}\n` });

  expect(said()).toBe("[Shop] 'migrations' must not be older than what is released already (1700000000002): it is out of order after a merge, got 'migrations/a.ts'; "
    + "give it a timestamp above that, such as that of now ('date +%s000'), in the names of its class and its file, remove its line from migrations.lock, and run 'npx cdk-golden-path lock migrations'");
});

test('refuses a lock that misses the newest migrations', () => {
  enter({ 'a.ts': A });
  writeLock();

  write({ 'b.ts': B, 'c.ts': C });

  expect(said()).toBe("[Shop] 'migrations.lock' must list all migrations, got 'none of b.ts, c.ts'; run 'npx cdk-golden-path lock migrations' and commit what it writes");
});

test('says all that is wrong at once', () => {
  enter({ 'a.ts': A, 'b.ts': B });
  writeLock();

  write({ 'a.ts': C.replace('3', '4'), 'b.ts': `${B} ` });

  expect(said()?.split('\n')).toHaveLength(3);
});

test('lists a file once that holds two migrations', () => {
  enter({ 'a.ts': `${A}${B.replace(/import.*/, '')}`, 'c.ts': C });
  writeLock();

  expect(lockIn('Shop', 'migrations')?.map((it) => it.fileName)).toEqual(['a.ts', 'c.ts']);
  expect(said()).toBeUndefined();
});

test('knows no lock where there is none, and an empty one where it is empty', () => {
  enter({ 'a.ts': A });
  expect(lockIn('Shop', 'migrations')).toBeUndefined();

  write({ 'migrations.lock': '\n' });
  expect(lockIn('Shop', 'migrations')).toEqual([]);
  expect(said()).toMatch(/^\[Shop\] 'migrations.lock' must list all migrations/);
});

const FORM = 'must have a checksum in 64 small hexadecimal digits, two spaces and a file name on line';

test.each([
  ['a line without a checksum', 'a.ts\n', `${FORM} 1, got 'a.ts'; restore the line as it was committed`],
  ['a line without a name', `${HASH}  \n`, `${FORM} 1, got '${HASH}  '; restore the line as it was committed`],
  ['a single space', `${HASH}  a.ts\n${HASH} b.ts\n`, `${FORM} 2, got '${HASH} b.ts'; restore the line as it was committed`],
  ['capital digits', `${HASH.toUpperCase()}  a.ts\n`, `${FORM} 1, got '${HASH.toUpperCase()}  a.ts'; restore the line as it was committed`],
  ['a file that is listed twice', `${HASH}  a.ts\n${HASH}  a.ts\n`, "must list a file once, and line 2 does it again, got 'a.ts'; remove the line that was added last"],
  ['a conflict', `<<<<<<< HEAD\n${HASH}  a.ts\n=======\n${HASH}  b.ts\n>>>>>>> b\n`,
    "must not hold a conflict of a merge (line 1); keep the lines of the branch that was released first, remove those of the other, and run 'npx cdk-golden-path lock migrations'"],
])('refuses %s', (_title, text, words) => {
  enter({ 'a.ts': A, 'migrations.lock': text });

  expect(said()).toBe(`[Shop] 'migrations.lock' ${words}`);
});

test('quotes a directory in the command where a shell would ask for it', () => {
  expect(lockCommand('services/my api/migrations')).toBe("npx cdk-golden-path lock 'services/my api/migrations'");
});

/** Two branches add a migration each; the one that is merged first has the newer one. */
describe('two branches', () => {
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'core.autocrlf=false', ...args], { encoding: 'utf8', stdio: 'pipe' });
  const commit = async (files: { [name: string]: string }) => {
    write(files);
    expect(await lock()).toBe(0);
    git('add', '.');
    git('commit', '-q', '-m', 'Add a migration');
  };

  const merge = async () => {
    enter({});
    git('init', '-q', '-b', 'main');
    await commit({ 'a.ts': A });
    git('checkout', '-q', '-b', 'older');
    await commit({ 'b.ts': B });
    git('checkout', '-q', 'main');
    await commit({ 'c.ts': C });
    expect(() => git('merge', '-q', 'older')).toThrow();
  };

  test('that are merged leave a conflict in the lock, which is refused', async () => {
    await merge();

    expect(said()).toMatch(/^\[Shop\] 'migrations.lock' must not hold a conflict of a merge \(line 2\); keep the lines of the branch that was released first/);
  });

  test('are refused as out of order when the conflict is resolved for what was released, also by the command', async () => {
    await merge();

    git('checkout', '--ours', '--', LOCK);

    expect(said()).toMatch(/^\[Shop\] 'migrations' must not be older than what is released already \(1700000000003\): it is out of order after a merge, got 'migrations\/b.ts'; give it a timestamp above that/);
    expect(await lock()).toBe(1);
  });

  test('are refused as out of order when both lines are kept as they came', async () => {
    await merge();

    write({ 'migrations.lock': readFileSync(LOCK, 'utf8').replace(/^[<=>].*\n/gm, '') });

    expect(said()).toMatch(/out of order after a merge, got 'migrations\/b.ts'; .*, remove its line from migrations.lock, and run/);
  });

  test('are accepted once the later one has a new timestamp', async () => {
    await merge();
    git('checkout', '--ours', '--', LOCK);

    git('mv', 'migrations/b.ts', 'migrations/d.ts');
    await commit({ 'd.ts': B.replace('B1700000000002', 'B1700000000004') });

    expect(said()).toBeUndefined();
    expect(readAll().files.map((it) => it.name)).toEqual(['A1700000000001', 'C1700000000003', 'B1700000000004']);
  });
});
