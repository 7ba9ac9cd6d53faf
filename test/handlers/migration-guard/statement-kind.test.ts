import { kindOf } from '../../../src/handlers/migration-guard/statement-kind';

test.each([
  'CREATE INDEX CONCURRENTLY i ON t (a)',
  '/* fast */ create unique index\n concurrently i on t (a)',
  '-- why\nDROP INDEX CONCURRENTLY i',
  'REINDEX TABLE CONCURRENTLY t',
  'ALTER TABLE p DETACH PARTITION q CONCURRENTLY',
])('waits for its locks without a limit: %s', query => {
  expect(kindOf(query).isConcurrent).toBe(true);
});

test.each([
  "ALTER TABLE t ADD COLUMN a text DEFAULT 'runs concurrently'",
  'ALTER TABLE "concurrently" ADD COLUMN a text',
  'ALTER TABLE t ADD COLUMN runs_concurrently boolean',
  'CREATE INDEX i ON t (a) -- CONCURRENTLY',
  "INSERT INTO notes VALUES ('CREATE INDEX CONCURRENTLY')",
  'REFRESH MATERIALIZED VIEW CONCURRENTLY v',
])('waits for its locks for five seconds: %s', query => {
  expect(kindOf(query).isConcurrent).toBe(false);
});

test.each(['BEGIN', 'begin work', 'START TRANSACTION', 'COMMIT', 'END', 'ABORT', 'ROLLBACK', "PREPARE TRANSACTION 'x'", 'SELECT 1; COMMIT; BEGIN', '/* now */ COMMIT AND CHAIN'])('begins or ends a transaction: %s', query => {
  expect(kindOf(query).controlsTransaction).toBe(true);
});

test.each([
  'SAVEPOINT a', 'RELEASE SAVEPOINT a', 'ROLLBACK TO SAVEPOINT a', 'ROLLBACK WORK TO a',
  "COMMENT ON TABLE t IS 'BEGIN; COMMIT'", 'DO $$ BEGIN PERFORM 1; END $$', 'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN 1; END $f$',
  'CREATE TABLE "COMMIT" (a int)', 'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END',
])('leaves the transaction alone: %s', query => {
  expect(kindOf(query).controlsTransaction).toBe(false);
});

test.each(['SET lock_timeout = 0', 'set local lock_timeout to 0', 'RESET ALL', 'DISCARD ALL', "SELECT set_config('lock_timeout', '0', false)"])('says how long to wait for a lock: %s', query => {
  expect(kindOf(query).setsLockTimeout).toBe(true);
});

test.each(['SET search_path TO app', "INSERT INTO settings VALUES ('lock_timeout')"])('says nothing of locks: %s', query => {
  expect(kindOf(query).setsLockTimeout).toBe(false);
});

test.each(['CALL backfill()', 'DO $$ BEGIN COMMIT; END $$'])('may commit some of its work before it fails: %s', query => {
  expect(kindOf(query).mayCommitInside).toBe(true);
});

test.each(['SAVEPOINT a', 'release savepoint a', 'ROLLBACK TO a', 'rollback to savepoint a'])('is about a part of the transaction: %s', query => {
  expect(kindOf(query).isSavepoint).toBe(true);
});
