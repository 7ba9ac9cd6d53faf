import { dividedByCommas, excerptOf, sqlStatements } from '../../../src/managed-postgres/migrations/sql-statement';

test.each<[string, string[]]>([
  ['SELECT 1', ['SELECT 1']],
  ['  select\n\t1 ;', ['select 1']],
  ['SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
  ["SELECT ';', 'it''s; '; SELECT 2", ["SELECT '', ''", 'SELECT 2']],
  ["SELECT E'\\'; DROP TABLE a; '", ["SELECT ''"]],
  ["SELECT '\\'; DROP TABLE a; --'", ["SELECT ''", 'DROP TABLE a']],
  ["SELECT E'\\\\'; SELECT 2", ["SELECT ''", 'SELECT 2']],
  ['SELECT 1 -- DROP TABLE a; \n, 2', ['SELECT 1 , 2']],
  ['/* DROP TABLE a; /* ; */ ; */ SELECT 1', ['SELECT 1']],
  ['SELECT "a;b ""c", 1', ['SELECT "a;b_""c", 1']],
  ['CREATE FUNCTION a() RETURNS int LANGUAGE sql AS $$ DELETE FROM b; $$; SELECT 1', ["CREATE FUNCTION a() RETURNS int LANGUAGE sql AS ''", 'SELECT 1']],
  ['CREATE FUNCTION a() AS $b$ SELECT $$;$$; $b$', ["CREATE FUNCTION a() AS ''"]],
  ['DO $$ BEGIN IF a THEN DROP TABLE b; ELSE DELETE FROM c; END IF; END $$', ["DO ''", 'DROP TABLE b', 'DELETE FROM c']],
  ['CREATE FUNCTION a() RETURNS int BEGIN ATOMIC SELECT CASE WHEN b THEN 1 END; DELETE FROM c; END; SELECT 1', ['CREATE FUNCTION a() RETURNS int BEGIN ATOMIC SELECT CASE WHEN b THEN 1 END; DELETE FROM c; END', 'SELECT 1']],
  ['SELECT CASE WHEN a THEN 1 END; SELECT 2', ['SELECT CASE WHEN a THEN 1 END', 'SELECT 2']],
  ['SELECT $1, $2; SELECT 3', ['SELECT $1, $2', 'SELECT 3']],
  ['${…} DROP TABLE a', ['${…} DROP TABLE a']],
  ['${…}; DROP TABLE a', ['DROP TABLE a']],
  ['orders', []],
  ['Try again; DROP TABLE a', []],
  ['The table is dropped', []],
  ['updated', []],
  ['', []],
  ["SELECT 'without an end; DROP TABLE a", ["SELECT ''"]],
  ['SELECT $$without an end; DROP TABLE a', ["SELECT ''"]],
  ['SELECT 1 /* without an end; DROP TABLE a', ['SELECT 1']],
])('reads the statements of %j', (text, statements) => {
  expect(sqlStatements(text)).toEqual(statements);
});

test('divides by the commas that stand in no parentheses', () => {
  expect(dividedByCommas('ADD a numeric(8, 2), DROP b')).toEqual(['ADD a numeric(8, 2)', ' DROP b']);
});

test('cuts what is long between two words', () => {
  expect(excerptOf(`SELECT ${'a, '.repeat(30)}`)).toBe(`SELECT ${'a, '.repeat(17).trim()} …`);
});
