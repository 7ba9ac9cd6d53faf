import type { Client } from 'pg';
import { Deployments } from './deployments';
import { accounts, colour, double } from './sample-migrations';
import { until } from './until';
import { Shop } from '../database-roles/shop';
import { describeOnPostgres } from '../describe-on-postgres';

describeOnPostgres('a deployment that finds an invalid index', server => {
  let deployments: Deployments;
  let other: Client;
  beforeEach(async () => {
    deployments = await Deployments.open(await Shop.open(server()));
    await deployments.deploy({ migrations: [{ ...accounts, up: [accounts.up, 'ALTER TABLE accounts ADD COLUMN note text'].flat() }] });
    other = await server().connect({ ...server().superuser, database: deployments.shop.database });
    await other.query(`SET search_path = ${deployments.shop.schema}`);
  });
  afterEach(async () => {
    await other.end();
    await deployments.close();
  });

  const lines = () => deployments.aws.lines().map(line => JSON.parse(line));
  const breakIndex = (name: string) => deployments.shop.asSuperuser(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${deployments.shop.schema}.${name}'::regclass`);
  const isValid = async (name: string) => (await deployments.sql(`SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('${name}')`))[0]?.indisvalid;

  test('builds it anew though its name is a word of a new migration', async () => {
    await deployments.sql('CREATE UNIQUE INDEX cents ON accounts (cents)');
    await breakIndex('cents');

    await deployments.deploy({ migrations: [accounts, double] });

    expect(await isValid('cents')).toBe(true);
  });

  test.each([
    ['takes it away', 'DROP INDEX CONCURRENTLY old', false],
    ['takes it away if it is there', 'DROP INDEX CONCURRENTLY IF EXISTS old', false],
    ['builds it', 'CREATE INDEX CONCURRENTLY "old" ON accounts (cents)', true],
    ['builds it if it is not there', 'create index concurrently if not exists OLD on accounts (cents)', true],
    ['builds it in a transaction', 'CREATE INDEX old ON accounts (cents)', true],
  ])('leaves it as a migration wants it that %s', async (_, up, isThere) => {
    await deployments.sql('CREATE INDEX old ON accounts (cents)');
    await breakIndex('old');

    const answer = await deployments.deploy({ migrations: [accounts, { ...colour, transaction: up.includes('old ON') && !up.includes('"') ? undefined : false, up, down: 'CREATE INDEX CONCURRENTLY old ON accounts (cents)' }] });

    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(await isValid('old')).toBe(isThere || undefined);
  });

  test('fails each time where a migration builds one that must be unique and cannot be, whatever puts its name together', async () => {
    await deployments.sql('INSERT INTO accounts VALUES (2, 10)');
    const once = { ...colour, transaction: false, up: [], before: "const index = 'accounts' + '_once'; await runner.query(`CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ${index} ON accounts (cents)`);" };
    await deployments.deploy({ migrations: [accounts, once] });
    deployments.aws.lastStatus = 'UPDATE_FAILED';

    expect(await deployments.deploy({ migrations: [accounts, once] })).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('could not create unique index') });
  });

  test('goes on where it cannot be built, and says so', async () => {
    await deployments.sql('INSERT INTO accounts VALUES (2, 10)');
    await deployments.sql('CREATE UNIQUE INDEX CONCURRENTLY accounts_once ON accounts (cents)').catch(() => undefined);

    expect(await deployments.deploy({ migrations: [accounts, colour] })).toMatchObject({ Status: 'SUCCESS' });
    expect(lines()).toContainEqual(expect.objectContaining({ level: 'WARN', index: expect.stringContaining('accounts_once') }));
  });

  test('leaves alone what a cut off REINDEX has left of the system, which belongs to the server', async () => {
    await other.query('BEGIN; UPDATE accounts SET cents = 10');
    const { username: user, password } = deployments.shop.secrets.owner;
    const person = await server().connect({ user, password, database: deployments.shop.database });
    person.on('error', () => undefined);
    const reindexing = person.query('REINDEX TABLE CONCURRENTLY accounts').catch(() => undefined);
    await until(async () => (await deployments.shop.asSuperuser("SELECT FROM pg_class WHERE relname LIKE 'pg_toast%ccnew'")).length > 0);
    await deployments.shop.asSuperuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'REINDEX TABLE%' AND pid <> pg_backend_pid()");
    await reindexing;
    await other.query('COMMIT');

    expect(await deployments.deploy({ migrations: [accounts, colour] })).toMatchObject({ Status: 'SUCCESS' });
    expect(await deployments.shop.asSuperuser("SELECT relname FROM pg_class WHERE relname LIKE 'accounts%ccnew'")).toEqual([]);
  });

  test('is not held up by a run that was killed while it built one anew', async () => {
    await deployments.sql('CREATE INDEX left_over ON accounts (cents)');
    await breakIndex('left_over');
    await other.query('BEGIN; UPDATE accounts SET cents = 10');
    const { TaskDefinition } = deployments.publish({ migrations: [accounts] });
    const byHand = { MIGRATION_ACTION: 'up', MIGRATION_RUN: 'by hand', MIGRATION_STARTED_BY: 'a test', MIGRATION_DEADLINE: String(Date.now() + 90_000) };
    const killed = deployments.aws.run(TaskDefinition, byHand);
    const isRepairing = () => deployments.shop.asSuperuser("SELECT FROM pg_stat_activity WHERE query LIKE 'REINDEX INDEX%' AND wait_event_type = 'Lock' AND datname = current_database()");
    await until(async () => (await isRepairing()).length > 0);
    killed.process.kill('SIGKILL');

    const next = deployments.aws.run(TaskDefinition, byHand);

    await until(() => deployments.aws.lines(next).some(line => line.includes('left invalid')));
    await other.query('COMMIT');
  });
});
