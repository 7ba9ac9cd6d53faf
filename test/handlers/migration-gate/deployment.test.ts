import { Deployments } from './deployments';
import { accounts, broken, colour, double } from './sample-migrations';
import { manyMigrations } from './team-image';
import { Shop } from '../database-roles/shop';
import { describeOnPostgres } from '../describe-on-postgres';

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
      expect(Reason).toMatch(/^the migrations of orders failed: relation "nowhere" does not exist \(SQLSTATE 42P01\)\. Applied before: CreateAccounts1700000000001, DoubleCents1700000000002; they stay so\./);
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

    test('fails in words for an image with migrations that the sources did not have, before anything is applied', async () => {
      await deployments.deploy({ migrations: [accounts] });

      expect(await deployments.deploy({ migrations: [accounts, double], newest: accounts.name })).toMatchObject({
        Status: 'FAILED', Reason: expect.stringContaining('the image has DoubleCents1700000000002, which the sources did not have at synth'),
      });
      expect(await cents()).toBe(10);
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
