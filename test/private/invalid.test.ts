import { inspect } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { invalid, InvalidValue } from '../../src/private/invalid';

const problem = { must: 'must be at least 2', got: 1, remedy: 'raise it' };

test('says where, what, the rule, the value and the remedy', () => {
  const stack = new Stack(new App(), 'Shop');

  expect(invalid(stack, 'tasks', problem).message).toBe("[Shop] 'tasks' must be at least 2, got 1; raise it");
});

test('names a factory where there is no construct yet', () => {
  expect(invalid('Scaling', 'min', problem).message).toBe("[Scaling] 'min' must be at least 2, got 1; raise it");
});

test('keeps the value to itself when it is not given', () => {
  expect(invalid('ServiceConfig', 'variables.KEY', { must: 'must not hold a secret', remedy: 'name it' }).message)
    .toBe("[ServiceConfig] 'variables.KEY' must not hold a secret; name it");
});

test.each([
  ['text', "'text'"], ['', "''"], [undefined, 'undefined'], [null, 'null'], [0.5, '0.5'], [NaN, 'NaN'], [true, 'true'], [['a', 'b'], 'a,b'],
])('prints %p as %s', (got, printed) => {
  expect(invalid('X', 'y', { must: 'must be z', got, remedy: 'do so' }).message).toBe(`[X] 'y' must be z, got ${printed}; do so`);
});

test('is an error of its own class', () => {
  const error = invalid('X', 'y', problem);

  expect(error).toBeInstanceOf(InvalidValue);
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe('InvalidValue');
});

describe('a refusal that nobody catches', () => {
  const printed = inspect(invalid('Shop/Api', 'desiredCount', { must: 'must be at least 2', got: 1, remedy: 'raise it' }));

  test('says its message once', () => {
    expect(printed.split("'desiredCount' must be at least 2, got 1; raise it")).toHaveLength(2);
    expect(printed).toMatch(/^InvalidValue: \[Shop\/Api\] 'desiredCount' must/);
  });

  test('shows where the user stands, and no line of a library or of Node.js', () => {
    expect(printed).toContain('invalid.test.ts');
    expect(printed).not.toMatch(/node_modules|node:/);
  });
});
