import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import type { RehearsalOrder, RehearsalReport } from '../../src/rehearsal/contract';
import { reportText } from '../../src/rehearsal/report-text';
import { describeOnPostgres } from '../handlers/describe-on-postgres';
import { type GeneratedMigration, TeamImage } from '../handlers/migration-gate/team-image';
import type { PostgresServer } from '../handlers/postgres-server';

/** As the command line loads it. */
const { rehearse } = createRequire(__filename)('../../assets/rehearsal/main/rehearsal.js') as { rehearse(order: RehearsalOrder, signal: AbortSignal): Promise<RehearsalReport> };

const accounts: GeneratedMigration = {
  name: 'CreateAccounts1700000000001', up: 'CREATE TABLE accounts (id integer PRIMARY KEY, cents integer NOT NULL, note text)', down: 'DROP TABLE accounts',
};
const colour: GeneratedMigration = { name: 'AddColour1700000000002', up: 'ALTER TABLE accounts ADD COLUMN colour text', down: 'ALTER TABLE accounts DROP COLUMN colour' };
const index: GeneratedMigration = {
  name: 'IndexCents1700000000003', transaction: false, up: 'CREATE INDEX CONCURRENTLY accounts_cents ON accounts (cents)', down: 'DROP INDEX accounts_cents',
};
const SEED = "INSERT INTO accounts SELECT n, n * 10, 'note ' || n FROM generate_series(1, 100) n";

describeOnPostgres('a rehearsal', server => {
  const images: TeamImage[] = [];
  afterEach(() => images.splice(0).forEach(image => image.delete()));

  interface Play {
    readonly released?: readonly GeneratedMigration[];
    readonly fresh: readonly GeneratedMigration[];
    readonly contract?: string;
    readonly test?: string;
    readonly order?: Partial<RehearsalOrder>;
    readonly signal?: AbortSignal;
    /** What the data source lists, where that is something else. */
    readonly built?: readonly GeneratedMigration[];
  }

  async function rehearsed({ released = [accounts], fresh, contract, test, order = {}, signal = new AbortController().signal, built = [...released, ...fresh] }: Play): Promise<RehearsalReport> {
    const image = new TeamImage({ migrations: built });
    images.push(image);
    fs.writeFileSync(path.join(image.directory, 'seed.sql'), SEED);
    process.env.PGSSLROOTCERT = server().certificate.authorityFile; // the data source of the images reads it
    return rehearse({
      dataSource: path.join(image.directory, 'dist', 'data-source.js'),
      migrations: [...released, ...fresh].map(({ name, down }) => ({ name, released: released.some(it => it.name === name), contract: name === contract, hasDown: down !== undefined })),
      seed: path.join(image.directory, 'seed.sql'),
      schema: 'app',
      extensions: [],
      test,
      server: placeOf(server()),
      ...order,
    }, signal);
  }

  const found = ({ findings }: RehearsalReport) => findings.map(({ kind, what }) => `${kind}: ${what}`);

  test('passes where everything comes and goes as it must, and says what each migration took', async () => {
    const report = await rehearsed({ fresh: [colour, index] });

    expect(report).toMatchObject({ outcome: 'passed', from: 'CreateAccounts1700000000001', findings: [], rows: { 'app.accounts': 100 } });
    expect(report.migrations).toEqual([
      { name: 'AddColour1700000000002', upMillis: expect.any(Number), downMillis: expect.any(Number), locks: [{ table: 'app.accounts', mode: 'ACCESS EXCLUSIVE', stops: 'reads and writes' }] },
      { name: 'IndexCents1700000000003', upMillis: expect.any(Number), downMillis: expect.any(Number), locks: undefined },
    ]);
    expect(reportText(report).join('\n')).toMatch(/passed: 2 new migrations, 0 problems$/);
  });

  test.each<[string, string | string[], string]>([
    ['a dropped column', 'ALTER TABLE accounts DROP COLUMN note', 'dropped column app.accounts.note'],
    ['a renamed column', 'ALTER TABLE accounts RENAME COLUMN note TO remark', 'renamed column app.accounts.note, to app.accounts.remark by the look of it'],
    ['a retyped column', 'ALTER TABLE accounts ALTER COLUMN cents TYPE bigint', 'retyped column app.accounts.cents from integer to bigint'],
    ['a renamed table', 'ALTER TABLE accounts RENAME TO books', 'renamed table app.accounts, to app.books by the look of it'],
    ['a column that must be filled', "ALTER TABLE accounts ADD COLUMN kind text NOT NULL DEFAULT 'x'; ALTER TABLE accounts ALTER COLUMN kind DROP DEFAULT", 'new column app.accounts.kind is NOT NULL and has no default'],
    ['a column that must be filled from now on', 'ALTER TABLE accounts ALTER COLUMN note SET NOT NULL', 'column app.accounts.note is NOT NULL now'],
    ['a column that must be filled from now on, if it is named', "UPDATE accounts SET note = ''; ALTER TABLE accounts ALTER COLUMN note SET DEFAULT '', ALTER COLUMN note SET NOT NULL", 'column app.accounts.note is NOT NULL now'],
    ['a column that takes no values any more', 'ALTER TABLE accounts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY', 'column app.accounts.id takes no values any more'],
    ['new uniqueness', 'ALTER TABLE accounts ADD CONSTRAINT one UNIQUE (note)', 'new uniqueness on app.accounts'],
  ])('finds %s in the catalogue, whatever the text of the migration', async (_, up, words) => {
    const hidden = { name: 'Hide1700000000004', up: `DO $$ BEGIN EXECUTE '${String(up).replaceAll("'", "''")}'; END $$` };

    const report = await rehearsed({ fresh: [hidden] });

    expect(report.outcome).toBe('failed');
    expect(found(report).find(line => line.startsWith(`breaks the previous release: ${words}`))).toBeDefined();
  });

  test('lets a column take more than before', async () => {
    const short = { name: 'AddCode1700000000003', up: 'ALTER TABLE accounts ADD COLUMN code varchar(10)', down: 'ALTER TABLE accounts DROP COLUMN code' };
    const wide = { name: 'WidenCode1700000000004', up: 'ALTER TABLE accounts ALTER COLUMN code TYPE varchar(20)', down: 'ALTER TABLE accounts ALTER COLUMN code TYPE varchar(10)' };

    expect(found(await rehearsed({ released: [accounts, short], fresh: [wide] }))).toEqual([]);
  });

  test('misses nothing that the previous release never had', async () => {
    const added = { name: 'AddKind1700000000004', up: 'ALTER TABLE accounts ADD COLUMN kind text', down: 'ALTER TABLE accounts DROP COLUMN kind' };
    const renamed = { name: 'RenameKind1700000000005', up: 'ALTER TABLE accounts RENAME COLUMN kind TO sort', down: 'ALTER TABLE accounts RENAME COLUMN sort TO kind' };

    expect(await rehearsed({ fresh: [added, renamed] })).toMatchObject({ outcome: 'passed', findings: [] });
  });

  test('says once what the previous release misses, whatever comes after', async () => {
    const mandatory = { name: 'AddKind1700000000004', up: "ALTER TABLE accounts ADD COLUMN kind text NOT NULL DEFAULT 'x'", down: 'ALTER TABLE accounts DROP COLUMN kind' };
    const bare = { name: 'BareKind1700000000005', up: 'ALTER TABLE accounts ALTER COLUMN kind DROP DEFAULT', down: "ALTER TABLE accounts ALTER COLUMN kind SET DEFAULT 'x'" };

    expect(found(await rehearsed({ fresh: [mandatory, bare, { ...colour, name: 'AddColour1700000000006' }] }).then(report => ({ ...report, findings: report.findings.filter(({ kind }) => kind === 'breaks the previous release') }))))
      .toEqual(['breaks the previous release: new column app.accounts.kind is NOT NULL and has no default']);
  });

  test('takes for meant what the migration marks as the contract step', async () => {
    const dropped = { name: 'DropNote1700000000004', up: 'ALTER TABLE accounts DROP COLUMN note' };

    expect(await rehearsed({ fresh: [dropped], contract: dropped.name })).toMatchObject({ outcome: 'passed', findings: [{ kind: 'breaks the previous release', meant: true }] });
  });

  test('finds a down that does not restore what was', async () => {
    const report = await rehearsed({ fresh: [{ ...index, transaction: undefined, up: 'CREATE INDEX accounts_cents ON accounts (cents)', down: 'SELECT 1' }] });

    expect(found(report)).toContain("is not restored: after 'down': index app.accounts_cents is there and was not");
  });

  test('finds rows that a down loses', async () => {
    const report = await rehearsed({ fresh: [{ ...colour, down: ['DELETE FROM accounts WHERE id > 90', 'ALTER TABLE accounts DROP COLUMN colour'] }] });

    expect(found(report)).toContain("loses data: after 'up' and 'down': table app.accounts has 90 rows and had 100");
  });

  test('finds values that an up has changed and its down does not bring back', async () => {
    const report = await rehearsed({ fresh: [{ name: 'Round1700000000004', up: 'UPDATE accounts SET cents = cents / 100', down: 'UPDATE accounts SET cents = cents * 100' }] });

    expect(found(report)).toContain("loses data: after 'up' and 'down': column app.accounts.cents has other values than before");
  });

  test('finds an up that fails, with the words of the server', async () => {
    const report = await rehearsed({ fresh: [{ name: 'Break1700000000004', up: 'SELECT x FROM nowhere', down: '' }] });

    expect(found(report)[0]).toMatch(/^fails: 'up' fails: relation "nowhere" does not exist \(SQLSTATE 42P01\)/);
  });

  test('finds a migration that comes too late', async () => {
    const report = await rehearsed({ fresh: [{ name: 'Early1600000000000', up: 'CREATE TABLE early (id integer)', down: 'DROP TABLE early' }] });

    expect(found(report)).toContain('comes too late: its timestamp is older than CreateAccounts1700000000001, which is released');
  });

  test('runs the tests of the previous release as the application, on a copy of the new schema', async () => {
    const test = `node -e "
      const { Client } = require(process.cwd() + '/node_modules/pg');
      const client = new Client({ ssl: { ca: require('fs').readFileSync(process.env.PGSSLROOTCERT, 'utf8') } });
      client.connect().then(() => client.query('INSERT INTO accounts (id, cents) VALUES (1000, 1)')).then(() => client.query('SELECT colour FROM accounts')).then(() => process.exit(0), () => process.exit(1));"`;

    expect(await rehearsed({ fresh: [colour], test })).toMatchObject({ outcome: 'passed', tests: { exitCode: 0 } });
  });

  test('fails where the tests of the previous release fail on the new schema', async () => {
    const report = await rehearsed({ fresh: [colour], test: 'exit 3' });

    expect(report).toMatchObject({ outcome: 'failed', tests: { exitCode: 3 } });
    expect(found(report)).toEqual(['tests fail: the tests of the previous release end with 3 on the new schema']);
  });

  test('says that it could not be rehearsed where the build lacks a migration of the sources', async () => {
    expect(await rehearsed({ fresh: [colour], built: [accounts] })).toMatchObject({ outcome: 'not rehearsed', reason: expect.stringContaining('AddColour1700000000002 is missing') });
  });

  test('says that it could not be rehearsed where the server cannot be reached', async () => {
    expect(await rehearsed({ fresh: [colour], order: { server: { ...placeOf(server()), port: 1 } } })).toMatchObject({ outcome: 'not rehearsed', reason: expect.stringContaining('cannot sign in to localhost:1') });
  });

  test('leaves no database and no role behind on a server of somebody else, also when it is interrupted', async () => {
    const before = await namesOn(server());
    const interrupted = new AbortController();
    const forever = { name: 'Sleep1700000000004', up: 'SELECT pg_sleep(60)', down: '' };
    setTimeout(() => interrupted.abort(), 2_000);

    expect(await rehearsed({ fresh: [forever], signal: interrupted.signal })).toMatchObject({ outcome: 'not rehearsed', reason: 'it was interrupted; nothing is left of it' });
    expect(await namesOn(server())).toEqual(before);
  });

  test('starts a server of its own where none is named, and removes it', async () => {
    const directories = () => fs.readdirSync(os.tmpdir()).filter(name => name.startsWith('rehearsal-'));
    const before = directories();

    expect(await rehearsed({ fresh: [colour], order: { server: undefined, serverBin: server().programs } })).toMatchObject({ outcome: 'passed', server: expect.stringMatching(/^PostgreSQL \d+/) });
    expect(directories()).toEqual(before);
  });
});

test('there is nothing to rehearse where every migration is released', async () => {
  const order: RehearsalOrder = { dataSource: 'nowhere', migrations: [{ name: 'Create1700000000001', released: true, contract: false, hasDown: true }], schema: 'app', extensions: [] };

  const report = await rehearse(order, new AbortController().signal);

  expect(reportText(report)).toEqual(['', 'nothing to rehearse: there is no new migration']);
});

function placeOf(server: PostgresServer): NonNullable<RehearsalOrder['server']> {
  return { host: server.host, port: server.port, user: server.superuser.user, password: server.superuser.password, database: 'postgres', tls: true, authorityFile: server.certificate.authorityFile };
}

async function namesOn(server: PostgresServer): Promise<unknown[]> {
  const client = await server.connect(server.superuser);
  const { rows } = await client.query('SELECT datname AS name FROM pg_database UNION ALL SELECT rolname FROM pg_roles ORDER BY 1');
  await client.end();
  return rows;
}
