import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { askedBy, judgedBy } from '../../src/checks/nag-rules';

/* eslint-disable @typescript-eslint/no-require-imports */

const RULES = join(dirname(require.resolve('cdk-nag')), 'rules');
const files = readdirSync(RULES, { recursive: true }).map(String).filter((it) => it.endsWith('.js') && !it.endsWith('index.js'));
const rules = files.map((file) => ({ file, rule: require(join(RULES, file)).default }));

/** All classes that any rule asks for: for others none is made. */
const classes = new Map([...new Set(rules.flatMap(({ rule }) => [...askedBy(rule)]))].filter((it) => it.includes('.')).map((name) => {
  const dot = name.lastIndexOf('.');
  return [name, require(name.slice(0, dot))[name.slice(dot + 1)]] as const;
}));

test('each rule says which classes it asks for, and each of them is one', () => {
  expect(rules.filter(({ rule }) => askedBy(rule).size === 0).map(({ file }) => file)).toEqual([]);
  expect([...classes].filter(([, it]) => typeof it !== 'function').map(([name]) => name)).toEqual([]);
});

test.each(rules.map(({ file, rule }) => [file, rule] as const))('%s judges nothing but what it asks its argument for', (_, rule) => {
  const others = [...classes].filter(([name]) => !judgedBy(rule).has(name));

  expect(others.filter(([, it]) => rule(Object.create(it.prototype)) !== 'N/A').map(([name]) => name)).toEqual([]);
});

test('what a rule looks for elsewhere in its file is asked for by some rule', () => {
  const asked = new Set([...classes.keys()].map((it) => it.slice(it.lastIndexOf('.') + 1)));

  const named = files.flatMap((file) => [...readFileSync(join(RULES, file), 'utf8').matchAll(/instanceof \w+\.(Cfn\w+)/g)]).map(([, name]) => name);

  expect(named.filter((it) => !asked.has(it))).toEqual([]);
});
