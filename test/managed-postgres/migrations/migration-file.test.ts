import * as ts from 'typescript';
import { enter, leave, migration, migrationOf, refusal } from './migration-directory';
import { NO_WAY_BACK, ODD_MIGRATIONS, WAYS_BACK } from './odd-migrations';
import { migrationFiles } from '../../../src/managed-postgres/migrations/migration-file';
import { sqlStatements } from '../../../src/managed-postgres/migrations/sql-statement';

afterEach(leave);

const read = (files: { [name: string]: string }) => {
  enter(files);
  return migrationFiles('Shop', 'migrations');
};
const refused = (files: { [name: string]: string }) => refusal(() => read(files));

test.each(ODD_MIGRATIONS)('reads %s', (_title, fileName, source, expected) => {
  expect(migrationOf(source, fileName)).toMatchObject(expected);
});

/** As TypeORM does it: `migration.name ?? migration.constructor.name`, and what `up` sends to the database. */
test.each(ODD_MIGRATIONS)('says of %s what a run of it does', async (_title, fileName, source) => {
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const module: { exports: { [name: string]: unknown } | (new () => unknown) } = { exports: {} };
  new Function('module', 'exports', outputText.replace(/^#!.*/, ''))(module, module.exports);
  const Migration = (typeof module.exports === 'function' ? module.exports : Object.values(module.exports).find((it) => typeof it === 'function')) as new () => any;
  const instance = new Migration();
  const queries: string[] = [];
  await instance.up({ query: async (sql: string) => { queries.push(sql); } });

  const { name, transaction, statements } = migrationOf(source, fileName);

  expect({ name, transaction }).toEqual({ name: instance.name ?? instance.constructor.name, transaction: instance.transaction });
  expect([...statements].sort().map((it) => it.replace(/\$\{…\}/g, '1'))).toEqual(queries.flatMap(sqlStatements).sort());
});

test.each(NO_WAY_BACK)('finds no way back in %j', (down) => {
  expect(migrationOf(`export class A1700000000000 { async up(runner) { await runner.query('SELECT 1'); } ${down} }`).hasDown).toBe(false);
});

test.each(WAYS_BACK)('finds a way back in %j', (down) => {
  expect(migrationOf(`export class A1700000000000 { async up(runner) { await runner.query('SELECT 1'); } ${down} }`).hasDown).toBe(true);
});

test('reads scripts of every ending, and neither declarations, maps, nor an index without a migration', () => {
  const files = ['a.ts', 'b.js', 'c.mts', 'd.cts', 'e.mjs', 'f.cjs'].map((name, index) => [name, migration(`A170000000000${index}`, 'SELECT 1')]);
  const others = ['a.d.ts', 'c.d.mts', 'b.js.map', 'README.md', '.hidden.ts', 'index.ts'].map((name) => [name, 'export {};']);

  const names = read(Object.fromEntries([...files, ...others])).map((it) => it.fileName);

  expect(names).toEqual(['a.ts', 'b.js', 'c.mts', 'd.cts', 'e.mjs', 'f.cjs']);
});

test('reads an index that holds a migration', () => {
  expect(migrationOf(migration('A1700000000000', 'SELECT 1'), 'index.ts').name).toBe('A1700000000000');
});

test('orders them by timestamp, whatever the names of their files are', () => {
  const migrations = read({ 'a.ts': migration('A1700000000002', 'SELECT 1'), 'b.ts': migration('Z1700000000001', 'SELECT 1'), 'c.ts': migration('B1800000000000', 'SELECT 1') });

  expect(migrations.map((it) => it.timestamp)).toEqual([1700000000001, 1700000000002, 1800000000000]);
});

test('takes each exported class of a file for a migration, as TypeORM does', () => {
  const migrations = read({ 'a.ts': `${migration('A1700000000000', 'SELECT 1')}${migration('B1800000000000', 'SELECT 2').replace(/import.*/, '')}` });

  expect(migrations.map(({ name, fileName, statements }) => ({ name, fileName, statements }))).toEqual([
    { name: 'A1700000000000', fileName: 'a.ts', statements: ['SELECT 1'] },
    { name: 'B1800000000000', fileName: 'a.ts', statements: ['SELECT 2'] },
  ]);
});

test('takes no class for a migration that is not exported beside one that is', () => {
  expect(migrationOf(`class Base { async up(r) { await r.query('SELECT 0'); } }\n${migration('A1700000000000', 'SELECT 1')}`).name).toBe('A1700000000000');
});

test('names a file by the directory as it was given', () => {
  enter({ 'a.ts': migration('A1700000000000', 'SELECT 1') });

  expect(migrationFiles('Shop', './migrations/')[0].path).toBe('./migrations/a.ts');
});

test('has the same checksum whatever the ends of the lines are', () => {
  const source = migration('A1700000000000', 'SELECT 1');

  const checksums = [source, source.replace(/\n/g, '\r\n'), source.replace(/\n/g, '\r')].map((it) => migrationOf(it).sha256);

  expect(new Set(checksums).size).toBe(1);
});

test('has another checksum as soon as a letter changes', () => {
  const source = migration('A1700000000000', 'SELECT 1');

  expect(migrationOf(source).sha256).not.toBe(migrationOf(source.replace('SELECT 1', 'SELECT 2')).sha256);
});

test.each([
  ['// contract: release 12 reads the other table', 'release 12 reads the other table'],
  ['/* contract: since release 12 */', 'since release 12'],
  ['/**\n * Drops it.\n *\n * contract: since release 12\n * and more\n */', 'since release 12'],
  ['// CONTRACT:since release 12', 'since release 12'],
  ['// contract:', ''],
  ["const a = '// contract: since release 12';", undefined],
  ['// the contract: a paper', undefined],
])('reads the mark in %j', (above, contract) => {
  expect(migrationOf(migration('A1700000000000', 'SELECT 1', { above })).contract).toBe(contract);
});

test('refuses a directory that is not there', () => {
  enter({});

  expect(refusal(() => migrationFiles('Shop', 'nowhere'))).toBe(`[Shop] 'directory' must be a directory, got 'nowhere'; correct the path, which starts at the working directory '${process.cwd()}'`);
});

test.each<[string, { [name: string]: string }, string]>([
  ['a directory without migrations', { 'README.md': '' }, "'directory' must hold migrations, got 'migrations'; add the first one, such as '1767225600000-create-customers.ts'"],
  ['a file without a migration', { 'a.ts': 'export const table = 1;' },
    "'migrations' must hold a class with a method 'up', got 'migrations/a.ts'; write the migration as a class, or move the file out of the directory"],
  ['a class that is not exported', { 'a.ts': "class A1700000000000 { async up(r) { await r.query('SELECT 1'); } }" },
    "'migrations' must export its class, or TypeORM does not see it, got 'migrations/a.ts'; write 'export class A1700000000000'"],
  ['a name without a timestamp', { 'a.ts': migration('CreateCustomers', 'SELECT 1') },
    "'migrations' must have a name that ends in the 13 digits of a timestamp in milliseconds, and 'CreateCustomers' does not, got 'migrations/a.ts'; name the class like 'CreateCustomers1767225600000'"],
  ['a timestamp in seconds', { '1767225600000-a.ts': migration('A1767225600', 'SELECT 1') },
    "'migrations' must have a name that ends in the 13 digits of a timestamp in milliseconds, and 'A1767225600' does not, got 'migrations/1767225600000-a.ts'; name the class like 'CreateCustomers1767225600000'"],
  ['a timestamp of nothing but zeros', { 'a.ts': migration('A0000000000000', 'SELECT 1') },
    "'migrations' must have a name that ends in the 13 digits of a timestamp in milliseconds, and 'A0000000000000' does not, got 'migrations/a.ts'; name the class like 'CreateCustomers1767225600000'"],
  ['a name that only the run knows', { 'a.ts': migration('A1700000000000', 'SELECT 1', { body: 'name = nameOf(1700000000000);' }) },
    "'migrations' must give its 'name' as a plain text, got 'migrations/a.ts'; write it out, or leave 'name' away and let the class have it"],
  ['two of one name', { 'a.js': migration('A1700000000000', 'SELECT 1'), 'a.ts': migration('A1700000000000', 'SELECT 1') },
    "'migrations' must not have the name 'A1700000000000' of migrations/a.js, got 'migrations/a.ts'; rename one of the two classes, or remove the file that a compiler has left"],
  ['two of one timestamp', { 'a.ts': migration('A1700000000000', 'SELECT 1'), 'b.ts': migration('B1700000000000', 'SELECT 1') },
    "'migrations' must not have the timestamp 1700000000000 of migrations/a.ts, got 'migrations/b.ts'; raise the timestamp in the names of its class and its file"],
  ['a migration in a directory below', { 'a.ts': migration('A1700000000000', 'SELECT 1'), 'old/b.ts': migration('B1600000000000', 'SELECT 1') },
    "'migrations' must stand right in the directory, got 'migrations/old/b.ts'; move it up, so that all of them are in one order"],
  ['a script whose end is missing', { 'a.ts': migration('A1700000000000', 'SELECT 1').trimEnd().slice(0, -1) },
    "'migrations' must be a script whose brackets, texts and comments all have an end, got 'migrations/a.ts'; correct it"],
  ['a file of more than a megabyte', { 'a.ts': `${migration('A1700000000000', 'SELECT 1')}//${'x'.repeat(1_000_000)}` },
    "'migrations' must be at most 1000000 bytes long, got 'migrations/a.ts'; load data in another way than by a migration"],
])('refuses %s', (_title, files, words) => {
  expect(refused(files)).toBe(`[Shop] ${words}`);
});

test('says all that is wrong at once', () => {
  expect(refused({ 'a.ts': 'export {};', 'b.ts': migration('B', 'SELECT 1') })?.split('\n')).toHaveLength(2);
});

test('does not mind other scripts in directories below', () => {
  expect(read({ 'a.ts': migration('A1700000000000', 'SELECT 1'), 'test/a.test.ts': 'export const a = 1;' })).toHaveLength(1);
});
