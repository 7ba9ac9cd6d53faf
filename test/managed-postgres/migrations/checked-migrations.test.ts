import { join } from 'node:path';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { enter, leave, migration, refusal, write } from './migration-directory';
import { readMigrations } from '../../../src/managed-postgres/migrations/checked-migrations';
import { migrationFiles } from '../../../src/managed-postgres/migrations/migration-file';
import { lockText } from '../../../src/managed-postgres/migrations/migration-lock';
import type { MigrationWaiver } from '../../../src/managed-postgres/migrations/migration-waiver';
import { loweredGuardsOf } from '../../../src/private/lowered-guard';
import { stackOf } from '../../support';

afterEach(leave);

const SAFE = migration('A1700000000001', 'CREATE TABLE a (b int)');
const ONE_WAY = "export class B1700000000002 { async up(r) { await r.query('SELECT 1'); } }";
const DROPS = migration('C1700000000003', 'DROP TABLE a');
const INDEX = migration('D1700000000004', 'CREATE INDEX CONCURRENTLY d ON a (b)');

const said = (files: { [name: string]: string }, irreversible?: MigrationWaiver[]) => {
  enter(files);
  return refusal(() => readMigrations(stackOf(), { directory: 'migrations', irreversible }));
};
const release = () => write({ 'migrations.lock': lockText(migrationFiles('Shop', 'migrations')) });

test('accepts a migration that adds something and can take it back', () => {
  expect(said({ 'a.ts': SAFE })).toBeUndefined();
});

test('refuses a migration without a way back', () => {
  expect(said({ 'b.ts': ONE_WAY })).toBe(
    "[Shop] 'migrations' must have a way back: a 'down' that does something else than to throw, got 'migrations/b.ts'; write it, or name the file with a reason in 'irreversible'",
  );
});

test('accepts a migration without a way back for a reason', () => {
  expect(said({ 'b.ts': ONE_WAY }, [{ file: 'b.ts', reason: 'It reads only.' }])).toBeUndefined();
});

test('notes for the evidence which migration has no way back, and why', () => {
  enter({ 'b.ts': ONE_WAY });
  const stack = stackOf();
  readMigrations(stack, { directory: 'migrations', irreversible: [{ file: 'b.ts', reason: 'It reads only.' }] });

  expect(loweredGuardsOf(stack)).toEqual([{ what: 'the migration b.ts has no way back', reason: 'It reads only.' }]);
});

test.each([
  [{ file: 'c.ts', reason: 'It reads only.' }, "must name files of the migrations, got 'c.ts'; correct the name, without the directory, or remove the waiver"],
  [{ file: 'migrations/b.ts', reason: 'It reads only.' }, "must name files of the migrations, got 'migrations/b.ts'; correct the name, without the directory, or remove the waiver"],
  [{ file: 'a.ts', reason: 'It reads only.' }, "must name migrations without a 'down' only, got 'a.ts'; remove the waiver"],
  [{ file: 'b.ts', reason: ' because   ' }, "must give a reason of at least 10 characters, got 'b.ts'; say why it needs no way back"],
])('refuses the waiver %j', (waiver, words) => {
  expect(said({ 'a.ts': SAFE, 'b.ts': ONE_WAY }, [{ file: 'b.ts', reason: 'It reads only.' }, waiver])).toBe(`[Shop] 'irreversible' ${words}`);
});

test('refuses a migration that takes something away without a mark', () => {
  expect(said({ 'c.ts': DROPS })).toBe(
    "[Shop] 'migrations' must not take away what the previous release may still use (DROP TABLE in \"DROP TABLE a\"), got 'migrations/c.ts'; "
    + "release first what does without it; the step that follows says so in a comment: '// contract: <why the previous release no longer needs it>'",
  );
});

test('refuses a mark that gives no reason', () => {
  expect(said({ 'c.ts': `// contract: unused\n${DROPS}` })).toBe(
    "[Shop] 'migrations' must give a reason of at least 10 characters in the comment 'contract:' (DROP TABLE in \"DROP TABLE a\"), got 'migrations/c.ts'; say why the previous release no longer needs it",
  );
});

test('accepts a migration that takes something away and says why', () => {
  expect(said({ 'c.ts': `// contract: since release 12 nothing reads it\n${DROPS}` })).toBeUndefined();
});

test('does not mind what the way back takes away', () => {
  expect(said({ 'a.ts': migration('A1700000000001', 'CREATE TABLE a (b int)', { down: 'DROP TABLE a' }) })).toBeUndefined();
});

test('refuses in a transaction what PostgreSQL refuses there', () => {
  expect(said({ 'd.ts': INDEX })).toBe(
    "[Shop] 'migrations' must run without a transaction, in which PostgreSQL refuses \"CREATE INDEX CONCURRENTLY d ON a (b)\", got 'migrations/d.ts'; "
    + "add 'readonly transaction = false;' to the class, and move the other steps to a migration of their own",
  );
});

test.each(['transaction = true;', 'transaction = undefined;', '// transaction = false;', 'static transaction = false;'])('is not satisfied with %j', (body) => {
  expect(said({ 'd.ts': INDEX.replace('async up', `${body}\nasync up`) })).toMatch(/must run without a transaction/);
});

test('accepts it without a transaction', () => {
  expect(said({ 'd.ts': INDEX.replace('async up', 'readonly transaction = false;\nasync up') })).toBeUndefined();
});

test('says of a migration all that is wrong with it', () => {
  const messages = said({ 'a.ts': "export class A1700000000000 { async up(r) { await r.query('DROP INDEX CONCURRENTLY a; DROP TABLE a'); } }" })?.split('\n');

  expect(messages?.map((it) => /must (have a way back|run without|not take away)/.exec(it)?.[1])).toEqual(['have a way back', 'run without', 'not take away']);
});

test('does not refuse what is released already, for it must not change', () => {
  enter({ 'b.ts': ONE_WAY, 'c.ts': DROPS, 'd.ts': INDEX });
  release();

  expect(refusal(() => readMigrations(stackOf(), { directory: 'migrations' }))).toBeUndefined();
});

test('accepts a waiver for a migration that is released', () => {
  enter({ 'b.ts': ONE_WAY });
  release();

  expect(refusal(() => readMigrations(stackOf(), { directory: 'migrations', irreversible: [{ file: 'b.ts', reason: 'It reads only.' }] }))).toBeUndefined();
});

test('refuses a new migration beside released ones, for what it does and because the lock does not list it', () => {
  enter({ 'a.ts': SAFE });
  release();
  write({ 'c.ts': DROPS });

  const messages = refusal(() => readMigrations(stackOf(), { directory: 'migrations' }))?.split('\n');

  expect(messages?.map((it) => /must (not take away|list all)/.exec(it)?.[1])).toEqual(['not take away', 'list all']);
});

test('names the construct that asks', () => {
  enter({ 'c.ts': DROPS });

  expect(refusal(() => readMigrations(stackOf().node.root, { directory: 'migrations' }))).toMatch(/^\[\] 'migrations' must not take away/);
});

describe('warns', () => {
  const warnings = (files: { [name: string]: string }, released = false) => {
    enter(files);
    if (released) {
      release();
    }
    const stack = stackOf();
    readMigrations(stack, { directory: 'migrations' });
    return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map((it) => String(it.entry.data));
  };
  const TWO_STEPS = migration('D1700000000004', 'CREATE INDEX CONCURRENTLY d ON a (b); CREATE INDEX CONCURRENTLY e ON a (b)', { body: 'transaction = false;' });

  test('where there is no lock', () => {
    expect(warnings({ 'a.ts': SAFE })).toEqual([
      'migrations has no migrations.lock, so nobody notices when a released migration changes, or when a merge puts one before it: '
      + "run 'npx cdk-golden-path lock migrations' and commit what it writes [ack: cdk-golden-path:migrationsUnlocked]",
    ]);
  });

  test('of nothing where there is one', () => {
    expect(warnings({ 'a.ts': SAFE }, true)).toEqual([]);
  });

  test('of a migration without a transaction that could not be repeated', () => {
    expect(warnings({ 'd.ts': TWO_STEPS })).toContain(
      'migrations/d.ts runs without a transaction, and is done again from its beginning where it is cut off: "CREATE INDEX CONCURRENTLY d ON a (b)", "CREATE INDEX CONCURRENTLY e ON a (b)"; '
      + 'give each step a migration of its own, in a transaction if it changes rows, or write it so that it may be repeated (IF NOT EXISTS, ON CONFLICT, or DROP INDEX … IF EXISTS before) [ack: cdk-golden-path:halfDoneD1700000000004]',
    );
  });

  test.each(['UPDATE a SET b = 1; COMMIT; BEGIN', 'START TRANSACTION', 'rollback', "PREPARE TRANSACTION 'y'"])('of %j, since a migration leaves its transaction to TypeORM', (sql) => {
    expect(warnings({ 'a.ts': migration('A1700000000001', sql) })).toContainEqual(expect.stringMatching(/^migrations\/a\.ts seems to begin or end a transaction by a statement, which its run will refuse: /));
  });

  test.each(['SAVEPOINT a; ROLLBACK TO SAVEPOINT a', 'DO $$ BEGIN UPDATE a SET b = 1; END $$', 'BEGIN NEW.touched = now(); RETURN NEW; END', 'Begin to copy'])('not of %j', (sql) => {
    expect(warnings({ 'a.ts': migration('A1700000000001', sql) })).toHaveLength(1);
  });

  test('of a single step that changes rows without a transaction, since nothing would tell that it was done twice', () => {
    expect(warnings({ 'a.ts': migration('A1700000000001', 'UPDATE a SET b = b * 2', { body: 'transaction = false;' }) })).toContainEqual(
      expect.stringMatching(/^migrations\/a\.ts runs without a transaction, and is done again from its beginning where it is cut off: "UPDATE a SET b = b \* 2"; /),
    );
  });

  test('not of one that is released', () => {
    expect(warnings({ 'd.ts': TWO_STEPS }, true)).toEqual([]);
  });

  test('not of one with a single step, nor of one in a transaction', () => {
    expect(warnings({
      'a.ts': migration('A1700000000001', 'CREATE TABLE a (b int); CREATE TABLE b (b int)'),
      'd.ts': migration('D1700000000004', 'DROP INDEX CONCURRENTLY IF EXISTS d; CREATE INDEX CONCURRENTLY d ON a (b)', { body: 'transaction = false;' }),
    })).toHaveLength(1);
  });
});

describe('the hash', () => {
  const hash = (files: { [name: string]: string }) => {
    enter(files);
    return readMigrations(stackOf(), { directory: 'migrations' }).hash;
  };

  test('is the same for the same migrations, wherever they are and whatever the ends of their lines are', () => {
    expect(hash({ 'a.ts': SAFE })).toBe(hash({ 'a.ts': SAFE.replace(/\n/g, '\r\n') }));
  });

  test('does not change with what is no migration', () => {
    const plain = hash({ 'a.ts': SAFE });

    enter({ 'a.ts': SAFE, 'README.md': '# Migrations' });
    release();

    expect(readMigrations(stackOf(), { directory: 'migrations' }).hash).toBe(plain);
  });

  test.each<[string, { [name: string]: string }]>([
    ['a migration changes', { 'a.ts': SAFE.replace('b int', 'b bigint') }],
    ['a file is renamed', { 'b.ts': SAFE }],
    ['a migration is added', { 'a.ts': SAFE, 'b.ts': migration('B1700000000002', 'SELECT 1') }],
  ])('changes when %s', (_title, files) => {
    expect(hash(files)).not.toBe(hash({ 'a.ts': SAFE }));
  });
});

test("accepts the shop's migrations without a warning", () => {
  const stack = stackOf();

  const { files } = readMigrations(stack, { directory: join(__dirname, '../../../examples/shop/services/api/src/database/migrations') });

  expect(files).toHaveLength(10);
  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
});
