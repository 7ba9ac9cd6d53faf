import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { Deployments } from './deployments';
import { slowestRead } from './slowest-read';
import type { GeneratedMigration } from './team-image';
import { until } from './until';
import { Shop } from '../database-roles/shop';
import { describeOnOnePostgres } from '../describe-on-postgres';

const accounts: GeneratedMigration = {
  name: 'CreateAccounts1700000000001', up: ['CREATE TABLE accounts (id integer PRIMARY KEY, cents integer)', 'CREATE TABLE orders (id integer PRIMARY KEY)', 'INSERT INTO accounts VALUES (1, 10)'],
};
const colour: GeneratedMigration = { name: 'AddColour1700000000003', up: 'ALTER TABLE accounts ADD COLUMN colour text' };
const size: GeneratedMigration = { name: 'AddSize1700000000004', up: 'ALTER TABLE orders ADD COLUMN size text' };

describeOnOnePostgres('the patience of a migration', server => {
  let deployments: Deployments;
  let other: Client;
  beforeEach(async () => {
    deployments = await Deployments.open(await Shop.open(server()));
    await deployments.deploy({ migrations: [accounts] });
    other = await another();
  });
  afterEach(async () => {
    await other.end();
    await deployments.close();
  });

  /** A session of a person, who may do everything. */
  async function another(): Promise<Client> {
    const client = await server().connect({ ...server().superuser, database: deployments.shop.database });
    await client.query(`SET search_path = ${deployments.shop.schema}`);
    return client;
  }
  /** Lets a lock go so long after the migration has begun. */
  async function commitAfter(millis: number, client = other): Promise<void> {
    await until(() => deployments.aws.lines().filter(line => line.includes('"migration begins"')).length > 1);
    await sleep(millis);
    await client.query('COMMIT');
  }
  const waits = () => deployments.aws.lines().map(line => JSON.parse(line)).filter(({ message }) => message === 'migration gives way to others and comes back');

  test('repeats the one statement that found no lock, and none before it, where no transaction is around them', async () => {
    await other.query('BEGIN; SELECT FROM accounts');
    const mixed: GeneratedMigration = { ...colour, transaction: false, up: ['UPDATE accounts SET cents = cents * 2', colour.up as string] };

    expect(await deployments.deploy({ migrations: [accounts, mixed] }, { meanwhile: () => commitAfter(5_500) })).toMatchObject({ Status: 'SUCCESS' });
    expect(waits().length).toBeGreaterThanOrEqual(1);
    expect(await deployments.sql('SELECT cents FROM accounts')).toEqual([{ cents: 20 }]);
  });

  test('counts its tries where one transaction is around all migrations', async () => {
    await other.query('BEGIN; SELECT FROM orders');
    const { TaskDefinition } = deployments.publish({ migrations: [accounts, colour, size], mode: 'all' });
    deployments.aws.run(TaskDefinition, { MIGRATION_ACTION: 'up', MIGRATION_RUN: 'by hand', MIGRATION_STARTED_BY: 'a test', MIGRATION_DEADLINE: String(Date.now() + 60_000) });

    await until(() => waits().length >= 2);

    expect(waits().map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  test('is spent once for all the locks of a transaction, so that readers behind the first wait for no more than 6 s', async () => {
    const third = await another();
    await other.query('BEGIN; SELECT FROM accounts');
    await third.query('BEGIN; SELECT FROM orders');
    const both: GeneratedMigration = { ...colour, up: [colour.up as string, size.up as string] };
    const deploying = deployments.deploy({ migrations: [accounts, both] }, {
      meanwhile: async () => {
        await commitAfter(4_000);
        await commitAfter(5_000, third);
      },
    });

    expect(await slowestRead(await another(), 'accounts', deploying)).toBeLessThan(6);
    expect(await deploying).toMatchObject({ Status: 'SUCCESS' });
    await third.end();
  });

  test.each([
    ['its statement has the word CONCURRENTLY in a text', "ALTER TABLE accounts ADD COLUMN colour text DEFAULT 'runs concurrently'"],
    ['a statement before it took the limit away', ['SET lock_timeout = 0', 'ALTER TABLE accounts ADD COLUMN colour text']],
  ])('ends after 5 s though %s', async (_, up) => {
    await other.query('BEGIN; SELECT FROM accounts');
    const deploying = deployments.deploy({ migrations: [accounts, { ...colour, up }] }, { meanwhile: () => commitAfter(6_500) });

    expect(await slowestRead(await another(), 'accounts', deploying)).toBeLessThan(6);
    expect(await deploying).toMatchObject({ Status: 'SUCCESS' });
  });

  test('does not end where an index is built concurrently, though a comment stands in front', async () => {
    await other.query('BEGIN; UPDATE accounts SET cents = 11');
    const index: GeneratedMigration = { name: 'Index1700000000005', transaction: false, up: '/* fast */ CREATE INDEX CONCURRENTLY accounts_cents ON accounts (cents)' };

    expect(await deployments.deploy({ migrations: [accounts, index] }, { meanwhile: () => commitAfter(5_500) })).toMatchObject({ Status: 'SUCCESS' });
    expect(waits()).toEqual([]);
  });
});
