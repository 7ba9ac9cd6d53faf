import { Deployments } from './deployments';
import { type GeneratedMigration, manyMigrations } from './team-image';
import { Shop } from '../database-roles/shop';
import { describeOnPostgres } from '../describe-on-postgres';

const accounts: GeneratedMigration = {
  name: 'CreateAccounts1700000000001', up: ['CREATE TABLE accounts (id integer PRIMARY KEY, cents integer)', 'INSERT INTO accounts VALUES (1, 10)'], down: 'DROP TABLE accounts',
};
/** Applied twice it would leave four times as much. */
const double: GeneratedMigration = { name: 'DoubleCents1700000000002', up: 'UPDATE accounts SET cents = cents * 2', down: 'UPDATE accounts SET cents = cents / 2' };
const slowDouble: GeneratedMigration = { ...double, up: ['SELECT pg_sleep(1)', 'UPDATE accounts SET cents = cents * 2'] };
const colour: GeneratedMigration = { name: 'AddColour1700000000003', up: 'ALTER TABLE accounts ADD COLUMN colour text', down: 'ALTER TABLE accounts DROP COLUMN colour' };
const broken: GeneratedMigration = { name: 'Break1700000000004', up: 'SELECT cents FROM nowhere' };

describeOnPostgres('the gate', server => {
  let deployments: Deployments;
  beforeEach(async () => { deployments = await Deployments.open(await Shop.open(server())); });
  afterEach(async () => deployments.close());

  const cents = async () => (await deployments.sql('SELECT cents FROM accounts'))[0].cents;
  const lineOf = (message: string) => deployments.aws.lines().map(line => JSON.parse(line)).find(line => line.message === message);

  describe('of a deployment', () => {
    test('applies all migrations the first time', async () => {
      expect(await deployments.deploy({ migrations: [accounts, double] })).toMatchObject({
        Status: 'SUCCESS', Data: { Outcome: 'migrated', Newest: 'DoubleCents1700000000002' },
      });
      expect(await deployments.applied()).toEqual(['CreateAccounts1700000000001', 'DoubleCents1700000000002']);
    });

    test('starts no task while the migrations are the same, whatever the image', async () => {
      await deployments.deploy({ migrations: [accounts] });
      const again = { ...deployments.publish({ migrations: [accounts] }) };

      expect(await deployments.deploy(again)).toMatchObject({ Status: 'SUCCESS', Data: { Outcome: 'nothing to do' } });
      expect(deployments.aws.tasks).toHaveLength(1);
    });

    test('looks again where the update before failed without a rollback, though the migrations are the same', async () => {
      await deployments.deploy({ migrations: [accounts] });
      deployments.aws.lastStatus = 'UPDATE_FAILED';

      await deployments.deploy({ migrations: [accounts] });

      expect(deployments.aws.tasks).toHaveLength(2);
    });

    test('applies the three that are new', async () => {
      await deployments.deploy({ migrations: [accounts] });
      const three = [double, colour, { name: 'AddSize1700000000005', up: 'ALTER TABLE accounts ADD COLUMN size integer' }];

      expect(await deployments.deploy({ migrations: [accounts, ...three] })).toMatchObject({ Status: 'SUCCESS', Data: { Newest: 'AddSize1700000000005' } });
      expect(await deployments.applied()).toHaveLength(4);
    });

    test('applies two hundred', async () => {
      expect(await deployments.deploy({ migrations: manyMigrations(200) })).toMatchObject({ Status: 'SUCCESS' });
      expect(await deployments.applied()).toHaveLength(200);
    });

    test('fails with the words of the tool where one fails half way, and keeps those before it', async () => {
      const { Status, Reason } = await deployments.deploy({ migrations: [accounts, double, broken] });

      expect(Status).toBe('FAILED');
      expect(Reason).toMatch(/^the migrations of orders failed: relation "nowhere" does not exist \(SQLSTATE 42P01\)\. Applied before: CreateAccounts1700000000001, DoubleCents1700000000002; they stay\./);
      expect(Reason).toMatch(/The tool's last lines:\n[^]*nowhere/);
      expect(await cents()).toBe(20);
    });

    test('goes on where it failed once it is mended', async () => {
      await deployments.deploy({ migrations: [accounts, double, broken] });

      expect(await deployments.deploy({ migrations: [accounts, double, { ...broken, up: 'SELECT 1' }] })).toMatchObject({ Status: 'SUCCESS' });
      expect(await cents()).toBe(20);
    });

    test('keeps nothing of a release whose data source puts all into one transaction', async () => {
      expect(await deployments.deploy({ migrations: [accounts, broken], mode: 'all' })).toMatchObject({ Status: 'FAILED' });
      expect(await deployments.applied()).toEqual([]);
    });

    test('fails in words for an image that was built from other sources', async () => {
      expect(await deployments.deploy({ migrations: [accounts], newest: 'AddColour1700000000003' })).toMatchObject({
        Status: 'FAILED', Reason: expect.stringContaining('the image does not know the migration AddColour1700000000003, which the sources had at synth'),
      });
    });

    test('refuses an older timestamp that arrives by a merge, before anything is applied', async () => {
      await deployments.deploy({ migrations: [accounts, colour] });

      expect(await deployments.deploy({ migrations: [accounts, double, colour] })).toMatchObject({
        Status: 'FAILED', Reason: expect.stringMatching(/DoubleCents1700000000002 came after AddColour1700000000003, .* give it a new timestamp/),
      });
      expect(await cents()).toBe(10);
    });

    test('succeeds on a database that is ahead, and says by how much', async () => {
      await deployments.deploy({ migrations: [accounts, colour] });

      expect(await deployments.deploy({ migrations: [accounts] })).toMatchObject({ Status: 'SUCCESS' });
      expect(deployments.aws.lines().map(line => JSON.parse(line)).filter(({ message }) => message === 'outcome').at(-1))
        .toMatchObject({ ahead: ['AddColour1700000000003'], SchemaAhead: 1 });
    });

    test('runs nothing when the stack is deleted', async () => {
      await deployments.deploy({ migrations: [accounts] });

      expect(await deployments.remove()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'gate' });
      expect(deployments.aws.tasks).toHaveLength(1);
    });
  });

  describe('of events that repeat and tasks that die', () => {
    test('applies each migration once, and answers once, when every event arrives twice', async () => {
      const twice = { times: 2 };

      expect(await deployments.deploy({ migrations: [accounts] }, twice)).toMatchObject({ Status: 'SUCCESS' });
      expect(await deployments.deploy({ migrations: [accounts, slowDouble] }, twice)).toMatchObject({ Status: 'SUCCESS' });
      expect(await cents()).toBe(20);
      expect(await deployments.remove(twice)).toMatchObject({ Status: 'SUCCESS' });
    });

    test.each(['loses the reply', 'throttles', 'has no capacity', 'is out of order'] as const)('applies each migration once when ECS %s', async fault => {
      deployments.aws.faults.push(fault);

      expect(await deployments.deploy({ migrations: [accounts, slowDouble] })).toMatchObject({ Status: 'SUCCESS' });
      expect(deployments.aws.tasks).toHaveLength(1);
      expect(await cents()).toBe(20);
    });

    test.each([['Create', 'FAILED'], ['a rollback', 'SUCCESS']])('answers at once where the state machine cannot be started: %s with %s', async (kind, status) => {
      if (kind !== 'Create') {
        await deployments.deploy({ migrations: [accounts] });
      }
      deployments.aws.machineMissing = true;
      const release = deployments.publish({ migrations: [accounts] });

      expect(await (kind === 'Create' ? deployments.deploy(release) : deployments.rollBack(release))).toMatchObject({ Status: status });
    });

    test('waits for a task that ECS does not show at once', async () => {
      deployments.aws.hiddenLooks = 3;

      expect(await deployments.deploy({ migrations: [accounts] })).toMatchObject({ Status: 'SUCCESS' });
    });

    test('gives up in words when ECS never has room', async () => {
      deployments.aws.faults.push(...Array<'has no capacity'>(100).fill('has no capacity'));

      expect(await deployments.deploy({ migrations: [accounts] })).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('Capacity is unavailable at this time') });
    });

    test('starts another task when one is killed, and applies each migration once', async () => {
      const answer = await deployments.deploy({ migrations: [accounts, slowDouble] }, {
        meanwhile: async () => {
          await until(() => deployments.aws.lines().some(line => line.includes('"migration begins"') && line.includes('DoubleCents')));
          deployments.aws.tasks[0].process.kill('SIGKILL');
        },
      });

      expect(answer).toMatchObject({ Status: 'SUCCESS' });
      expect(deployments.aws.tasks).toHaveLength(2);
      expect(await cents()).toBe(20);
    });

    test('starts another task when one is asked to stop, and applies each migration once', async () => {
      const answer = await deployments.deploy({ migrations: [accounts, slowDouble] }, {
        meanwhile: async () => {
          await until(() => deployments.aws.lines().some(line => line.includes('"migration begins"') && line.includes('DoubleCents')));
          deployments.aws.tasks[0].process.kill('SIGTERM');
        },
      });

      expect(answer).toMatchObject({ Status: 'SUCCESS' });
      expect(await cents()).toBe(20);
    });

    test('starts another task when the server takes its session away, and applies each migration once', async () => {
      const answer = await deployments.deploy({ migrations: [accounts, slowDouble] }, {
        meanwhile: async () => {
          await until(() => deployments.aws.lines().some(line => line.includes('"migration begins"') && line.includes('DoubleCents')));
          await deployments.shop.asSuperuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'migration-guard' AND datname = current_database()");
        },
      });

      expect(answer).toMatchObject({ Status: 'SUCCESS' });
      expect(await cents()).toBe(20);
    });

    test('lets one of two gates wait for the other', async () => {
      await deployments.deploy({ migrations: [accounts] });
      const release = deployments.publish({ migrations: [accounts, slowDouble] });
      const beside = { MIGRATION_ACTION: 'up', MIGRATION_RUN: 'beside', MIGRATION_STARTED_BY: 'a test', MIGRATION_DEADLINE: String(Date.now() + 60_000) };

      const answer = await deployments.deploy(release, { meanwhile: async () => void deployments.aws.run(release.TaskDefinition, beside) });
      await until(() => deployments.aws.tasks.every(({ ended }) => ended));

      expect(answer).toMatchObject({ Status: 'SUCCESS' });
      expect(deployments.aws.tasks.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
      expect(await cents()).toBe(20);
    });

    test('ends what does not end by itself at the time limit, and says so', async () => {
      const forever: GeneratedMigration = { name: 'Sleep1700000000009', up: 'SELECT pg_sleep(3600)' };
      const inFourSeconds = () => Date.now() - 55 * 60_000 + 4_000;

      expect(await deployments.deploy({ migrations: [accounts, forever] }, { now: inFourSeconds })).toMatchObject({
        Status: 'FAILED', Reason: expect.stringContaining('the time limit is reached, and what was not committed is undone'),
      });
      expect(await deployments.applied()).toEqual(['CreateAccounts1700000000001']);
    });
  });

  describe('of a server that refuses', () => {
    test('fails in words with wrong credentials, after three tasks', async () => {
      const { Status, Reason } = await deployments.deploy({ migrations: [accounts], environment: { PGPASSWORD: 'Wr0ng' } });

      expect(Status).toBe('FAILED');
      expect(Reason).toMatch(/role 'owner\d+' cannot sign in to .*: wrong password/);
      expect(deployments.aws.tasks).toHaveLength(3);
    });

    test('waits for a server that cannot be reached and comes back', async () => {
      await server().stop();

      const answer = await deployments.deploy({ migrations: [accounts] }, {
        meanwhile: async () => {
          await until(() => lineOf('cannot sign in yet') !== undefined);
          await server().run();
        },
      });

      expect(answer).toMatchObject({ Status: 'SUCCESS' });
    });

    test('lets a task that waits for the server end at once when it is asked to stop', async () => {
      const { TaskDefinition } = deployments.publish({ migrations: [accounts] });
      await server().stop();
      try {
        const task = deployments.aws.run(TaskDefinition, {
          MIGRATION_ACTION: 'up', MIGRATION_RUN: 'by hand', MIGRATION_STARTED_BY: 'a test', MIGRATION_DEADLINE: String(Date.now() + 600_000),
        });
        await until(() => lineOf('cannot sign in yet') !== undefined);
        task.process.kill('SIGTERM');
        await until(() => task.ended);

        expect(task.exitCode).toBe(75);
      } finally {
        await server().run();
      }
    });

    test('waits for a free connection while the application has taken them all', async () => {
      const { app } = deployments.shop.secrets;
      const taken: { end(): Promise<void> }[] = [];
      for (;;) {
        try {
          taken.push(await server().connect({ user: app.username, password: app.password, database: deployments.shop.database }));
        } catch {
          break; // no slot is left
        }
      }

      const answer = await deployments.deploy({ migrations: [accounts] }, {
        meanwhile: async () => {
          await until(() => lineOf('cannot sign in yet')?.problem === 'no free connection');
          await Promise.all(taken.map(client => client.end()));
        },
      });

      expect(answer).toMatchObject({ Status: 'SUCCESS' });
    });

    test('fails in words where a table belongs to a person', async () => {
      await deployments.deploy({ migrations: [accounts] });
      await deployments.shop.asSuperuser('CREATE ROLE ada', `ALTER TABLE ${deployments.shop.schema}.accounts OWNER TO ada`);
      try {
        expect(await deployments.deploy({ migrations: [accounts, colour] })).toMatchObject({
          Status: 'FAILED', Reason: expect.stringMatching(/must be owner of table accounts \(SQLSTATE 42501\)/),
        });
      } finally {
        await deployments.shop.asSuperuser(`ALTER TABLE ${deployments.shop.schema}.accounts OWNER TO ${deployments.shop.secrets.owner.username}`, 'DROP ROLE ada');
      }
    });
  });

  describe('of a rollback', () => {
    const first = { migrations: [accounts] };
    const second = { migrations: [accounts, double, colour] };
    const columns = async () => (await deployments.sql("SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'accounts' ORDER BY 1")).map(({ name }) => name);
    const gateLines = () => deployments.lines.map(line => JSON.parse(line));

    /** The services that use the database, as they are after a deployment failed. */
    function services(image: string, taskDefinition = 'td:old', primary = 'td:old'): void {
      deployments.aws.services.push({ arn: 'arn:aws:ecs:eu-central-1:111111111111:service/shop/api', taskDefinition: primary, deployments: 1, tasks: [{ taskDefinition, image }] });
    }

    test('keeps the schema when the application fails afterwards, and says what stays', async () => {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      await deployments.deploy(second);

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS', Data: { Outcome: 'kept' } });
      expect(await columns()).toContain('colour');
      expect(gateLines().find(({ message }) => message === 'the schema stays as the failed deployment left it'))
        .toMatchObject({ ahead: ['DoubleCents1700000000002', 'AddColour1700000000003'], SchemaAhead: 2 });
    });

    test('takes back exactly what the deployment applied, where downs are wanted and the former version runs', async () => {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      await deployments.deploy({ ...second, onRollback: 'revert' });
      services(before.Image);

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS', Data: { Outcome: 'reverted', Newest: 'CreateAccounts1700000000001' } });
      expect(await deployments.applied()).toEqual(['CreateAccounts1700000000001']);
      expect(await cents()).toBe(10);
    });

    test('takes nothing back that an earlier deployment of the same release applied', async () => {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      await deployments.deploy(second);
      await deployments.rollBack(before);
      await deployments.deploy({ ...second, onRollback: 'revert' });
      services(before.Image);

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS', Data: { Outcome: 'nothing to do' } });
      expect(await cents()).toBe(20);
    });

    test.each([
      ['a task of the new version runs, since another resource failed after the service had succeeded', (image: string) => services(image, 'td:new', 'td:new')],
      ['a service is about to start tasks of another version', (image: string) => services(image, 'td:old', 'td:new')],
      ['no service is known to use the database', () => undefined],
    ])('keeps the schema, alarms and prints the command where %s', async (_, arrange) => {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      const failed = deployments.publish({ ...second, onRollback: 'revert' });
      await deployments.deploy(failed);
      arrange(failed.Image);

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS', Data: { Outcome: 'kept' } });
      expect(await columns()).toContain('colour');
      expect(gateLines().find(({ RevertFailed }) => RevertFailed === 1)).toMatchObject({ level: 'ERROR', command: expect.stringContaining(`--task-definition ${failed.TaskDefinition}`) });
    });

    test('succeeds though a down fails, alarms and prints the command', async () => {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      await deployments.deploy({ migrations: [accounts, { ...colour, down: 'SELECT cents FROM nowhere' }], onRollback: 'revert' });
      services(before.Image);

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS' });
      expect(gateLines().find(({ RevertFailed }) => RevertFailed === 1)).toMatchObject({
        reason: expect.stringContaining('relation "nowhere" does not exist'), command: expect.stringContaining('"MIGRATION_ACTION","value":"down"'),
      });
    });

    test('succeeds though ECS never has room', async () => {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      await deployments.deploy({ ...second, onRollback: 'revert' });
      services(before.Image);
      deployments.aws.faults.push(...Array<'has no capacity'>(100).fill('has no capacity'));

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS' });
    });

    test('reverts once when the event arrives twice', async () => {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      await deployments.deploy({ ...second, onRollback: 'revert' });
      services(before.Image);

      expect(await deployments.rollBack(before, { times: 2 })).toMatchObject({ Status: 'SUCCESS' });
      expect(await cents()).toBe(10);
    });

    test('goes forward again afterwards', async () => {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      await deployments.deploy({ ...second, onRollback: 'revert' });
      services(before.Image);
      await deployments.rollBack(before);

      expect(await deployments.deploy(second)).toMatchObject({ Status: 'SUCCESS' });
      expect(await cents()).toBe(20);
    });
  });

  describe('of the record', () => {
    test('writes down who, what, from where to where, how long and how it ended', async () => {
      await deployments.deploy({ migrations: [accounts] });
      await deployments.deploy({ migrations: [accounts, double] });

      expect(deployments.aws.lines().map(line => JSON.parse(line)).filter(({ message }) => message === 'outcome').at(-1)).toMatchObject({
        level: 'INFO',
        startedBy: 'CloudFormation, stack shop',
        action: 'up',
        outcome: 'migrated',
        migrations: ['DoubleCents1700000000002'],
        from: 'CreateAccounts1700000000001',
        to: 'DoubleCents1700000000002',
        seconds: expect.any(Number),
        image: expect.stringMatching(/^registry\/shop@/),
        Database: 'orders',
        MigrationsApplied: 1,
        MigrationFailed: 0,
      });
    });

    test('says up to which point the database can be restored, before it begins', async () => {
      await deployments.deploy({ migrations: [accounts] });

      expect(lineOf('restore point: the database can be restored, as a new instance, to the second before this')).toMatchObject({
        lsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/), time: expect.stringMatching(/^20/), migrations: ['CreateAccounts1700000000001'],
      });
      expect(deployments.lines.map(line => JSON.parse(line)).find(({ message }) => message === 'restore point')).toMatchObject({ latestRestorableTime: '2026-01-01T00:00:00.000Z' });
    });

    test('is in the database too, where the application can read it and not change it', async () => {
      await deployments.deploy({ migrations: [accounts] });
      const { app } = deployments.shop.secrets;

      expect(await deployments.shop.as(app, 'SELECT direction, migrations, outcome FROM platform_migration_runs')).toEqual([
        { direction: 'up', migrations: ['CreateAccounts1700000000001'], outcome: 'migrated' },
      ]);
      await expect(deployments.shop.as(app, 'DELETE FROM platform_migration_runs')).rejects.toThrow('permission denied');
    });

    test('holds no password', async () => {
      await deployments.deploy({ migrations: [accounts, { name: 'Leak1700000000008', up: 'SELECT 1', before: 'console.log(process.env.PGPASSWORD);' }] });

      expect([...deployments.aws.lines(), ...deployments.lines].join('\n')).not.toContain(deployments.shop.secrets.owner.password);
    });
  });

  describe('with a snapshot', () => {
    test('takes one before the migrations, and waits for it', async () => {
      await deployments.deploy({ migrations: [accounts], restorePoint: 'snapshot' });

      expect(deployments.aws.snapshots).toHaveLength(1);
      expect(deployments.aws.calls.lastIndexOf('DescribeDBSnapshots')).toBeLessThan(deployments.aws.calls.indexOf('RunTask'));
    });

    test('deletes those of deployments more than a week ago, and no others', async () => {
      const created = new Date(Date.now() - 8 * 86_400_000);
      deployments.aws.snapshots.push({ id: 'before-migrations-orders-0', created, looks: 1 }, { id: 'by-hand', created, looks: 1 });

      await deployments.deploy({ migrations: [accounts] });

      expect(deployments.aws.snapshots.map(({ id }) => id)).toEqual(['by-hand']);
    });
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !holds();) {
    if (Date.now() > end) {
      throw new Error('it has not come true');
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
