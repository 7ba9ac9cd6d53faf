import { FILES } from './support/programs/files';
import { JAVASCRIPT } from './support/programs/javascript';
import { openInProduct, overridden } from './support/programs/overrides';
import { outcomeOf, type Program } from './support/programs/program';
import { TYPESCRIPT } from './support/programs/typescript';
import { UNSET_VARIABLES } from './support/programs/unset';
import { UNUSUAL } from './support/programs/unusual';

/** The share of wrong programs of a group that is refused, in percent. */
function refusedOf(group: string, programs: Program[]): number {
  const missed = programs.map((it): [string, string] => [it[0], outcomeOf(it)]).filter(([, outcome]) => outcome !== 'refused');
  const percent = 100 * (1 - missed.length / programs.length);
  process.stdout.write([
    `${group}: ${programs.length - missed.length} of ${programs.length} are refused (${percent.toFixed(1)} %)`,
    ...missed.map(([title, outcome]) => `  ${outcome}: ${title}`),
  ].join('\n') + '\n');
  return percent;
}

test('at least 95 % of the wrong programs that the compiler takes are refused', () => {
  expect(refusedOf('TypeScript', TYPESCRIPT)).toBeGreaterThanOrEqual(95);
});

test('at least 95 % of the environment variables that are not set are refused', () => {
  expect(refusedOf('Undefined', UNSET_VARIABLES)).toBeGreaterThanOrEqual(95);
});

test('at least 95 % of the wrong files are refused', () => {
  expect(refusedOf('YAML', FILES)).toBeGreaterThanOrEqual(95);
});

test('at least 85 % of what only a compiler refuses is refused', () => {
  expect(refusedOf('JavaScript', JAVASCRIPT)).toBeGreaterThanOrEqual(85);
});

describe('escape hatches', () => {
  test('of which none is used in a product without findings', () => {
    expect(openInProduct()).toEqual([]);
  });

  test('are found in the template, at least 95 % of them', () => {
    expect(refusedOf('Overrides', overridden())).toBeGreaterThanOrEqual(95);
  });
});

test('no program that is right and unusual is refused', () => {
  const refused = UNUSUAL.map((it) => [it[0], outcomeOf(it)]).filter(([, outcome]) => outcome !== 'taken');

  process.stdout.write(`Unusual: ${refused.length} of ${UNUSUAL.length} are refused\n`);
  expect(refused).toEqual([]);
});
