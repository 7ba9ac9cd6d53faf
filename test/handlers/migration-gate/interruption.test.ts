import { Deployments } from './deployments';
import { named } from './local-aws';
import { accounts, colour, slowDouble } from './sample-migrations';
import type { GeneratedMigration } from './team-image';
import { until } from './until';
import { Shop } from '../database-roles/shop';
import { describeOnPostgres } from '../describe-on-postgres';

describeOnPostgres('the gate', server => {
  let deployments: Deployments;
  beforeEach(async () => { deployments = await Deployments.open(await Shop.open(server())); });
  afterEach(async () => deployments.close());

  const cents = async () => (await deployments.sql('SELECT cents FROM accounts'))[0].cents;
  const lineOf = (message: string) => deployments.aws.lines().map(line => JSON.parse(line)).find(line => line.message === message);

  describe('of events that repeat and tasks that die', () => {
    test('applies each migration once, and answers once, when every event arrives twice', async () => {
      const twice = { times: 2 };

      expect(await deployments.deploy({ migrations: [accounts] }, twice)).toMatchObject({ Status: 'SUCCESS' });
      expect(await deployments.deploy({ migrations: [accounts, slowDouble] }, twice)).toMatchObject({ Status: 'SUCCESS' });
      expect(await cents()).toBe(20);
      expect(await deployments.remove(twice)).toMatchObject({ Status: 'SUCCESS' });
    });

    test('applies each migration once when each call of the state machine is repeated', async () => {
      expect(await deployments.deploy({ migrations: [accounts, slowDouble] }, { repeats: true })).toMatchObject({ Status: 'SUCCESS' });
      expect(deployments.aws.tasks).toHaveLength(1);
      expect(await cents()).toBe(20);
    });

    test.each(['loses the reply', 'throttles', 'has no capacity', 'is out of order'] as const)('applies each migration once when ECS %s', async fault => {
      deployments.aws.faults.push(fault);

      expect(await deployments.deploy({ migrations: [accounts, slowDouble] })).toMatchObject({ Status: 'SUCCESS' });
      expect(deployments.aws.tasks).toHaveLength(1);
      expect(await cents()).toBe(20);
    });

    test('lets the stack be deleted though the state machine is gone', async () => {
      await deployments.deploy({ migrations: [accounts] });
      deployments.aws.machineMissing = true;

      expect(await deployments.remove()).toMatchObject({ Status: 'SUCCESS' });
    });

    test('does not take another database for one that was reached, where the stack cannot be asked whether it goes back', async () => {
      const release = deployments.publish({ migrations: [accounts] });
      await deployments.deploy(release);
      deployments.aws.whenAsked = action => {
        if (action === 'DescribeStacks') {
          throw named('AccessDenied', 'not authorized to perform: cloudformation:DescribeStacks');
        }
      };

      expect(await deployments.deploy({ ...release, Host: 'another.rds.amazonaws.com' })).toMatchObject({ Status: 'FAILED' });
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

    test.each([['is killed', 'SIGKILL'], ['is asked to stop', 'SIGTERM']] as const)('starts another task when one %s, and applies each migration once', async (_, signal) => {
      const answer = await deployments.deploy({ migrations: [accounts, slowDouble] }, {
        meanwhile: async () => {
          await until(() => deployments.aws.lines().some(line => line.includes('"migration begins"') && line.includes('DoubleCents')));
          deployments.aws.tasks[0].process.kill(signal);
        },
      });

      expect(answer).toMatchObject({ Status: 'SUCCESS' });
      expect(deployments.aws.tasks).toHaveLength(2);
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

    test('answers before CloudFormation stops waiting, though ECS never shows that the task has ended', async () => {
      let shift = 0;
      const answer = await deployments.deploy({ migrations: [accounts, slowDouble] }, {
        now: () => Date.now() + shift,
        meanwhile: async () => {
          await until(() => deployments.aws.tasks.length === 1);
          deployments.aws.stopsUnseen = true;
          shift = 58 * 60_000;
        },
      });

      expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('ECS does not show that the task of the migrations of orders has ended') });
    });

    test('starts nothing once CloudFormation has gone back while a snapshot was taken', async () => {
      await deployments.deploy({ migrations: [accounts] });
      deployments.aws.whenAsked = action => {
        if (action === 'CreateDBSnapshot') {
          deployments.aws.stackStatus = 'UPDATE_ROLLBACK_IN_PROGRESS';
        }
      };

      await deployments.deploy({ migrations: [accounts, slowDouble], restorePoint: 'snapshot' });

      expect(deployments.aws.tasks).toHaveLength(1);
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
});
