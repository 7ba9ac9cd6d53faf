import { Deployments } from './deployments';
import { accounts, double } from './sample-migrations';
import type { GeneratedMigration } from './team-image';
import { until } from './until';
import { Shop } from '../database-roles/shop';
import { describeOnOnePostgres } from '../describe-on-postgres';

describeOnOnePostgres('a migration that does what it should not', server => {
  let deployments: Deployments;
  beforeEach(async () => {
    deployments = await Deployments.open(await Shop.open(server()));
    await deployments.deploy({ migrations: [accounts] });
  });
  afterEach(async () => deployments.close());

  const cents = async () => (await deployments.sql('SELECT cents FROM accounts'))[0].cents;
  const lines = () => deployments.aws.lines().map(line => JSON.parse(line));
  const begun = () => lines().filter(({ message, migration }) => message === 'migration begins' && migration === double.name).length;

  test('is refused before it begins where no transaction is around any of them', async () => {
    expect(await deployments.deploy({ migrations: [accounts, double], mode: 'none' })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining("migrationsTransactionMode must not be 'none'; set it to 'each'"),
    });
    expect(await cents()).toBe(10);
  });

  test.each([
    ['commits the transaction that is around it', { ...double, up: ['UPDATE accounts SET cents = cents * 2', 'COMMIT', 'BEGIN'] }],
    ['rolls it back', { ...double, up: ['UPDATE accounts SET cents = cents * 2', 'ROLLBACK'] }],
    ['ends one of its own by a statement', { ...double, transaction: false, before: 'await runner.startTransaction();', after: "await runner.query('COMMIT');" }],
    ['begins one by a statement', { ...double, transaction: false, up: ['BEGIN', 'UPDATE accounts SET cents = cents * 2'] }],
    ['hides the word in a comment and in the middle of others', { ...double, up: 'UPDATE accounts SET cents = cents * 2; /* now */ COMMIT; BEGIN' }],
  ])('is refused where it %s', async (_, migration: GeneratedMigration) => {
    expect(await deployments.deploy({ migrations: [accounts, migration] })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('a migration must not begin or end a transaction by a statement'),
    });
    expect(await deployments.applied()).toEqual([accounts.name]);
  });

  test('may begin and commit a transaction of its own by the query runner, where none is around it', async () => {
    const own: GeneratedMigration = { ...double, transaction: false, before: 'await runner.startTransaction();', after: 'await runner.commitTransaction();' };

    expect(await deployments.deploy({ migrations: [accounts, own] })).toMatchObject({ Status: 'SUCCESS' });
    expect(await cents()).toBe(20);
  });

  test('may go back to a savepoint after a statement that took its time and failed', async () => {
    const slowAndWrong = 'SELECT 1 / length(pg_sleep(0.4)::text)';
    const mends: GeneratedMigration = {
      ...double, before: `await runner.query('SAVEPOINT a'); await runner.query('${slowAndWrong}').catch(() => undefined); await runner.query('ROLLBACK TO SAVEPOINT a');`,
    };

    expect(await deployments.deploy({ migrations: [accounts, mends] })).toMatchObject({ Status: 'SUCCESS' });
    expect(await cents()).toBe(20);
  });

  test('fails where it leaves such a transaction open', async () => {
    const open: GeneratedMigration = { ...double, transaction: false, before: 'await runner.startTransaction();' };

    expect(await deployments.deploy({ migrations: [accounts, open] })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('began a transaction and left it open'),
    });
    expect(await cents()).toBe(10);
  });

  test('fails where it leaves one open within that of TypeORM, which would else never be committed', async () => {
    expect(await deployments.deploy({ migrations: [accounts, { ...double, before: 'await runner.startTransaction();' }] })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('began a transaction and left it open'),
    });
    expect(await deployments.applied()).toEqual([accounts.name]);
  });

  test.each([
    ['and what it did in a transaction within is undone', { before: 'await runner.startTransaction();', after: 'await runner.commitTransaction();' }, 'SUCCESS', 20],
    ['but not where it did something on another connection, which nobody takes back', { before: "await runner.dataSource.query('SELECT 1');" }, 'FAILED', 10],
  ])('is done again where it finds a lock taken, %s', async (_, how, status, left) => {
    await deployments.sql('CREATE TABLE orders (id integer)');
    const other = await server().connect({ ...server().superuser, database: deployments.shop.database });
    await other.query(`BEGIN; LOCK TABLE ${deployments.shop.schema}.orders`);
    const locks: GeneratedMigration = { ...double, ...how, up: ['UPDATE accounts SET cents = cents * 2', 'LOCK TABLE orders NOWAIT'] };

    const answer = await deployments.deploy({ migrations: [accounts, locks], environment: { MIGRATION_PAUSE_FACTOR: '1' } }, {
      meanwhile: async () => {
        await until(() => lines().some(({ message, outcome }) => message === 'migration gives way to others and comes back' || outcome === 'failed'));
        await other.query('COMMIT');
      },
    });
    await other.end();

    expect(answer).toMatchObject({ Status: status });
    expect(await cents()).toBe(left);
  });

  test('ends the tool and does not hide what was applied before', async () => {
    const exits: GeneratedMigration = { name: 'Exit1700000000003', up: 'SELECT 1', before: 'process.exit(0);' };

    expect(await deployments.deploy({ migrations: [accounts, double, exits] })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/the tool ended with exit code 0 before it was done\. Applied before: DoubleCents1700000000002; they stay so\./),
    });
  });

  test('is not applied beside itself where its tool is killed, whatever the data source calls its session', async () => {
    const slow: GeneratedMigration = { ...double, up: ['SELECT pg_sleep(4)', 'UPDATE accounts SET cents = cents * 2'] };
    const release = deployments.publish({ migrations: [accounts, slow], extra: { application_name: 'shop' } });
    const asleep = async () => (await deployments.shop.asSuperuser("SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(4)' AND state = 'active' AND datname = current_database()")).length;
    let most = 0;

    const answer = await deployments.deploy(release, {
      meanwhile: async () => {
        await until(async () => await asleep() === 1);
        deployments.aws.tasks[1].process.kill('SIGKILL');
        await until(async () => {
          most = Math.max(most, await asleep());
          return begun() === 2 && await asleep() > 0;
        });
      },
    });

    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(most).toBe(1);
  });

  test('cannot log the password in the form that it has in an address', async () => {
    await deployments.deploy({ migrations: [accounts, { ...double, before: "console.log('postgres://owner:' + encodeURIComponent(process.env.PGPASSWORD) + '@host');" }] });

    expect(lines().map(({ line }) => line)).toContainEqual(expect.stringMatching(/^postgres:\/\/owner:\W+@host$/));
  });

  test('cannot let the application change the record by a grant on all tables', async () => {
    await deployments.deploy({ migrations: [accounts, { ...double, up: `GRANT ALL ON ALL TABLES IN SCHEMA ${deployments.shop.schema} TO PUBLIC` }] });

    await expect(deployments.shop.as(deployments.shop.secrets.app, 'DELETE FROM platform_migration_runs')).rejects.toThrow('permission denied');
  });

  test('cannot let the application change the record, whatever it grants to PUBLIC', async () => {
    await deployments.sql('DROP TABLE platform_migration_runs', 'ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC');
    await deployments.deploy({ migrations: [accounts, double] });

    await expect(deployments.shop.as(deployments.shop.secrets.app, 'DELETE FROM platform_migration_runs')).rejects.toThrow('permission denied');
  });
});
