/** Names under which people keep secrets. What only *points* to a secret (`…_ARN`, `…_FILE`, `…_NAME`) is none. */
const SECRET_NAME = new RegExp('('
  + 'PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|_PASS|_PWD'
  + '|(API|ACCESS|PRIVATE|SECRET|ENCRYPTION|SIGNING|MASTER)_?KEYS?|SECRET_KEY_BASE'
  + ')(_\\d+)?$', 'i');

/** Values that are no secret under any name: switches, keys that are made to be published, and ARNs, which only point to one. */
const PLAIN_VALUE = /^(true|false|on|off|yes|no|(en|dis)abled|none|pk_(live|test)_\w+|arn:[\w-]+:.*)$/i;

/** Shapes that only a credential has, with the name of who issues them. */
const SECRET_VALUES: readonly [RegExp, string][] = [
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/, 'an AWS access key id'],
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY( BLOCK)?-----/, 'a private key'],
  [/\b(sk|rk)_(live|test)_[0-9a-zA-Z]{10,}/, 'a Stripe key'],
  [/\b(gh[pousr]_[0-9a-zA-Z]{30,}|github_pat_\w{30,})/, 'a GitHub token'],
  [/\bglpat-[\w-]{20,}/, 'a GitLab token'],
  [/\bnpm_[0-9a-zA-Z]{36}\b/, 'an npm token'],
  [/\bxox[abeoprs]-[0-9a-zA-Z-]{10,}/, 'a Slack token'],
  [/\bhooks\.slack\.com\/(services|workflows)\/\w+\/\w+\/\w+/, 'a Slack webhook'],
  [/\bSG\.[\w-]{16,64}\.[\w-]{16,}/, 'a SendGrid key'],
  [/\bATATT3x[\w-]{20,}/, 'an Atlassian token'],
  [/\beyJ[\w-]{10,1000}\.eyJ[\w-]{10,}/, 'a JSON web token'],
  [/:\/\/[^/\s:@"',]*:[^/\s@"',?#]+@/, 'a URL with a password'],
];

/**
 * Why this name and value look like a secret in the clear, or undefined if they do not.
 *
 * A heuristic that stops accidents, not a scanner: a random string under an innocent name passes.
 */
export function secretShape(name: string, value?: string): string | undefined {
  const shape = SECRET_VALUES.find(([pattern]) => value !== undefined && pattern.test(value));
  if (shape) {
    return `its value looks like ${shape[1]}`;
  }
  return SECRET_NAME.test(name) && !PLAIN_VALUE.test(value ?? '') ? 'its name is that of a secret' : undefined;
}
