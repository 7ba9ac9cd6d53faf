import { Deployments } from './deployments';
import type { GeneratedMigration } from './team-image';
import { Shop } from '../database-roles/shop';
import { describeOnPostgres } from '../describe-on-postgres';

const accounts: GeneratedMigration = {
  name: 'CreateAccounts1700000000001', up: ['CREATE TABLE accounts (id integer PRIMARY KEY, cents integer)', 'INSERT INTO accounts VALUES (1, 10)'], down: 'DROP TABLE accounts',
};
const double = (name: string): GeneratedMigration => ({ name, up: 'UPDATE accounts SET cents = cents * 2', down: 'UPDATE accounts SET cents = cents / 2' });

describeOnPostgres('the gate', server => {
  let deployments: Deployments;
  beforeEach(async () => { deployments = await Deployments.open(await Shop.open(server())); });
  afterEach(async () => deployments.close());

  const cents = async () => (await deployments.sql('SELECT cents FROM accounts'))[0].cents;

  test('applies all migrations at the first deployment', async () => {
    expect(await deployments.deploy({ migrations: [accounts, double('Double1700000000002')] })).toMatchObject({
      Status: 'SUCCESS', Data: { Outcome: 'migrated', Newest: 'Double1700000000002' },
    });
    expect(await deployments.applied()).toEqual(['CreateAccounts1700000000001', 'Double1700000000002']);
  });
});
