import { enter, leave, migrationOf } from './migration-directory';
import { ODD_MIGRATIONS } from './odd-migrations';
import { migrationFiles } from '../../../src/managed-postgres/migrations/migration-file';
import { scriptOf } from '../../../src/managed-postgres/migrations/script';
import { InvalidValue } from '../../../src/private/invalid';
import * as fc from '../../support/fast-check';

afterEach(leave);

const pieces = (source: string) => scriptOf(source).tokens.map(({ kind, value }) => `${kind} ${value}`);

test.each<[string, string[]]>([
  ['a/b/c', ['word a', 'sign /', 'word b', 'sign /', 'word c']],
  ['a = /b/c', ['word a', 'sign =', 'pattern /b/c']],
  ['return /[/"]/', ['word return', 'pattern /[/"]/']],
  ['(a) / 2 / 3', ['sign (', 'word a', 'sign )', 'sign /', 'number 2', 'sign /', 'number 3']],
  ['a = / 2', ['word a', 'sign =', 'sign /', 'number 2']],
  ['`a${b}c` / 2 / 3', ['text a${…}c', 'sign ${', 'word b', 'sign }', 'sign /', 'number 2', 'sign /', 'number 3']],
  ['`${`${a}`}`', ['text ${…}', 'sign ${', 'text ${…}', 'sign ${', 'word a', 'sign }', 'sign }']],
  ['a=>b', ['word a', 'sign =>', 'word b']],
  ['"\\u{1F600}\\u{FFFFFFF}"', ['text 😀u{FFFFFFF}']],
  ['"\\u{110000}"', ['text \uFFFD']],
  ['1_000.5', ['number 1_000.5']],
  ['größe.#ñ', ['word größe', 'sign .', 'word #ñ']],
])('takes %j apart', (source, expected) => {
  expect(pieces(source)).toEqual(expected);
});

test('keeps what comments say, and nothing of them among the pieces', () => {
  const script = scriptOf('a // one\n/* two\n * three */ b /**/ "/* no */"');

  expect(script.comments).toEqual([' one', ' two\n * three ', '']);
  expect(script.tokens.map((it) => it.value)).toEqual(['a', 'b', '/* no */']);
});

test.each(['{', '}', '(]', '`', '`${', '"', "'a\n'", '/*', '/*/'])('says that %j has no end', (source) => {
  expect(scriptOf(source).whole).toBe(false);
});

test.each(['', '{}', '`${{}}`', '"\\\n"', '/**/', '//', 'a = /[/]/'])('says that %j is whole', (source) => {
  expect(scriptOf(source).whole).toBe(true);
});

function mustBeReadOrRefused(source: string): void {
  enter({ 'a.ts': source });
  try {
    migrationFiles('Shop', 'migrations');
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidValue);
  }
}

/** Bits of scripts, in an order that no script would have. */
const ODD_PIECES = fc.array(fc.constantFrom(
  'class ', 'A1700000000000', ' extends ', ' implements ', 'export ', 'default ', 'module.', 'exports', 'up', 'down', 'name', 'transaction', 'constructor', 'this.', 'super.',
  'static ', 'get ', 'async ', 'const ', 'function ', 'return ', 'abstract ', 'declare ', '{', '}', '(', ')', '[', ']', '<', '>', '=', '=>', ':', ';', ',', '.', '?', '!', '*', '@', '#', '+',
  '`', '${', '}', "'", '"', '/', '\\', '//', '/*', '*/', '\n', '\r\n', ' ', '0', '1700000000000', 'DROP TABLE a', '$$', 'DO $$', 'é', '\uD800', '\u2028', 'contract:',
), { maxLength: 120 }).map((it) => it.join(''));

test('never hangs on any text, and refuses it in words or reads it', () => {
  fc.assert(fc.property(fc.oneof(ODD_PIECES, fc.string({ unit: 'binary', maxLength: 200 }), ODD_PIECES.map((it) => `export class A1700000000000 { async up(r) { ${it} } }`)), (source) => {
    mustBeReadOrRefused(source);
  }), { numRuns: 500 });
});

/** What would take time by the square of its length, if anything did. */
test.each([
  '{', '(', '<', '`', "'", '"', '/', '\\', '`${', '/*', '/[', '"\\', 'class ', 'class a ', 'class a {', 'class a {} ', 'exports ', 'exports.a = ', 'export { a } ', 'const a ', 'const a = 1\n',
  'function a ', 'async ', 'get ', 'a.b(', 'a.b() ', 'this.a ', 'a(b) { } ', 'a<', "'a' + ", "'a' + b ", '`${1}` ', '$a$ ', 'DO $$ ', '-- ', 'class a extends b { up() {} } class b extends a {} ',
])('reads or refuses a long row of %j in no time', (piece) => {
  const noise = piece.repeat(Math.floor(200_000 / piece.length));
  const inUp = `export class A1700000000000 { async up(r) { ${noise}`;
  const before = process.cpuUsage().user;
  [noise, inUp, `${inUp} } }`, `export class A1700000000000 { up() {} ${noise} }`, `export class A1700000000000 { async up(r) { r.query(\`SELECT 1; ${noise.replace(/[`\\$]/g, '\\$&')}\`); } }`]
    .forEach((source) => mustBeReadOrRefused(source));
  expect(process.cpuUsage().user - before).toBeLessThan(5_000_000);
});

/** What would end a comment or a text too early, or begin something, if it were read as a part of the script. */
const NOISE = fc.array(fc.constantFrom(
  '}', '{', ')', '(', '`', '${', "'", '"', '/', '\\', ';', 'async down(r) { await r.query(1); }', 'class B1600000000000 { up() {} }', 'export ', 'transaction = false', "name = 'B1600000000000'",
  'DROP TABLE a', '=>', '//', 'this.name = 1', 'throw ', 'return ', 'é',
), { maxLength: 6 }).map((it) => it.join(' '));

const COMMENT = NOISE.map((it) => `/* ${it} */`);

const TEXT = fc.tuple(NOISE, fc.constantFrom("'", '"', '`'))
  .map(([it, quote]) => `; ${quote}x ${it.replace(/[\\'"`$]/g, '\\$&')}${quote};`);

/** `·` stands where a comment may stand, and `§` where a statement may. */
const WITH_GAPS = `·export·class·A1700000000000·implements·Some·{·
  readonly·name·:·string·=·'B1700000000001'·;·transaction·=·false·;·
  private·text·=·\`a \${·1·}\`·;
  up·=·async·(·r·)·=>·{·§ await·r·.·query(·'SELECT 1'·+·' AS a'·)·;§ await·this·.·more(·r·)·;§ }·;
  async more·(·r·)·{·§ await·r·.·dropTable·(·'a'·)·;·§ r·.·query(·\`DROP TABLE \${·r·}\`·)§ }·
  async down·(·r·)·{·§ throw·new Error·(·'no'·)·; }·
}·`;

test('finds the same whatever comments and texts stand between', () => {
  const facts = (source: string) => {
    const { sha256, ...others } = migrationOf(source);
    return others;
  };
  const plain = facts(WITH_GAPS.replace(/·/g, ' ').replace(/§/g, ''));
  const gaps = [...WITH_GAPS.matchAll(/[·§]/g)].length;

  fc.assert(fc.property(fc.array(fc.tuple(COMMENT, TEXT), { minLength: gaps, maxLength: gaps }), (noise) => {
    let gap = -1;
    const source = WITH_GAPS.replace(/[·§]/g, (mark) => { gap += 1; return ` ${noise[gap][mark === '·' ? 0 : 1]} `; });
    expect(facts(source)).toEqual(plain);
  }), { numRuns: 200 });
  expect(plain).toMatchObject({ name: 'B1700000000001', transaction: false, hasDown: false, statements: ['SELECT 1 AS a', 'DROP TABLE ${…}'] });
});

test('finds the same whatever comments stand before and after a migration', () => {
  fc.assert(fc.property(fc.constantFrom(...ODD_MIGRATIONS), COMMENT, NOISE, ([, fileName, source], before, after) => {
    const { sha256, ...plain } = migrationOf(source, fileName);
    const { sha256: other, ...noisy } = migrationOf(`${source.replace(/^(#!.*\n)?/, `$1${before}`)} // ${after}`, fileName);
    expect(noisy).toEqual(plain);
  }), { numRuns: 200 });
});
