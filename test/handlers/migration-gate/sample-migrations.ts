import type { GeneratedMigration } from './team-image';

export const accounts: GeneratedMigration = {
  name: 'CreateAccounts1700000000001', up: ['CREATE TABLE accounts (id integer PRIMARY KEY, cents integer)', 'INSERT INTO accounts VALUES (1, 10)'], down: 'DROP TABLE accounts',
};

/** Applied twice it would leave four times as much. */
export const double: GeneratedMigration = { name: 'DoubleCents1700000000002', up: 'UPDATE accounts SET cents = cents * 2', down: 'UPDATE accounts SET cents = cents / 2' };
export const slowDouble: GeneratedMigration = { ...double, up: ['SELECT pg_sleep(1)', 'UPDATE accounts SET cents = cents * 2'] };

export const colour: GeneratedMigration = { name: 'AddColour1700000000003', up: 'ALTER TABLE accounts ADD COLUMN colour text', down: 'ALTER TABLE accounts DROP COLUMN colour' };
export const broken: GeneratedMigration = { name: 'Break1700000000004', up: 'SELECT cents FROM nowhere' };
