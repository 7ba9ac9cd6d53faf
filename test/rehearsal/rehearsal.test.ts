import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Play, placeOf, rehearse, rehearsed as rehearsedOn } from './play';
import type { RehearsalOrder, RehearsalReport } from '../../src/rehearsal/contract';
import { reportText } from '../../src/rehearsal/report-text';
import { describeOnOnePostgres } from '../handlers/describe-on-postgres';
import type { GeneratedMigration } from '../handlers/migration-gate/team-image';
import type { PostgresServer } from '../handlers/postgres-server';

const accounts: GeneratedMigration = {
  name: 'CreateAccounts1700000000001', up: 'CREATE TABLE accounts (id integer PRIMARY KEY, cents integer NOT NULL, note text)', down: 'DROP TABLE accounts',
};
const colour: GeneratedMigration = { name: 'AddColour1700000000002', up: 'ALTER TABLE accounts ADD COLUMN colour text', down: 'ALTER TABLE accounts DROP COLUMN colour' };
const index: GeneratedMigration = {
  name: 'IndexCents1700000000003', transaction: false, up: 'CREATE INDEX CONCURRENTLY accounts_cents ON accounts (cents)', down: 'DROP INDEX accounts_cents',
};
const SEED = "INSERT INTO accounts SELECT n, n * 10, 'note ' || n FROM generate_series(1, 100) n";

/** From the accounts with a hundred rows, unless the play says otherwise. */
const rehearsedFor = (server: () => PostgresServer) => async ({ released = [accounts], seed = SEED, ...play }: Partial<Play> & Pick<Play, 'fresh'>) => rehearsedOn(server(), { released, seed, ...play });

const found = ({ findings }: RehearsalReport) => findings.map(({ kind, what }) => `${kind}: ${what}`);

describeOnOnePostgres('a rehearsal', server => {
  const rehearsed = rehearsedFor(server);

  test('passes where everything comes and goes as it must, and says what each migration took', async () => {
    const report = await rehearsed({ fresh: [colour, index] });

    expect(report).toMatchObject({ outcome: 'passed', from: 'CreateAccounts1700000000001', findings: [], rows: { 'app.accounts': 100 } });
    expect(report.migrations).toEqual([
      { name: 'AddColour1700000000002', upMillis: expect.any(Number), downMillis: expect.any(Number), locks: [{ table: 'app.accounts', mode: 'ACCESS EXCLUSIVE', stops: 'reads and writes' }] },
      { name: 'IndexCents1700000000003', upMillis: expect.any(Number), downMillis: expect.any(Number), locks: undefined },
    ]);
    expect(reportText(report).join('\n')).toMatch(/passed: 2 new migrations, 0 problems$/);
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
    const dropped = { name: 'DropNote1700000000004', up: 'ALTER TABLE accounts DROP COLUMN note', down: 'ALTER TABLE accounts ADD COLUMN note text' };

    expect(await rehearsed({ fresh: [dropped], contract: dropped.name })).toMatchObject({ outcome: 'passed', findings: [{ kind: 'breaks the previous release', meant: true }] });
  });

  test('lets a contract step take a table away, with its sequence, which comes back empty', async () => {
    const counted = { name: 'CreateCounted1700000000002', up: 'CREATE TABLE counted (id serial PRIMARY KEY); INSERT INTO counted DEFAULT VALUES' };
    const dropped = { name: 'DropCounted1700000000004', up: 'DROP TABLE counted', down: 'CREATE TABLE counted (id serial PRIMARY KEY)' };

    expect(await rehearsed({ released: [accounts, counted], fresh: [dropped], contract: dropped.name })).toMatchObject({ outcome: 'passed', findings: [{ kind: 'breaks the previous release', meant: true }] });
  });

  test('does not call lost what a later migration of the same release writes into what is new, or only looks different', async () => {
    const attached = { name: 'CreateParts1700000000002', up: 'CREATE TABLE whole (y integer NOT NULL) PARTITION BY LIST (y); CREATE TABLE part (y integer NOT NULL); INSERT INTO part VALUES (1); CREATE TABLE rates (rate numeric(10,2)); INSERT INTO rates VALUES (1.5)' };
    const report = await rehearsed({
      released: [accounts, attached],
      fresh: [colour, { name: 'Fill1700000000004', up: "UPDATE accounts SET colour = 'red'" }, { name: 'Attach1700000000005', up: 'ALTER TABLE whole ATTACH PARTITION part FOR VALUES IN (1); ALTER TABLE rates ALTER rate TYPE numeric(12,4)' }],
    });

    expect(found(report)).toEqual([]);
  });

  test('finds a down that does not restore what was', async () => {
    const report = await rehearsed({ fresh: [{ ...index, transaction: undefined, up: 'CREATE INDEX accounts_cents ON accounts (cents)', down: 'SELECT 1' }] });

    expect(found(report)).toContain("is not restored: after 'down': index app.accounts_cents is there and was not");
  });

  const first = 'Step1700000000004';
  test.each<[string, readonly GeneratedMigration[], string]>([
    ['rows that a down loses', [{ ...colour, down: ['DELETE FROM accounts WHERE id > 90', 'ALTER TABLE accounts DROP COLUMN colour'] }],
      "loses data: after 'up' and 'down': table app.accounts has 90 rows and had 100"],
    ['values that an up has changed and its down does not bring back', [{ name: first, up: 'UPDATE accounts SET cents = cents / 100', down: 'UPDATE accounts SET cents = cents * 100' }],
      "loses data: after 'up' and 'down': column app.accounts.cents has other values than before"],
    ['values that changed places in a table without a key', [{ name: first, up: "UPDATE pairs SET name = CASE name WHEN 'a' THEN 'b' ELSE 'a' END", down: 'SELECT 1' }],
      "loses data: after 'up' and 'down': rows of table app.pairs have exchanged values"],
    ['rows that a migration without a way back deletes', [{ name: first, up: 'DELETE FROM accounts' }],
      "loses data: after 'up', which has no 'down': table app.accounts has 0 rows and had 100"],
    ['values that a migration without a way back changes', [{ name: first, up: "ALTER TABLE accounts ADD COLUMN kind text DEFAULT 'x', DROP CONSTRAINT accounts_pkey; UPDATE accounts SET note = 'gone'" }],
      "loses data: after 'up', which has no 'down': column app.accounts.note has other values than before"],
    ['the down of a migration in front of one without a way back', [{ ...colour, down: 'SELECT 1' }, { name: first, up: 'CREATE TABLE later (id integer)' }],
      "is not restored: after 'down': column app.accounts.colour is there and was not"],
    ['rows that a down leaves behind', [{ name: first, up: "INSERT INTO kinds VALUES (1, 'a')", down: 'SELECT 1' }],
      "is not restored: after 'down': table app.kinds has 1 rows and had 0"],
    ['a sequence that begins at 1 again after a down', [{ name: first, up: 'DROP SEQUENCE numbers', down: 'CREATE SEQUENCE numbers' }],
      "is not restored: after 'down': sequence app.numbers gives 1 next, and would have given 51"],
  ])('finds %s', async (_, fresh, words) => {
    const others: GeneratedMigration = {
      name: 'CreateOthers1700000000002',
      up: ["CREATE TABLE pairs (id integer, name text); INSERT INTO pairs VALUES (1, 'a'), (2, 'b')", 'CREATE TABLE kinds (id integer, name text)', "CREATE SEQUENCE numbers; SELECT nextval('numbers') FROM generate_series(1, 50)"],
    };

    expect(found(await rehearsed({ released: [accounts, others], fresh }))).toContain(words);
  });

  test('does not call rows lost where some were added, and runs every down up to the last without a way back', async () => {
    const report = await rehearsed({ fresh: [colour, { name: 'Insert1700000000004', up: 'INSERT INTO accounts VALUES (101, 1)' }, { ...index, name: 'Index1700000000005' }] });

    expect(found(report)).toEqual([]);
    expect(report.migrations.map(({ downMillis }) => downMillis !== undefined)).toEqual([true, false, true]);
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

    expect(await rehearsed({ fresh: [colour], order: { test } })).toMatchObject({ outcome: 'passed', tests: { exitCode: 0 } });
  });

  test('fails where the tests of the previous release fail on the new schema', async () => {
    const report = await rehearsed({ fresh: [colour], order: { test: 'exit 3' } });

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
});

describeOnOnePostgres('the surroundings of a rehearsal', server => {
  const rehearsed = rehearsedFor(server);

  test('are clean where several are on one server at the same time', async () => {
    const superuser = await server().connect(server().superuser);
    await superuser.query('DROP ROLE IF EXISTS rds_iam');
    await superuser.end();
    const before = await namesOn(server());

    expect(await Promise.all([colour, colour, colour].map(async it => (await rehearsed({ fresh: [it] })).outcome))).toEqual(['passed', 'passed', 'passed']);
    expect(await namesOn(server())).toEqual(before);
  });

  test('are a server of its own where none is named, which is removed', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'servers-'));
    const usual = process.env.TMPDIR;
    fs.chmodSync(directory, 0o755);
    process.env.TMPDIR = directory;
    try {
      expect(await rehearsed({ fresh: [colour], order: { server: undefined, serverBin: server().programs } })).toMatchObject({ outcome: 'passed', server: expect.stringMatching(/^PostgreSQL \d+/) });
      expect(fs.readdirSync(directory)).toEqual([]);
    } finally {
      process.env.TMPDIR = usual;
      fs.rmSync(directory, { recursive: true });
    }
  });

  test('have nothing left of the tests of the previous release once they are interrupted, whatever those ignore', async () => {
    const interrupted = new AbortController();
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tests-'));
    const file = path.join(directory, 'pid');
    const looking = setInterval(() => fs.existsSync(file) && interrupted.abort(), 50);
    await rehearsed({ fresh: [colour], signal: interrupted.signal, order: { test: `(trap '' TERM; sh -c 'echo $PPID' > ${file}.new; mv ${file}.new ${file}; exec sleep 600) & wait` } });
    clearInterval(looking);

    const { stdout: state } = spawnSync('ps', ['-o', 'stat=', '-p', fs.readFileSync(file, 'utf8').trim()], { encoding: 'utf8' });
    fs.rmSync(directory, { recursive: true });
    expect(state).toMatch(/^(Z.*\n)?$/); // gone, whether somebody has noticed or not
  });

  test('may go away, which says nothing about the migrations', async () => {
    const sockets = new Set<net.Socket>();
    const way = net.createServer(socket => {
      const onward = net.connect(server().port, '127.0.0.1');
      [socket, onward].forEach(it => sockets.add(it.on('error', () => undefined)));
      socket.pipe(onward).pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(way, 'listening');
    const gone = whileItSleeps(server()).then(() => { way.close(); sockets.forEach(it => it.destroy()); });
    const place = { ...placeOf(server()), port: (way.address() as net.AddressInfo).port };

    expect(await rehearsed({ fresh: [{ name: 'Sleep1700000000004', up: 'SELECT pg_sleep(30)', down: '' }], order: { server: place } }))
      .toMatchObject({ outcome: 'not rehearsed', reason: expect.stringMatching(/^the server went away: .*; the databases rehearsal\d+ and the roles .* could not be removed: /s) });
    await gone;
  });
});

/** Ends once a migration sleeps on the server. */
async function whileItSleeps(server: PostgresServer): Promise<void> {
  const superuser = await server.connect(server.superuser);
  const sleeping = "SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)' AND state = 'active'";
  while ((await superuser.query(sleeping)).rowCount === 0) {
    await sleep(50);
  }
  await superuser.end();
}

test('there is nothing to rehearse where every migration is released', async () => {
  const order: RehearsalOrder = { dataSource: 'nowhere', migrations: [{ name: 'Create1700000000001', released: true, contract: false, hasDown: true }], schema: 'app', extensions: [] };

  const report = await rehearse(order, new AbortController().signal);

  expect(reportText(report)).toEqual(['', 'nothing to rehearse: there is no new migration']);
});

async function namesOn(server: PostgresServer): Promise<unknown[]> {
  const client = await server.connect(server.superuser);
  const { rows } = await client.query('SELECT datname AS name FROM pg_database UNION ALL SELECT rolname FROM pg_roles ORDER BY 1');
  await client.end();
  return rows;
}
