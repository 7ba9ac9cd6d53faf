import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Construct } from 'constructs';
import * as goldenPath from '../src';

const CONSTRUCTS = Object.entries<unknown>(goldenPath)
  .filter(([, it]) => typeof it === 'function' && it.prototype instanceof Construct).map(([name]) => name);

/** Where each construct has a place, as CONTRIBUTING.md says, and what is lost without it. */
const PLACES: { readonly [place: string]: readonly string[] } = {
  'scenes, for the rule packs': ['test/support/scenes.ts'],
  'variants, for cfn-lint, which also looks at the shop': ['test/lint/variants.ts', 'examples/shop/app.ts', 'examples/shop/shop.ts'],
  'logical ids of what holds data': ['test/identity.test.ts'],
  'a generator of its props': ['test/properties.test.ts', 'test/operations.properties.test.ts'],
  'arguments of the wrong type': ['test/arguments.test.ts'],
};

/** Constructs of which nothing holds data, and why. */
const HOLDS_NO_DATA: { readonly [construct: string]: string } = {
  PipelineStack: 'roles and the identity provider of GitHub, which are made again as they were; workflows are files',
};

/** Whether a program among these makes a construct, or one that extends it. */
function isMadeIn(files: readonly string[], construct: string): boolean {
  return files.some((it) => new RegExp(`(new|extends) ${construct}\\b`).test(text(it)));
}

function text(file: string): string {
  return readFileSync(join(__dirname, '..', file), 'utf8');
}

/** The constructs that are missing in a place. */
function missingIn(place: string, constructs: readonly string[]): string[] {
  return constructs.filter((it) => !isMadeIn(PLACES[place], it) && !(place.startsWith('logical ids') && HOLDS_NO_DATA[it]));
}

test.each(Object.keys(PLACES))('each public construct has a place in: %s', (place) => {
  expect(missingIn(place, CONSTRUCTS)).toEqual([]);
});

test.each(Object.keys(PLACES))('a new construct without a place is noticed in: %s', (place) => {
  expect(missingIn(place, [...CONSTRUCTS, 'PlatformTable'])).toEqual(['PlatformTable']);
});

test('each public construct has a section on what replaces and deletes it', () => {
  const sections = text('docs/stateful-resources.md').split('\n').filter((it) => it.startsWith('## ')).join('\n');

  expect(CONSTRUCTS.filter((it) => !sections.includes(it))).toEqual([]);
});

test('each public construct has a page of its own', () => {
  const index = text('docs/constructs/README.md');

  expect(CONSTRUCTS.filter((it) => !index.includes(`[${it}](`))).toEqual([]);
});

test('whatever holds no data is a construct that is public, and is not pinned as if it did', () => {
  expect(Object.keys(HOLDS_NO_DATA).filter((it) => !CONSTRUCTS.includes(it) || isMadeIn(PLACES['logical ids of what holds data'], it))).toEqual([]);
});
