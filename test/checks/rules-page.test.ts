import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_PACK, OWN_RULES } from '../../src/checks/own-rules';

const PAGE = readFileSync(join(__dirname, '../../docs/rules.md'), 'utf8');

/** The lines of the table in docs/rules.md. */
const LINES = PAGE.split('\n').filter((line) => line.startsWith(`| ${OWN_PACK}-`)).map((line) => line.slice(2, -2).split(' | '));

test.each(OWN_RULES.map((it) => [it.name, it] as const))('the page says of %s what it looks at, what it finds, and why that matters', (name, { types, info, explanation }) => {
  const [, ...said] = LINES.find(([rule]) => rule === `${OWN_PACK}-${name}`) ?? [];

  expect(said.slice(0, 3)).toEqual([types.join(', '), info, explanation]);
});

test('the page says of each rule how to mend what it finds', () => {
  expect(LINES.filter(([,,,, mending = '']) => mending.length < 20 || /TODO/.test(mending)).map(([rule]) => rule)).toEqual([]);
});

test('the page has no line twice, and none of a rule that is gone', () => {
  expect(LINES.map(([rule]) => rule).sort()).toEqual(OWN_RULES.map(({ name }) => `${OWN_PACK}-${name}`).sort());
});

test('the page shows how a part of a resource is accepted, by a rule that has parts', () => {
  const [, rule] = /`GoldenPath-(\w+)\[Container::\w+\]`/.exec(PAGE)!;

  expect(OWN_RULES.find(({ name }) => name === rule)!.parts).toBeDefined();
});
