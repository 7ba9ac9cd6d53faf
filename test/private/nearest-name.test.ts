import { misspellings } from '../../src/private/nearest-name';

const KNOWN = ['tier', 'account', 'region', 'secrets', 'secretName'];

test.each([['regoin', 'region'], ['Region', 'region'], ['accounts', 'account'], ['secret', 'secrets'], ['secretname', 'secretName'], ['teir', undefined], ['x', undefined]])(
  'takes %s for %s', (given, meant) => {
    expect(misspellings([given], KNOWN).get(given)).toBe(meant);
  },
);

test('never means a name that is given as well', () => {
  expect(misspellings(['region', 'regions'], KNOWN)).toEqual(new Map());
});

test('knows nothing of names that are known', () => {
  expect(misspellings(KNOWN, KNOWN)).toEqual(new Map());
});
