import { Deployments } from './deployments';
import { type LocalService, named } from './local-aws';
import { accounts, colour, double } from './sample-migrations';
import { Shop } from '../database-roles/shop';
import { describeOnPostgres } from '../describe-on-postgres';

describeOnPostgres('the gate', server => {
  let deployments: Deployments;
  beforeEach(async () => { deployments = await Deployments.open(await Shop.open(server())); });
  afterEach(async () => deployments.close());

  const cents = async () => (await deployments.sql('SELECT cents FROM accounts'))[0].cents;

  describe('of a rollback', () => {
    const first = { migrations: [accounts] };
    const second = { migrations: [accounts, double, colour] };
    const columns = async () => (await deployments.sql("SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'accounts' ORDER BY 1")).map(({ name }) => name);
    const gateLines = () => deployments.lines.map(line => JSON.parse(line));

    /** The services that use the database, as they are after a deployment failed. */
    function services(image: string, taskDefinition = 'td:old', primary = 'td:old', ...others: LocalService['tasks']): void {
      deployments.aws.services.push({
        arn: 'arn:aws:ecs:eu-central-1:111111111111:service/shop/api', taskDefinition: primary, deployments: 1, tasks: [{ taskDefinition, image }, ...others],
      });
    }

    /** Deploys the first release, then another that is to be taken back, of which nothing runs. Returns what the first was. */
    async function failAfterFirst(failed: Parameters<Deployments['publish']>[0] = second) {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      await deployments.deploy({ ...failed, onRollback: 'revert' });
      services(before.Image);
      return before;
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
      const before = await failAfterFirst();

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
      ['a task of the new version is being stopped, and works until it is gone', (image: string, old: string) => services(old, 'td:old', 'td:old', { taskDefinition: 'td:new', image, isStopping: true })],
      ['no service is known to use the database', () => undefined],
    ])('keeps the schema, alarms and prints the command where %s', async (_, arrange) => {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      const failed = deployments.publish({ ...second, onRollback: 'revert' });
      await deployments.deploy(failed);
      arrange(failed.Image, before.Image);

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS', Data: { Outcome: 'kept' } });
      expect(await columns()).toContain('colour');
      expect(gateLines().find(({ RevertFailed }) => RevertFailed === 1)).toMatchObject({ level: 'ERROR', command: expect.stringContaining(`describe-task-definition --task-definition ${failed.TaskDefinition} `) });
    });

    test('takes nothing back that an earlier deployment applied, where this one came to start no task', async () => {
      const before = deployments.publish(first);
      await deployments.deploy({ ...second, onRollback: 'revert' });
      await deployments.deploy(before);
      deployments.aws.faults.push(...Array<'has no capacity'>(100).fill('has no capacity'));
      await deployments.deploy({ ...second, onRollback: 'revert' });
      deployments.aws.faults.length = 0;
      services(before.Image);

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS', Data: { Outcome: 'nothing to do' } });
      expect(await cents()).toBe(20);
    });

    test('takes nothing back where the events of the stack do not say when the deployment began', async () => {
      const before = await failAfterFirst();
      deployments.aws.updateBegan = undefined;

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS', Data: { Outcome: 'kept' } });
      expect(await cents()).toBe(20);
    });

    test('takes back without a transaction what was applied without one', async () => {
      const index = { name: 'Index1700000000005', transaction: false, up: 'CREATE INDEX CONCURRENTLY accounts_cents ON accounts (cents)', down: 'DROP INDEX CONCURRENTLY accounts_cents' };
      const before = await failAfterFirst({ migrations: [accounts, index] });

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS', Data: { Outcome: 'reverted' } });
    });

    test('does not name afterwards as applied what was taken back', async () => {
      const before = await failAfterFirst();
      await deployments.rollBack(before);
      await deployments.sql('ALTER TABLE accounts RENAME TO others');

      expect((await deployments.deploy(second)).Reason).not.toContain('Applied before');
    });

    test('succeeds and alarms though the properties of the failed deployment say too little', async () => {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      await deployments.deploy({ ...deployments.publish({ ...second, onRollback: 'revert' }), Cluster: '' });

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS' });
      expect(gateLines().find(({ RevertFailed }) => RevertFailed === 1)).toMatchObject({ Database: 'orders' });
    });

    test('succeeds though a down fails, alarms and prints the command', async () => {
      const before = await failAfterFirst({ migrations: [accounts, { ...colour, down: 'SELECT cents FROM nowhere' }] });

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS' });
      expect(gateLines().find(({ RevertFailed }) => RevertFailed === 1)).toMatchObject({
        reason: expect.stringContaining('relation "nowhere" does not exist'), command: expect.stringContaining('"MIGRATION_ACTION","value":"down"'),
      });
    });

    test('succeeds though ECS never has room, alarms and prints the command', async () => {
      const before = await failAfterFirst();
      deployments.aws.faults.push(...Array<'has no capacity'>(100).fill('has no capacity'));

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS' });
      expect(gateLines().find(({ RevertFailed }) => RevertFailed === 1)).toMatchObject({
        reason: expect.stringContaining('Capacity is unavailable'), command: expect.stringContaining('"MIGRATION_ACTION","value":"down"'),
      });
    });

    test.each(['keep', 'revert'] as const)('succeeds though CloudFormation does not say that it is one, with the policy %s', async onRollback => {
      const before = deployments.publish(first);
      await deployments.deploy(before);
      await deployments.deploy({ ...second, onRollback });
      services(before.Image);
      deployments.aws.whenAsked = action => {
        if (action === 'DescribeStacks') {
          throw named('AccessDenied', 'not authorized to perform: cloudformation:DescribeStacks');
        }
      };

      expect(await deployments.rollBack(before)).toMatchObject({ Status: 'SUCCESS', Data: { Outcome: 'kept' } });
    });

    test.each([
      ['the event arrives twice', { times: 2 }], ['each call of the state machine is repeated', { repeats: true }],
    ])('reverts once when %s', async (_, options) => {
      const before = await failAfterFirst();

      expect(await deployments.rollBack(before, options)).toMatchObject({ Status: 'SUCCESS' });
      expect(await cents()).toBe(10);
    });

    test('is not undone by a task of the cancelled deployment that comes to its turn afterwards', async () => {
      await deployments.deploy(first);
      await deployments.sql('INSERT INTO platform_migration_runs (run, release, direction, started_by, image, migrations, started_at) VALUES (\'r\', \'r\', \'down\', \'CloudFormation\', \'i\', \'{}\', now() + interval \'1 second\')');

      expect(await deployments.deploy(second)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('migrations were taken back after this deployment had begun') });
      expect(await deployments.applied()).toEqual(['CreateAccounts1700000000001']);
    });

    test('goes forward again afterwards', async () => {
      const before = await failAfterFirst();
      await deployments.rollBack(before);

      expect(await deployments.deploy(second)).toMatchObject({ Status: 'SUCCESS' });
      expect(await cents()).toBe(20);
    });
  });
});
