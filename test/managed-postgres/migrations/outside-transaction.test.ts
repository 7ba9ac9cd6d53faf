import { leave, migrationOf } from './migration-directory';
import { notRepeatable, refusedInside } from '../../../src/managed-postgres/migrations/outside-transaction';
import { sqlStatements } from '../../../src/managed-postgres/migrations/sql-statement';
import { describeOnPostgres } from '../../handlers/describe-on-postgres';

afterEach(leave);

/** Statements, and whether the server refuses them because of the transaction that they are in. */
const STATEMENTS: [sql: string, refused: boolean][] = [
  ['CREATE INDEX CONCURRENTLY b_index ON a (b)', true],
  ['CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS b_index ON a (b)', true],
  ['create /* later */ index concurrently on a (b)', true],
  ['DROP INDEX CONCURRENTLY IF EXISTS a_index', true],
  ['DROP INDEX CONCURRENTLY a_index', true],
  ['REINDEX TABLE CONCURRENTLY a', true],
  ['REINDEX INDEX CONCURRENTLY a_index', true],
  ['REINDEX (CONCURRENTLY) TABLE a', true],
  ['REINDEX SCHEMA public', true],
  ['REINDEX (VERBOSE) DATABASE postgres', true],
  ['REINDEX SYSTEM postgres', true],
  ['ALTER TABLE parted DETACH PARTITION part CONCURRENTLY', true],
  ['VACUUM', true],
  ['VACUUM (ANALYZE) a', true],
  ['CLUSTER', true],
  ['CLUSTER VERBOSE', true],
  ['CREATE DATABASE other', true],
  ['DROP DATABASE IF EXISTS other', true],
  ["CREATE TABLESPACE other LOCATION '/nowhere'", true],
  ['DROP TABLESPACE IF EXISTS other', true],
  ['ALTER DATABASE template0 SET TABLESPACE pg_default', true],
  ["ALTER SYSTEM SET work_mem = '4MB'", true],
  ['DISCARD ALL', true],
  ['CREATE INDEX b_index ON a (b)', false],
  ['DROP INDEX a_index', false],
  ['REINDEX TABLE a', false],
  ['REINDEX INDEX a_index', false],
  ['REFRESH MATERIALIZED VIEW CONCURRENTLY seen', false],
  ["ALTER TYPE mood ADD VALUE 'better'", false],
  ['ALTER TABLE parted DETACH PARTITION part', false],
  ['ANALYZE a', false],
  ['CLUSTER a USING a_index', false],
  ['ALTER TABLE a VALIDATE CONSTRAINT a_positive', false],
  ['ALTER DATABASE postgres SET work_mem = 4096', false],
  ["COMMENT ON TABLE a IS 'VACUUM; CREATE INDEX CONCURRENTLY'", false],
  ['TRUNCATE a', false],
];

describeOnPostgres('what may not stand in a transaction', (server) => {
  test.each(STATEMENTS)('%s: %s', async (sql, refused) => {
    const client = await server().connect(server().superuser);
    try {
      await client.query(`DROP TABLE IF EXISTS a, parted CASCADE; DROP TYPE IF EXISTS mood;
        CREATE TABLE a (b int CONSTRAINT a_positive CHECK (b > 0)); CREATE UNIQUE INDEX a_index ON a (b); CREATE TYPE mood AS ENUM ('good');
        CREATE MATERIALIZED VIEW seen AS SELECT b FROM a; CREATE UNIQUE INDEX seen_index ON seen (b);
        CREATE TABLE parted (b int) PARTITION BY RANGE (b); CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (1)`);
      await client.query('BEGIN');
      const answer = await client.query(sql).then(() => 'done', (error: Error & { code: string }) => error.code);

      // active_sql_transaction
      expect(answer).toBe(refused ? '25001' : 'done');
      expect(refusedInside(sqlStatements(sql), [])).toHaveLength(refused ? 1 : 0);
    } finally {
      await client.end();
    }
  });
});

test.each(['Vacuum the table afterwards', 'vacuum comes next, by hand'])('does not take %j for one', (text) => {
  expect(refusedInside(sqlStatements(text), [])).toEqual([]);
});

test('says which statements they are', () => {
  expect(refusedInside(['VACUUM a', 'SELECT 1', 'VACUUM b'], [])).toEqual(['"VACUUM a"', '"VACUUM b"']);
});

test.each([
  ["await runner.createIndex('a', new TableIndex({ columnNames: ['b'], isConcurrent: true }));", ['createIndex()']],
  ["await runner.dropIndex('a', new TableIndex({ columnNames: ['b'], isConcurrent: true }));", ['dropIndex()']],
  ["await runner.createDatabase('a'); await runner.dropDatabase('b');", ['createDatabase()', 'dropDatabase()']],
  ["await runner.createIndex('a', new TableIndex({ columnNames: ['b'], isConcurrent: false }));", []],
  ["await runner.createIndex('a', new TableIndex({ columnNames: ['b'] }));", []],
])('finds in %j: %j', (up, found) => {
  const { statements, calls } = migrationOf(`export class A1700000000000 { async up(runner) { ${up} } }`);

  expect(refusedInside(statements, calls)).toEqual(found);
});

test.each([
  'DROP INDEX CONCURRENTLY IF EXISTS a; CREATE INDEX CONCURRENTLY a ON b (c)', 'CREATE TABLE IF NOT EXISTS a (b int)', 'CREATE OR REPLACE VIEW a AS SELECT 1',
  'INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING', 'VACUUM a', 'REINDEX TABLE CONCURRENTLY a', 'REFRESH MATERIALIZED VIEW a', 'ALTER TABLE a VALIDATE CONSTRAINT b',
  'ALTER TABLE a ALTER COLUMN b SET DEFAULT 1', 'GRANT SELECT ON a TO b', "SET lock_timeout = '5s'", 'DELETE FROM a WHERE b',
])('lets %j be done again', (sql) => {
  expect(notRepeatable(sqlStatements(sql), [])).toEqual([]);
});

test.each([
  'CREATE INDEX CONCURRENTLY a ON b (c)', 'DROP INDEX CONCURRENTLY a', 'CREATE TABLE a (b int)', 'ALTER TABLE a ADD COLUMN b int', 'INSERT INTO a VALUES (1)', 'UPDATE a SET b = b + 1',
  "ALTER TYPE a ADD VALUE 'b'",
])('does not let %j be done again', (sql) => {
  expect(notRepeatable(sqlStatements(sql), [])).toHaveLength(1);
});

test('does not let a call that changes the schema be done again', () => {
  expect(notRepeatable([], [{ method: 'createTable', text: '' }, { method: 'hasTable', text: '' }, { method: 'query', text: '' }])).toEqual(['createTable()']);
});
