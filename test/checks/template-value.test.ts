import { breaks, endOf, entries, isUnknown } from '../../src/checks/template-value';

test.each([
  ['a reference', { Ref: 'Parameter' }],
  ['an attribute', { 'Fn::GetAtt': ['Queue', 'Arn'] }],
  ['a text of parts', { 'Fn::Join': ['', ['a', { Ref: 'B' }]] }],
  ['one of two', { 'Fn::If': ['Condition', 1, 2] }],
])('%s is only known at deployment', (_, value) => {
  expect(isUnknown(value)).toBe(true);
});

test.each([
  ['a text', 'text'],
  ['nothing', undefined],
  ['null', null],
  ['a list', [{ Ref: 'Parameter' }]],
  ['an object', { Ref: 'Parameter', Other: 1 }],
  ['what is left out', { Ref: 'AWS::NoValue' }],
])('%s is known at synth', (_, value) => {
  expect(isUnknown(value)).toBe(false);
});

describe('a value breaks what it should be', () => {
  const accepts = (value: unknown) => value === 'good';

  test.each([
    ['another value', { A: { B: 'bad' } }],
    ['none', { A: {} }],
    ['none, nor where it would stand', {}],
    ['left out', { A: { B: { Ref: 'AWS::NoValue' } } }],
    ['left out with what holds it', { A: { Ref: 'AWS::NoValue' } }],
  ])('%s', (_, properties) => {
    expect(breaks(properties, 'A/B', accepts)).toBe(true);
  });
});

describe('a value does not break what it should be', () => {
  const accepts = (value: unknown) => value === 'good';

  test.each([
    ['the right value', { A: { B: 'good' } }],
    ['known at deployment', { A: { B: { Ref: 'Parameter' } } }],
    ['in something known at deployment', { A: { 'Fn::If': ['Condition', { B: 'bad' }, { B: 'bad' }] } }],
  ])('%s', (_, properties) => {
    expect(breaks(properties, 'A/B', accepts)).toBe(false);
  });
});

test('the entries of a list are its known objects', () => {
  expect(entries([{ A: 1 }, { Ref: 'B' }, { Ref: 'AWS::NoValue' }, null, 'text'])).toEqual([{ A: 1 }]);
  expect(entries({ 'Fn::If': ['Condition', [], []] })).toEqual([]);
  expect(entries(undefined)).toEqual([]);
});

test.each([
  ['a text', 'nginx:1.29', 'nginx:1.29'],
  ['a join that ends in a text', { 'Fn::Join': [':', [{ Ref: 'A' }, 'v1']] }, ':v1'],
  ['a join of one text', { 'Fn::Join': [':', ['v1']] }, 'v1'],
  ['a join that ends in a reference', { 'Fn::Join': [':', ['v1', { Ref: 'A' }]] }, undefined],
  ['a substitution', { 'Fn::Sub': '${A}:v1' }, '${A}:v1'],
  ['a substitution with values', { 'Fn::Sub': ['${A}:v1', { A: 1 }] }, '${A}:v1'],
  ['a reference', { Ref: 'A' }, undefined],
  ['nothing', undefined, undefined],
])('the end of %s', (_, text, end) => {
  expect(endOf(text)).toBe(end);
});
