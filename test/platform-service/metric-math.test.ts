import { evaluate, goesOff } from './metric-math';

const _ = undefined;

test.each<[string, (number | undefined)[]]>([
  ['a + b', [11, _, _]],
  ['a + 2 * 3', [7, 8, _]],
  ['(a + 2) * 3', [9, 12, _]],
  ['100 * a / b', [10, _, _]],
  ['b / (a - 1)', [_, _, _]],
  ['a >= 2', [0, 1, _]],
  ['FILL(a,0)', [1, 2, 0]],
  ['FILL(never,0)', [_, _, _]],
  ['MAX([a, b])', [10, 2, _]],
  ['MAX([FILL(a,0), b])', [10, 2, 0]],
  ['SUM([a, b])', [11, 2, _]],
  ['SUM([a, 0 * b])', [1, 2, _]],
  ['IF(FILL(a,0) >= 2, 100 * a, 0)', [0, 200, 0]],
  ['IF(a >= 2, a)', [_, 2, _]],
  ['-2 * a', [-2, -4, _]],
  ['RATE(gap)', [_, _, 0.5]],
])('computes %s', (expression, expected) => {
  expect(evaluate(expression, { a: [1, 2, _], b: [10, _, _], gap: [40, _, 100], never: [_, _, _] }, 3)).toEqual(expected);
});

test.each(['a ? b', 'a +', 'unknown', 'a b', 'MAX(a, b)', 'IF(a, 1'])('does not guess what %s means', (expression) => {
  expect(() => evaluate(expression, { a: [1], b: [2] }, 1)).toThrow();
});

test('knows how long a period is', () => {
  expect(evaluate('RATE(a)', { a: [0, 86_400] }, 2, 86_400)).toEqual([_, 1]);
});

test('counts breaching minutes within the window only', () => {
  expect(goesOff([9, 1, 9], { threshold: 5, periods: 3, datapoints: 2 })).toBe(true);
  expect(goesOff([9, 1, 1, 9], { threshold: 5, periods: 3, datapoints: 2 })).toBe(false);
  expect(goesOff([9, _, _], { threshold: 5, periods: 3, datapoints: 2 })).toBe(false);
});

test('counts what is below a threshold, if that is what is wrong', () => {
  expect(goesOff([1, 9], { threshold: 5, periods: 1, datapoints: 1, below: true })).toBe(true);
  expect(goesOff([5, 9, _], { threshold: 5, periods: 1, datapoints: 1, below: true })).toBe(false);
});
