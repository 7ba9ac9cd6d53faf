import type { MigrationFile } from '../../../src/managed-postgres/migrations/migration-file';

/** What a migration is expected to be. */
export type Expected = Partial<Pick<MigrationFile, 'name' | 'hasDown' | 'transaction' | 'statements'>>;

const DOWN = "async down(runner) { await runner.query('DROP TABLE a'); }";

/** Migrations that somebody might write, or a compiler might make, and that a simple search would misread. All of them can be run. */
export const ODD_MIGRATIONS: [title: string, fileName: string, source: string, expected: Expected][] = [
  ['all in one line', 'a.ts', `export class A1700000000000 { async up(r) { await r.query('CREATE TABLE a (b int)'); } ${DOWN} }`,
    { name: 'A1700000000000', hasDown: true, statements: ['CREATE TABLE a (b int)'] }],
  ['braces in texts', 'a.ts', `export class A1700000000000 { async up(r) { await r.query("SELECT '}}}' AS a"); await r.query('SELECT 2'); } ${DOWN} }`,
    { hasDown: true, statements: ["SELECT '' AS a", 'SELECT 2'] }],
  ['a way back in a comment only', 'a.ts', `export class A1700000000000 { async up(r) { await r.query('SELECT 1'); } /* ${DOWN} */ // ${DOWN}
  }`, { hasDown: false, statements: ['SELECT 1'] }],
  ['a way back in a text only', 'a.ts', `export class A1700000000000 { text = "${DOWN}"; async up(r) { await r.query('SELECT 1'); } }`, { hasDown: false }],
  ['comments that are left open by a text', 'a.ts', `export class A1700000000000 { async up(r) { await r.query('SELECT 1 /* not a comment'); } ${DOWN} /* one */ }`,
    { hasDown: true, statements: ['SELECT 1'] }],
  ['a URL in a text', 'a.ts', `export class A1700000000000 { async up(r) { await r.query('COMMENT ON TABLE a IS $$https://a.example$$'); } ${DOWN} }`,
    { hasDown: true, statements: ["COMMENT ON TABLE a IS ''"] }],
  ['the default export', 'a.ts', `export default class A1700000000000 { async up(r) { await r.query('SELECT 1'); } ${DOWN} }`, { name: 'A1700000000000', hasDown: true }],
  ['a default export without a name of its own', 'a.ts', `export default class { name = 'A1700000000000'; async up(r) { await r.query('SELECT 1'); } ${DOWN} }`,
    { name: 'A1700000000000' }],
  ['a name that is not that of the class', 'a.ts', `export class B { name = 'A1700000000000'\n\n public async up(r) { await r.query('SELECT 1'); } ${DOWN} }`, { name: 'A1700000000000' }],
  ['a name in pieces', 'a.ts', `export class B { readonly name: string = 'A' + \`1700000000000\`; async up(r) { await r.query('SELECT 1'); } ${DOWN} }`, { name: 'A1700000000000' }],
  ['a name that is a constant', 'a.ts', `const NAME = 'A1700000000000';\nexport class B { name = NAME; async up(r) { await r.query('SELECT 1'); } ${DOWN} }`, { name: 'A1700000000000' }],
  ['a name from a getter', 'a.ts', `export class B { get name() { return 'A1700000000000'; } async up(r) { await r.query('SELECT 1'); } ${DOWN} }`, { name: 'A1700000000000' }],
  ['a name from the constructor', 'a.js', `class B { constructor() { this.name = 'A1700000000000'; this.transaction = false; } async up(r) { await r.query('SELECT 1'); } ${DOWN} }
exports.B = B;`, { name: 'A1700000000000', transaction: false }],
  ['a name in a method that is no property', 'a.ts', `export class A1700000000000 { async up(r) { const name = 'B1600000000000'; await r.query('SELECT 1', [name]); } ${DOWN} }`, { name: 'A1700000000000' }],
  ['the template of TypeORM for CommonJS', 'a.js', `module.exports = class A1700000000000 {\n  name = 'A1700000000000'\n\n  async up(queryRunner) { await queryRunner.query(\`SELECT 1\`); }\n ${DOWN} }`,
    { name: 'A1700000000000', hasDown: true, statements: ['SELECT 1'] }],
  ['what a compiler makes of a class', 'a.cjs', `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.A1700000000000 = void 0;
class A1700000000000 { async up(r) { await r.query('SELECT 1'); } ${DOWN} }
exports.A1700000000000 = A1700000000000;`, { name: 'A1700000000000' }],
  ['a class that is exported later, under another name', 'a.ts', `class A1700000000000 { async up(r) { await r.query('SELECT 1'); } ${DOWN} }\nexport { A1700000000000 as Migration };`, { name: 'A1700000000000' }],
  ['a class in a variable', 'a.ts', `export const A1700000000000 = class { async up(r) { await r.query('SELECT 1'); } ${DOWN} };`, { name: 'A1700000000000' }],
  ['a class whose heading takes four lines', 'a.ts', `export class A1700000000000
  implements Some<{ a: { b: string } }>, Other
{
  async up(r) { await r.query('SELECT 1'); } ${DOWN} }`, { name: 'A1700000000000', hasDown: true }],
  ['types with braces', 'a.ts', `export class A1700000000000 {
  async up<T extends { a: string }>(r: any): Promise<{ rows: T[] } | void> { await r.query('SELECT 1'); }
  async down(r: any): Promise<void> { await r.query('SELECT 2'); } }`, { hasDown: true, statements: ['SELECT 1'] }],
  ['functions in properties, without semicolons', 'a.ts', `export class A1700000000000 {
  private note
  up = async (r: any): Promise<void> => {
    await r.query('SELECT 1')
  }
  transaction = false
  down = async (r: any) => r.query('SELECT 2')
}`, { hasDown: true, transaction: false, statements: ['SELECT 1'] }],
  ['names in quotes and in brackets', 'a.ts', "export class A1700000000000 { 'transaction' = false; async 'up'(r) { await r.query('SELECT 1'); } async ['down'](r) { await r.query('SELECT 2'); } }",
    { hasDown: true, transaction: false, statements: ['SELECT 1'] }],
  ['a transaction in words', 'a.ts', `export class A1700000000000 { public readonly transaction: boolean = true as const; async up(r) { await r.query('SELECT 1'); } ${DOWN} }`, { transaction: true }],
  ['a transaction in a comment and in a text', 'a.ts', `export class A1700000000000 { /* transaction = false; */ a = 'transaction = false'; async up(r) { await r.query('SELECT 1'); } ${DOWN} }`,
    { transaction: undefined }],
  ['a private method', 'a.ts', `export class A1700000000000 {
  async up(r) { await this.#both(r); await this.third(r); }
  async #both(r) { await r.query('SELECT 1'); await r.query('SELECT 2'); }
  private async third(r) { await r.query('SELECT 3'); }
  private async never(r) { await r.query('SELECT 4'); }
  async down(r) { await this.never(r); } }`, { hasDown: true, statements: ['SELECT 1', 'SELECT 2', 'SELECT 3'] }],
  ['methods that call each other', 'a.ts', `export class A1700000000000 {
  async up(r, depth = 0) { if (depth < 1) { await this.again(r, depth + 1); } }
  async again(r, depth) { await this.up(r, depth); await r.query('SELECT 1'); }
  ${DOWN} }`, { statements: ['SELECT 1'] }],
  ['a function and constants of the script', 'a.ts', `const ONE = 'SELECT 1', TWO = \`
    SELECT 2
  \`;
  const NEVER = 'SELECT 4';
  async function third(r) { await r.query('SELECT 3'); }
  export class A1700000000000 {
  async up(r) { await r.query(ONE); await r.query(TWO); await third(r); }
  async down(r) { await r.query(NEVER); } }`, { statements: ['SELECT 1', 'SELECT 2', 'SELECT 3'] }],
  ['a static constant of the class', 'a.ts', `export class A1700000000000 { static readonly sql = ['SELECT 1', 'SELECT 2'];
  async up(r) { for (const it of A1700000000000.sql) { await r.query(it); } } ${DOWN} }`, { statements: ['SELECT 1', 'SELECT 2'] }],
  ['a class that extends another one of the script', 'a.ts', `abstract class Base {
  async down(r) { await r.query('SELECT 2'); }
  async before(r) { await r.query('SELECT 0'); } }
  export class A1700000000000 extends Base { async up(r) { await this.before(r); await r.query('SELECT 1'); } }`, { name: 'A1700000000000', hasDown: true, statements: ['SELECT 1', 'SELECT 0'] }],
  ['templates in templates', 'a.ts', `export class A1700000000000 { async up(r) {
    const table = 'a';
    await r.query(\`SELECT 1 FROM a WHERE b = \${\`\${'}'.length}\`} \\\` \\\${\`);
    await r.query('SELECT 2'); } ${DOWN} }`, { hasDown: true }],
  ['texts joined over lines', 'a.ts', `export class A1700000000000 { async up(r) { await r.query('SELECT 1, ' +
    // the second
    '2, ' + \`3\`); } ${DOWN} }`, { statements: ['SELECT 1, 2, 3'] }],
  ['a text that goes on in the next line', 'a.js', `module.exports = class A1700000000000 { async up(r) { await r.query('SELECT \\
1'); } ${DOWN} }`, { statements: ['SELECT 1'] }],
  ['escapes', 'a.ts', `export class A1700000000000 { async up(r) { await r.query('SELECT \\'}\\', \\u0031, \\x32, \\u{33}\\n, 4'); } ${DOWN} }`, { hasDown: true, statements: ["SELECT '', 1, 2, 3 , 4"] }],
  ['regular expressions', 'a.ts', `export class A1700000000000 { async up(r) {
    const clean = (it) => it.replace(/['"\`]/g, '').replace(/[/*]{2,}\\//, '') && 8 / 2 / 1;
    await r.query('SELECT 1', [clean('')]); } ${DOWN} }`, { hasDown: true, statements: ['SELECT 1'] }],
  ['generators, accessors, blocks and odd names', 'a.ts', `export class A1700000000000 { static { const down = 1; void down; } get() { return 1; } static async = 1; set(a) { void a; }
  *things() { yield '}'; } get get() { return '{'; }
  async up(r) { await r.query('SELECT 1'); } ${DOWN} }`, { hasDown: true, statements: ['SELECT 1'] }],
  ['signatures before the method', 'a.ts', `export class A1700000000000 { up(r: any): Promise<void>; up(r: any, more?: string): Promise<void>;
  async up(r: any) { await r.query('SELECT 1'); } ${DOWN} }`, { hasDown: true, statements: ['SELECT 1'] }],
  ['a mark of the order of bytes and a line for the shell', 'a.js', `#!/usr/bin/env node\nmodule.exports = class A1700000000000 { async up(r) { await r.query('SELECT 1'); } ${DOWN} }`, { hasDown: true }],
  ['several statements in a text', 'a.ts', `export class A1700000000000 { async up(r) { await r.query(\`-- both; at once
    SELECT 1; /* a /* nested */ comment; */ SELECT 2 AS ";";\`); } ${DOWN} }`, { statements: ['SELECT 1', 'SELECT 2 AS ";"'] }],
];

/** Ways to write a way back that goes nowhere. */
export const NO_WAY_BACK = [
  '', 'async down() {}', 'async down(): Promise<void> { /* nothing */ }', 'async down() { return; }', 'async down() { return Promise.resolve(); }',
  "async down() { throw new Error('no way back'); }", "async down() { console.log('sorry (really)'); throw new Error(`no { way }`); }", 'down = async () => {}',
  "down = () => Promise.reject(new Error('no'))", 'async down(runner) { void runner; }', 'down() { return undefined; }', 'down = async () => undefined;',
  'async down() { await Promise.resolve(); }', 'static async down(runner) { await runner.query(1); }',
];

/** Ways to write one that may lead somewhere. */
export const WAYS_BACK = [
  DOWN, "async down(runner) { console.log('back'); await runner.query('DROP TABLE a'); }", "down = async (runner) => runner.query('DROP TABLE a')",
  "down = async function (runner) { await runner.query('DROP TABLE a'); }", 'async down(runner) { if (!await runner.hasTable(1)) { throw new Error(); } await runner.dropTable(1); }',
  'async down(runner) { return runner.dropTable(1); }', 'down(runner) { return other(runner); }', 'down = other;',
];
