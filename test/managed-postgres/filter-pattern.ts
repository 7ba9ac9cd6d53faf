/** What a filter pattern of CloudWatch Logs may consist of, between its percent signs. */
const SUPPORTED = /^[\w:#=@/;,^$?[\]{}|\\*+.-]*$/;

/** What a backslash may stand before: a class of characters, a code, or a character that is meant as such. */
const ESCAPED = /\\([dDsSwW]|x[0-9A-F]{2}|[\^$?[\]{}|\\*+.])/g;

/**
 * Whether a line of a log contains what a regular expression of CloudWatch Logs stands for: `%FATAL:\s+no%`. Throws for what CloudWatch
 * Logs does not know: spaces and quotation marks, groups, characters of other alphabets.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function matches(pattern: string, line: string): boolean {
  const [, expression] = /^%(.+)%$/.exec(pattern) ?? [];
  if (expression === undefined || !SUPPORTED.test(expression) || expression.replace(ESCAPED, '').includes('\\')) {
    throw new Error(`not understood: ${pattern}`);
  }
  return new RegExp(expression).test(line);
}
