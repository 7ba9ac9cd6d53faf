import { Json } from './json';
import { literalText, textOf } from './text';

describe('textOf', () => {
  test.each<[Json, string]>([
    ['plain', 'plain'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'B' }, 'c']] }, 'a-0-c'],
    [{ 'Fn::Join': ['', ['a', { 'Fn::Join': ['.', ['b', 'c']] }]] }, 'ab.c'],
    [{ 'Fn::Sub': 'a ${B.Arn} ${!c}' }, 'a 0 ${c}'],
    [{ 'Fn::Sub': ['${a}${b}', { a: 'x', b: { Ref: 'B' } }] }, 'x0'],
  ])('renders %j', (value, text) => {
    expect(textOf(value, '0')).toBe(text);
  });

  test('knows nothing of a bare reference', () => {
    expect(textOf({ Ref: 'B' }, '0')).toBeUndefined();
  });
});

describe('literalText', () => {
  test('is the text where every part of it is known', () => {
    expect(literalText({ 'Fn::Join': ['', ['rate(', '5 minutes', ')']] })).toBe('rate(5 minutes)');
  });

  test('is nothing where a part of it is a token', () => {
    expect(literalText({ 'Fn::Join': ['', ['rate(', { Ref: 'Minutes' }, ')']] })).toBeUndefined();
  });
});
