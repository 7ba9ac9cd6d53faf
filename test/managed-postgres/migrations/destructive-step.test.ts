import { leave, migrationOf } from './migration-directory';
import { destructiveSteps } from '../../../src/managed-postgres/migrations/destructive-step';
import { sqlStatements } from '../../../src/managed-postgres/migrations/sql-statement';

afterEach(leave);

const steps = (sql: string) => destructiveSteps(sqlStatements(sql), []).map((it) => it.replace(/ in ".*$/, ''));
const stepsOfCalls = (up: string) => {
  const { statements, calls } = migrationOf(`export class A1700000000000 { async up(runner) { ${up} } }`);
  return destructiveSteps(statements, calls);
};

test.each([
  ['DROP TABLE a', 'DROP TABLE'],
  ['drop  table if exists "a" cascade', 'DROP TABLE'],
  ['DROP FOREIGN TABLE a', 'DROP TABLE'],
  ['DROP SCHEMA a', 'DROP SCHEMA'],
  ['DROP VIEW a', 'DROP VIEW'],
  ['DROP MATERIALIZED VIEW a', 'DROP VIEW'],
  ['DROP TYPE a', 'DROP TYPE'],
  ['DROP DOMAIN a', 'DROP TYPE'],
  ['DROP SEQUENCE a', 'DROP SEQUENCE'],
  ['DROP FUNCTION a(int)', 'DROP FUNCTION'],
  ['DROP PROCEDURE a', 'DROP FUNCTION'],
  ['DROP EXTENSION citext', 'DROP EXTENSION'],
  ['DROP DATABASE a', 'DROP DATABASE'],
  ['DROP OWNED BY a', 'DROP OWNED'],
  ['ALTER TABLE a DROP COLUMN b', 'DROP COLUMN'],
  ['ALTER TABLE a DROP b', 'DROP COLUMN'],
  ['ALTER TABLE IF EXISTS ONLY "a"."c" ADD d int, DROP COLUMN IF EXISTS b', 'DROP COLUMN'],
  ['DROP COLUMN b', 'DROP COLUMN'],
  ['ALTER TABLE a RENAME TO b', 'RENAME'],
  ['ALTER TABLE a RENAME COLUMN b TO c', 'RENAME'],
  ['ALTER TABLE a RENAME b TO c', 'RENAME'],
  ['ALTER TYPE a RENAME VALUE \'b\' TO \'c\'', 'RENAME'],
  ['ALTER VIEW a RENAME TO b', 'RENAME'],
  ['ALTER SCHEMA a RENAME TO b', 'RENAME'],
  ['ALTER TABLE a SET SCHEMA b', 'SET SCHEMA'],
  ['ALTER TYPE a SET SCHEMA b', 'SET SCHEMA'],
  ['ALTER TABLE a DETACH PARTITION b', 'DETACH PARTITION'],
  ['ALTER TABLE a ALTER COLUMN b TYPE bigint', 'ALTER COLUMN … TYPE'],
  ['ALTER TABLE a ALTER b SET DATA TYPE bigint USING b::bigint', 'ALTER COLUMN … TYPE'],
  ['ALTER TYPE a ALTER ATTRIBUTE b TYPE bigint', 'ALTER ATTRIBUTE … TYPE'],
  ['ALTER TYPE a DROP ATTRIBUTE b', 'DROP ATTRIBUTE'],
  ['ALTER TABLE a ALTER COLUMN b SET NOT NULL', 'SET NOT NULL'],
  ['ALTER DOMAIN a SET NOT NULL', 'SET NOT NULL'],
  ['ALTER TABLE a ADD COLUMN b int NOT NULL', 'ADD COLUMN … NOT NULL without DEFAULT'],
  ['ALTER TABLE a ADD "b" int NOT NULL', 'ADD COLUMN … NOT NULL without DEFAULT'],
  ['ALTER TABLE a ADD COLUMN b uuid PRIMARY KEY', 'ADD COLUMN … NOT NULL without DEFAULT'],
  ['ALTER TABLE a ADD c int DEFAULT 1, ADD b numeric(8, 2) NOT NULL', 'ADD COLUMN … NOT NULL without DEFAULT'],
  ['TRUNCATE a', 'TRUNCATE'],
  ['TRUNCATE TABLE a, b CASCADE', 'TRUNCATE'],
  ['DELETE FROM a', 'DELETE without WHERE'],
  ['DELETE FROM a USING b', 'DELETE without WHERE'],
  ['WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone', 'DELETE without WHERE'],
  ['SELECT 1; DROP TABLE a', 'DROP TABLE'],
  ['DO $$ BEGIN IF EXISTS (SELECT 1) THEN DROP TABLE a; END IF; END $$', 'DROP TABLE'],
  ['CREATE TABLE IF NOT EXISTS a (b int); DROP TABLE a', 'DROP TABLE'],
  ['DROP TABLE a; CREATE TABLE a (b int)', 'DROP TABLE'],
  ['CREATE TABLE a (b int); DROP TABLE a, c', 'DROP TABLE'],
  ['CREATE TABLE ${…} (b int); DROP TABLE ${…}', 'DROP TABLE'],
])('finds in %j: %s', (sql, step) => {
  expect(steps(sql)).toEqual([step]);
});

test.each([
  'CREATE TABLE a (b int NOT NULL, c int REFERENCES d ON DELETE CASCADE)',
  'ALTER TABLE a ADD COLUMN b int',
  'ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT 0',
  'ALTER TABLE a ADD COLUMN b int NOT NULL GENERATED ALWAYS AS IDENTITY',
  'ALTER TABLE a ADD COLUMN b bigserial NOT NULL',
  'ALTER TABLE a ADD COLUMN b int CHECK (b IS NOT NULL)',
  'ALTER TABLE a ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID',
  'ALTER TABLE a ADD PRIMARY KEY (b)',
  'ALTER TABLE a DROP CONSTRAINT b',
  'ALTER TABLE a RENAME CONSTRAINT b TO c',
  'ALTER TABLE a ALTER COLUMN b DROP NOT NULL',
  'ALTER TABLE a ALTER COLUMN b SET DEFAULT 1',
  'ALTER INDEX a RENAME TO b',
  'ALTER TYPE a ADD VALUE \'b\'',
  'ALTER DOMAIN a RENAME CONSTRAINT b TO c',
  'DROP INDEX a',
  'DROP TRIGGER a ON b',
  'DELETE FROM a WHERE b',
  'WITH old AS (DELETE FROM a WHERE b RETURNING *) SELECT * FROM old',
  'GRANT TRUNCATE ON a TO b',
  'CREATE TRIGGER a BEFORE TRUNCATE ON b EXECUTE FUNCTION c()',
  'CREATE FUNCTION a() RETURNS void LANGUAGE sql AS $$ DELETE FROM b; DROP TABLE b $$',
  "COMMENT ON TABLE a IS 'DROP TABLE a; TRUNCATE a'",
  'SELECT 1 -- DROP TABLE a',
  'CREATE TEMP TABLE a (b int); TRUNCATE a; DELETE FROM a; DROP TABLE IF EXISTS a CASCADE',
  'CREATE TABLE a (b int); ALTER TABLE a ALTER COLUMN b SET NOT NULL; ALTER TABLE ONLY a RENAME TO c',
])('finds nothing in %j', (sql) => {
  expect(steps(sql)).toEqual([]);
});

test('says in which statement it was found, once for each', () => {
  expect(destructiveSteps(['ALTER TABLE a DROP b, DROP c, RENAME d TO e', 'DROP TABLE f'], [])).toEqual([
    'DROP COLUMN in "ALTER TABLE a DROP b, DROP c, RENAME d TO e"',
    'RENAME in "ALTER TABLE a DROP b, DROP c, RENAME d TO e"',
    'DROP TABLE in "DROP TABLE f"',
  ]);
});

test.each([
  'dropDatabase', 'dropSchema', 'dropTable', 'dropView', 'dropColumn', 'dropColumns', 'renameTable', 'renameColumn', 'changeColumn', 'changeColumns', 'clearTable', 'clearDatabase',
])('finds the call of %s()', (method) => {
  expect(stepsOfCalls(`await runner.${method}('a', 'b');`)).toEqual([`${method}()`]);
});

test.each([
  ["await runner.addColumn('a', new TableColumn({ name: 'b', type: 'int' }));", ['addColumn() of a column that is neither nullable nor has a default']],
  ["await runner.addColumns('a', [{ name: 'b', type: 'int', isNullable: true }, { name: 'c', type: 'int', isNullable: false }]);",
    ['addColumns() of a column that is neither nullable nor has a default']],
  ["await runner.addColumn('a', new TableColumn({ name: 'b', type: 'int', isNullable: true }));", []],
  ["await runner.addColumn('a', new TableColumn({ name: 'b', type: 'int', default: 1 }));", []],
  ["await runner.addColumn('a', new TableColumn({ name: 'b', type: 'int', isGenerated: true }));", []],
  ["await runner.dropIndex('a', 'b'); await runner.dropForeignKey('a', 'b'); await runner.createTable(new Table({}));", []],
])('finds in %j: %j', (up, found) => {
  expect(stepsOfCalls(up)).toEqual(found);
});
