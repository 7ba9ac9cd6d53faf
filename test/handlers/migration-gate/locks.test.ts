import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { Deployments } from './deployments';
import { slowestRead } from './slowest-read';
import type { GeneratedMigration } from './team-image';
import { until } from './until';
import { Shop } from '../database-roles/shop';
import { describeOnPostgres } from '../describe-on-postgres';

const accounts: GeneratedMigration = { name: 'CreateAccounts1700000000001', up: ['CREATE TABLE accounts (id integer PRIMARY KEY, cents integer)', 'INSERT INTO accounts SELECT n, n FROM generate_series(1, 5000) n'] };
const colour: GeneratedMigration = { name: 'AddColour1700000000003', up: 'ALTER TABLE accounts ADD COLUMN colour text' };
const orders: GeneratedMigration = { name: 'CreateOrders1700000000005', up: 'CREATE TABLE orders (id integer PRIMARY KEY)' };
const index: GeneratedMigration = { name: 'IndexCents1700000000004', transaction: false, up: 'CREATE INDEX CONCURRENTLY accounts_cents ON accounts (cents)' };

describeOnPostgres('a migration that meets the locks of others', server => {
  let deployments: Deployments;
  let other: Client;
  beforeEach(async () => {
    deployments = await Deployments.open(await Shop.open(server()));
    await deployments.deploy({ migrations: [accounts] });
    const { username: user, password } = deployments.shop.secrets.app;
    other = await server().connect({ user, password, database: deployments.shop.database });
    await other.query('SET idle_in_transaction_session_timeout = 0');
  });
  afterEach(async () => {
    await other.end();
    await deployments.close();
  });

  /** Long enough for a migration that waits for a lock to give way. */
  async function commitAfterPatience(name: string): Promise<void> {
    await until(() => deployments.aws.lines().some(line => line.includes('"migration begins"') && line.includes(name)));
    await sleep(5_500);
    await other.query('COMMIT');
  }

  test.each([
    ['a reader', 'SELECT * FROM accounts LIMIT 1'],
    ['a writer', 'UPDATE accounts SET cents = 0 WHERE id = 1'],
  ])('gives way to %s that does not end, so that no other reader waits for more than 6 s, and succeeds when it has ended', async (_, statement) => {
    await other.query('BEGIN');
    await other.query(statement);
    const deploying = deployments.deploy({ migrations: [accounts, colour] }, { meanwhile: () => commitAfterPatience(colour.name) });

    const { username: user, password } = deployments.shop.secrets.app;
    const slowest = await slowestRead(await server().connect({ user, password, database: deployments.shop.database }), 'accounts', deploying);

    expect(await deploying).toMatchObject({ Status: 'SUCCESS' });
    expect(slowest).toBeLessThan(6);
    expect(deployments.aws.lines().filter(line => line.includes('migration gives way to others')).length).toBeGreaterThanOrEqual(1);
  });

  test('waits without a limit where nobody waits behind it: an index that is built concurrently', async () => {
    await other.query('BEGIN');
    await other.query('UPDATE accounts SET cents = 0 WHERE id = 1');

    const answer = await deployments.deploy({ migrations: [accounts, index] }, { meanwhile: () => commitAfterPatience(index.name) });

    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(deployments.aws.lines().some(line => line.includes('gives way'))).toBe(false);
  });

  test.each(['CREATE INDEX CONCURRENTLY', 'CREATE INDEX CONCURRENTLY IF NOT EXISTS'])('finds the index that a killed %s has left invalid, and builds it anew', async create => {
    await other.query('BEGIN');
    await other.query('UPDATE accounts SET cents = 0 WHERE id = 1');
    const interrupted: GeneratedMigration = { ...index, up: `${create} accounts_cents ON accounts (cents)` };

    const answer = await deployments.deploy({ migrations: [accounts, interrupted] }, {
      meanwhile: async () => {
        await until(async () => (await deployments.sql('SELECT FROM pg_index WHERE NOT indisvalid')).length === 1);
        deployments.aws.tasks[1].process.kill('SIGKILL');
        await until(async () => deployments.aws.lines().some(line => line.includes('ends sessions that a killed run has left behind')));
        await other.query('COMMIT');
      },
    });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(await deployments.sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'accounts_cents'::regclass")).toEqual([{ indisvalid: true }]);
  });

  test('waits for a transaction of others as long as it takes when it builds an invalid index anew', async () => {
    await deployments.deploy({ migrations: [accounts, index] });
    await deployments.shop.asSuperuser("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'accounts_cents'::regclass");
    await other.query('BEGIN');
    await other.query('UPDATE accounts SET cents = 0 WHERE id = 1');

    const answer = await deployments.deploy({ migrations: [accounts, index, orders] }, {
      meanwhile: async () => {
        await until(() => deployments.aws.lines().some(line => line.includes('has left invalid')));
        await sleep(5_500);
        await other.query('COMMIT');
      },
    });

    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(await deployments.sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'accounts_cents'::regclass")).toEqual([{ indisvalid: true }]);
  });

  test('says what to set where a migration cannot run in the one transaction of all', async () => {
    expect(await deployments.deploy({ migrations: [accounts, index], mode: 'all' })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining("set migrationsTransactionMode to 'each' in the data source"),
    });
  });
});
