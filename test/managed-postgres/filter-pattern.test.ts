import { matches } from './filter-pattern';

// The examples of https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
test.each([
  ['%AUTHORIZED%', '[ERROR 401] UNAUTHORIZED REQUEST', true],
  ['%AUTHORIZED%', '[SUCCESS 200] authorized request', false],
  ['%^[hc]at%', 'hat', true],
  ['%^[hc]at%', 'a hat', false],
  ['%colou?r%', 'color', true],
  ['%gra|ey%', 'grey', true],
  [String.raw`%\[.\]%`, '[a]', true],
  [String.raw`%10\.10\.0\.1%`, '10010,051', false],
  [String.raw`%\d\s\w%`, '1 a', true],
  [String.raw`%\x28%`, '(', true],
])('reads %s as CloudWatch Logs does, in "%s"', (pattern, line, expected) => {
  expect(matches(pattern, line)).toBe(expected);
});

test.each(['ERROR', '%', '%%', '%something!%', '%(a)%', '%a b%', '%"a"%', '%ä%', String.raw`%\n%`])('does not guess what %s means', (pattern) => {
  expect(() => matches(pattern, '')).toThrow(`not understood: ${pattern}`);
});
