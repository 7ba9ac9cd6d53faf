import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { environmentPage, environmentSchema } from '../../projenrc/environment-files';

// The linter brings it along.
// eslint-disable-next-line @typescript-eslint/no-require-imports, import/no-extraneous-dependencies
const Ajv = require('ajv');

const ROOT = join(__dirname, '../..');
const CONFIG = join(ROOT, 'examples/shop/config');
const files = readdirSync(CONFIG).map((it) => join(CONFIG, it));
const accepts = new Ajv().compile(environmentSchema()) as (value: unknown) => boolean;
const prod = () => parse(readFileSync(join(CONFIG, 'prod.yaml'), 'utf8'));

test('the schema for editors is that of the grammar: npx tsx projenrc/environment-files.ts', () => {
  expect(JSON.parse(readFileSync(join(ROOT, 'docs/environment.schema.json'), 'utf8'))).toEqual(environmentSchema());
});

test('the reference is that of the grammar: npx tsx projenrc/environment-files.ts', () => {
  expect(readFileSync(join(ROOT, 'docs/environment-files.md'), 'utf8')).toBe(environmentPage());
});

test.each(files)('the schema accepts %s, which names it', (file) => {
  const text = readFileSync(file, 'utf8');

  expect(accepts(parse(text))).toBe(true);
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../node_modules/cdk-golden-path/docs/environment.schema.json');
});

test.each([
  ['a key that there is not', { zone: 'eu-west-1a' }],
  ['an account that is a number', { account: 444455556666 }],
  ['a single zone', { zones: ['eu-west-1a'] }],
  ['a zone twice', { zones: ['eu-west-1a', 'eu-west-1a'] }],
  ['another tier', { tier: 'production' }],
  ['a secret with its value', { services: { api: { secrets: ['KEY=value'] } } }],
])('the schema refuses %s', (_, change) => {
  expect(accepts({ ...prod(), ...change })).toBe(false);
});
