import { description } from '../../src/private/description';

describe('a description', () => {
  test('keeps what security groups take', () => {
    expect(description('Database Shop/Orders-1 (a_b): #@[]+=&;{}!$*,.')).toBe('Database Shop/Orders-1 (a_b): #@[]+=&;{}!$*,.');
  });

  test('replaces what they refuse', () => {
    expect(description('Заказы "today" <1> ~ %|\\?')).toBe('------ -today- -1- - ----');
  });

  test('ends after 255 characters', () => {
    expect(description('a'.repeat(300))).toBe('a'.repeat(255));
  });
});
