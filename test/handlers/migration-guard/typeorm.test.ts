import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..', '..');
let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'data-source-'));
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'), 'dir');
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

const PROGRAM = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'typeorm-')), 'typeorm.js');
beforeAll(() => {
  const esbuild = path.join(ROOT, 'node_modules/.bin/esbuild');
  execFileSync(esbuild, [path.join(ROOT, 'src/handlers/migration-guard/typeorm.ts'), '--bundle', '--platform=node', '--format=cjs', `--outfile=${PROGRAM}`, '--log-level=error']);
});
afterAll(() => fs.rmSync(path.dirname(PROGRAM), { recursive: true }));

/** What a Node.js of its own, as in a task, finds in a file: jest has its own way to import. */
function found(file: string, content: string): string {
  fs.writeFileSync(path.join(directory, file), content);
  const program = `require(${JSON.stringify(PROGRAM)}).loadDataSource(process.argv[1]).then(it => console.log(it.options.type), error => console.log(error.message));`;
  return execFileSync(process.execPath, ['--eval', program, path.join(directory, file)], { encoding: 'utf8' }).trim();
}

const REQUIRE = "const { DataSource } = require('typeorm'); const make = () => new DataSource({ type: 'postgres' });";
const IMPORT = "import { DataSource } from 'typeorm'; const make = () => new DataSource({ type: 'postgres' });";

test.each([
  ['a CommonJS file that exports it by a name', 'a.js', `${REQUIRE} exports.dataSource = make();`],
  ['a CommonJS file that is it', 'b.js', `${REQUIRE} module.exports = make();`],
  ['a compiled default export', 'c.js', `${REQUIRE} Object.defineProperty(exports, '__esModule', { value: true }); exports.default = make();`],
  ['one that comes later', 'd.js', `${REQUIRE} exports.dataSource = Promise.resolve(make());`],
  ['a default export of an ES module', 'e.mjs', `${IMPORT} export default make();`],
  ['a named export of an ES module, beside other things', 'f.mjs', `${IMPORT} export const limit = 3; export const nothing = null; export const source = make();`],
])('the data source is found in %s', (_, file, content) => {
  expect(found(file, content)).toBe('postgres');
});

test.each([
  ['none', 'exports.something = {};', 'must export one TypeORM DataSource, got 0'],
  ['two', `${REQUIRE} exports.one = make(); exports.other = make();`, 'must export one TypeORM DataSource, got 2'],
  ['a file that cannot be loaded', 'throw new Error("no configuration")', 'the data source cannot be loaded from'],
])('%s is refused in words', (_, content, words) => {
  expect(found('g.js', content)).toContain(words);
});
