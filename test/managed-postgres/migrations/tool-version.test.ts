import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { toolVersion } from '../../../src/managed-postgres/migrations/tool-version';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'tool-version-'));
  fs.mkdirSync(path.join(root, 'src/migrations'), { recursive: true });
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const write = (name: string, content: object) => fs.writeFileSync(path.join(root, name), JSON.stringify(content));
const found = () => toolVersion(path.join(root, 'src/migrations'), 'typeorm');

test('is the one that is locked', () => {
  write('package.json', { dependencies: { typeorm: '^1.1.0' } });
  write('package-lock.json', { packages: { 'node_modules/typeorm': { version: '1.1.1' } } });

  expect(found()).toBe('1.1.1');
});

test('is the range of the package where nothing is locked', () => {
  write('package.json', { dependencies: { typeorm: '^1.1.0' } });

  expect(found()).toBe('^1.1.0');
});

test('is looked for above a package that does not have the tool', () => {
  write('package.json', { dependencies: { typeorm: '1.1.1' } });
  write('src/package.json', { type: 'module' });

  expect(found()).toBe('1.1.1');
});

test('is empty where no package says so, or the one that should cannot be read', () => {
  fs.writeFileSync(path.join(root, 'package.json'), '{');

  expect(found()).toBe('');
});
