import { existsSync, readFileSync } from 'node:fs';
import { runCommandLine } from '../../src/cli/command-line';
import { enter, leave, migration, write } from '../managed-postgres/migrations/migration-directory';

afterEach(leave);

const LOCK = 'migrations/migrations.lock';
const A = migration('A1700000000001', 'CREATE TABLE a (b int)');
const B = migration('B1700000000002', 'CREATE TABLE b (b int)');
const C = migration('C1700000000003', 'CREATE TABLE c (b int)');
const ONE_WAY = "export class B1700000000002 { async up(r) { await r.query('SELECT 1'); } }";

const run = async (...args: string[]) => {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await runCommandLine(['lock', ...args], { say: (line) => said.push(line), complain: (line) => complained.push(line) });
  return { code, said, complained };
};
const listed = () => readFileSync(LOCK, 'utf8').trimEnd().split('\n').map((it) => it.slice(66));

test('lists all migrations where there is no lock, as they are', async () => {
  enter({ 'a.ts': A, 'c.ts': migration('C1700000000003', 'DROP TABLE a'), 'b.ts': ONE_WAY });

  const { code, said } = await run('migrations');

  expect(said).toEqual(['added a.ts', 'added b.ts', 'added c.ts', `${LOCK} lists 3 now, taken for released as they are: commit it`]);
  expect(code).toBe(0);
  expect(listed()).toEqual(['a.ts', 'b.ts', 'c.ts']);
});

test('adds those that are new, and leaves the others as they are', async () => {
  enter({ 'a.ts': A });
  await run('migrations');
  const before = readFileSync(LOCK, 'utf8');
  write({ 'b.ts': B });

  const { code, said } = await run('migrations');

  expect(said).toEqual(['added b.ts', `${LOCK} lists 2 now: commit it`]);
  expect(code).toBe(0);
  expect(readFileSync(LOCK, 'utf8')).toMatch(new RegExp(`^${before}[0-9a-f]{64}  b\\.ts\\n$`));
});

test('says that there is nothing to do', async () => {
  enter({ 'a.ts': A });
  await run('migrations');

  expect(await run('migrations')).toEqual({ code: 0, said: [`${LOCK} is complete: it lists 1, and none has changed`], complained: [] });
});

test('writes what the synthesis accepts, also with a slash at the end', async () => {
  enter({ 'a.ts': A });

  expect((await run('migrations/')).code).toBe(0);
  expect(listed()).toEqual(['a.ts']);
});

test('refuses a migration that is older than a released one, and lists nothing', async () => {
  enter({ 'b.ts': B });
  await run('migrations');
  write({ 'a.ts': A, 'c.ts': C });

  const { code, said, complained } = await run('migrations');

  expect({ code, said }).toEqual({ code: 1, said: [] });
  expect(complained).toEqual([
    "[cdk-golden-path lock] 'migrations' must not be older than what is released already (1700000000002): it is out of order after a merge, got 'migrations/a.ts'; "
    + "give it a timestamp above that, such as that of now ('date +%s000'), in the names of its class and its file, and run 'npx cdk-golden-path lock migrations'",
  ]);
  expect(listed()).toEqual(['b.ts']);
});

test('refuses a released migration that has changed', async () => {
  enter({ 'a.ts': A });
  await run('migrations');
  write({ 'a.ts': `${A} `, 'b.ts': B });

  const { code, complained } = await run('migrations');

  expect(code).toBe(1);
  expect(complained[0]).toMatch(/^\[cdk-golden-path lock\] 'migrations' must not be changed after release/);
  expect(listed()).toEqual(['a.ts']);
});

test.each([
  ['takes something away', migration('B1700000000002', 'DROP TABLE a'), /must not take away what the previous release may still use/],
  ['has no way back', ONE_WAY, /must have a way back/],
  ['cannot run in its transaction', migration('B1700000000002', 'VACUUM a'), /must run without a transaction/],
])('refuses to release a new migration that %s', async (_title, source, words) => {
  enter({ 'a.ts': A });
  await run('migrations');
  write({ 'b.ts': source });

  const { code, complained } = await run('migrations');

  expect(code).toBe(1);
  expect(complained[0]).toMatch(words);
  expect(listed()).toEqual(['a.ts']);
});

test('lists a migration without a way back that the app gives a reason for', async () => {
  enter({ 'a.ts': A });
  await run('migrations');
  write({ 'b.ts': ONE_WAY });

  expect((await run('migrations', '--irreversible', 'b.ts')).code).toBe(0);
  expect(listed()).toEqual(['a.ts', 'b.ts']);
});

test('warns of a migration that cannot be repeated from its middle', async () => {
  enter({ 'a.ts': A });
  await run('migrations');
  write({ 'b.ts': migration('B1700000000002', 'CREATE INDEX CONCURRENTLY b ON a (b); CREATE INDEX CONCURRENTLY c ON a (b)', { body: 'transaction = false;' }) });

  const { code, complained } = await run('migrations');

  expect(code).toBe(0);
  expect(complained).toEqual([expect.stringMatching(/^warning: migrations\/b.ts runs without a transaction, and is done again/)]);
});

test('refuses a directory without migrations, and writes nothing', async () => {
  enter({});

  const { code, complained } = await run('migrations');

  expect(code).toBe(1);
  expect(complained).toEqual(["[cdk-golden-path lock] 'directory' must hold migrations, got 'migrations'; add the first one, such as '1767225600000-create-customers.ts'"]);
  expect(existsSync(LOCK)).toBe(false);
});

test.each([
  [[], 'expected one directory, got none'],
  [['migrations', 'others'], 'expected one directory, got migrations, others'],
  [['migrations', '--irreversible', 'c.ts'], "--irreversible must name a new migration, got 'c.ts'"],
  [['migrations', '--irreversible'], "Option '--irreversible <value>' argument missing"],
  [['migrations', '--force'], "Unknown option '--force'"],
])('does not understand %j', async (args, words) => {
  enter({ 'a.ts': A });

  expect(await run(...args)).toEqual({ code: 2, said: [], complained: [`cdk-golden-path: ${words}`, "See 'cdk-golden-path lock --help'."] });
});
