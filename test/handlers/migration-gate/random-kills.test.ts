import { setTimeout as sleep } from 'node:timers/promises';
import { Deployments } from './deployments';
import type { GeneratedMigration } from './team-image';
import { Shop } from '../database-roles/shop';
import { describeOnPostgres } from '../describe-on-postgres';

const SEED = Number(process.env.SEED ?? 20261125);
const ROUNDS = 5;

/** A generator of its own, so that a failure can be repeated. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

describeOnPostgres('deployments whose tasks are killed at any moment, with events that come twice and runs beside them', server => {
  test(`apply each migration exactly once (SEED=${SEED})`, async () => {
    const next = chance(SEED);
    const deployments = await Deployments.open(await Shop.open(server()));
    const migrations: GeneratedMigration[] = [{ name: 'Create1700000000000', up: ['CREATE TABLE balance (cents numeric)', 'INSERT INTO balance VALUES (1)'] }];
    await deployments.deploy({ migrations });

    for (let round = 1; round <= ROUNDS; round++) {
      for (let index = 0; index < 3; index++) {
        migrations.push({ name: `Double${round}x${index}x${1_700_000_000_000 + migrations.length}`, up: ['SELECT pg_sleep(0.02)', 'UPDATE balance SET cents = cents * 2', 'SELECT pg_sleep(0.02)'] });
      }
      const release = deployments.publish({ migrations: [...migrations] });
      const isBeside = next() < 0.5;
      const answer = await deployments.deploy(release, {
        times: isBeside ? 2 : 1,
        meanwhile: async () => {
          while (deployments.aws.tasks.every(({ ended }) => ended)) {
            await sleep(5);
          }
          if (isBeside) {
            deployments.aws.run(release.TaskDefinition, {
              MIGRATION_ACTION: 'up', MIGRATION_RUN: 'beside', MIGRATION_STARTED_BY: 'a test', MIGRATION_DEADLINE: String(Date.now() + 60_000),
            });
          }
          await sleep(next() * 700);
          deployments.aws.tasks.find(({ ended }) => !ended)?.process.kill(next() < 0.6 ? 'SIGKILL' : 'SIGTERM');
        },
      });
      expect(answer).toMatchObject({ Status: 'SUCCESS' });
      while (deployments.aws.tasks.some(({ ended }) => !ended)) {
        await sleep(20);
      }
    }

    const applied = await deployments.applied();
    expect(applied).toEqual(migrations.map(({ name }) => name));
    expect(Number((await deployments.sql('SELECT cents FROM balance'))[0].cents)).toBe(2 ** (migrations.length - 1));
    await deployments.close();
  });
});
