/** Names under which people keep secrets. What only *points* to a secret (`…_ARN`, `…_FILE`, `…_NAME`) is none. */
const SECRET_NAME = new RegExp('('
  + 'PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|_PASS|_PWD'
  + '|(API|ACCESS|PRIVATE|SECRET|ENCRYPTION|SIGNING|MASTER)[_-]?KEYS?|SECRET_KEY_BASE'
  + ')(_\\d+)?$', 'i');

/**
 * Values that are no secret under any name: switches, keys that are made to be published, and what only points to one, as
 * ARNs and expressions of GitHub Actions do.
 */
const PLAIN_VALUE = /^(true|false|on|off|yes|no|(en|dis)abled|none|pk_(live|test)_\w+|arn:[\w-]+:.*|\$\{\{[^{}]*\}\})$/i;

/** Shapes that only a credential has, with the name of who issues them. */
const SECRET_VALUES: readonly [RegExp, string][] = [
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/, 'an AWS access key id'],
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY( BLOCK)?-----/, 'a private key'],
  [/\b(sk|rk)_(live|test)_[0-9a-zA-Z]{10,}/, 'a Stripe key'],
  [/\b(gh[pousr]_[0-9a-zA-Z]{30,}|github_pat_\w{30,})/, 'a GitHub token'],
  [/\bglpat-[\w-]{20,}/, 'a GitLab token'],
  [/\bnpm_[0-9a-zA-Z]{36}\b/, 'an npm token'],
  [/\bpypi-AgE[\w-]{20,}/, 'a PyPI token'],
  [/\bxox[abeoprs]-[0-9a-zA-Z-]{10,}/, 'a Slack token'],
  [/\bhooks\.slack\.com\/(services|workflows)\/\w+\/\w+\/\w+/, 'a Slack webhook'],
  [/\bSG\.[\w-]{16,64}\.[\w-]{16,}/, 'a SendGrid key'],
  [/\bATATT3x[\w-]{20,}/, 'an Atlassian token'],
  [/\bAIza[\w-]{35}\b/, 'a Google API key'],
  [/\bsk-[\w-]{0,20}[0-9a-zA-Z]{20,}/, 'an API key of a language model'],
  [/\bNRAK-[0-9A-Z]{27}\b/, 'a New Relic key'],
  [/\bAccountKey=[\w+/]{40,}={0,2}/, 'an Azure storage key'],
  [/\beyJ[\w-]{10,1000}\.eyJ[\w-]{10,}/, 'a JSON web token'],
  [/:\/\/[^/\s:@"',]*:[^/\s@"',?#]+@/, 'a URL with a password'],
  [/\bcurl\b[^\n]{0,200} (-u|--user)[ =]?["']?[^\s:$"']{1,100}:[^\s$"'{<]{4,}/, 'a user with a password'],
  [/\b(Basic|Bearer) [\w+/.~-]{16,}={0,2}/, 'an Authorization header'],
];

/** A password that is handed over by its name: an option of a command, a parameter of a connection or a URL. */
const ASSIGNMENT = /(?:^|[\s;&?"'.-])(?:\w{0,40}(?:password|passwd|passphrase|secret|token|api[_-]?key)|pwd) ?= ?["']?([^\s;&"'<>{}$*]{4,200})/gi;

/** The same as two words, as commands have it: `--password hunter2`. What is read from a file or a variable is none. */
const OPTION = /(?:^|\s)--(?:[\w-]{0,40}-)?(?:password|passwd|passphrase|token|api-?key) +["']?([^\s;&|"'<>{}$`*-][^\s;&|"'<>{}$`*]{3,200})/gi;

/**
 * Why this name and value look like a secret in the clear, or undefined if they do not.
 *
 * Encoded in Base64, or for a URL, it is still in the clear. A heuristic that stops accidents, not a scanner: a random
 * string under an innocent name passes.
 */
export function secretShape(name: string, value?: string): string | undefined {
  const shape = value === undefined ? undefined : [value, ...decoded(value)].map(shapeOf).find((it) => it !== undefined);
  if (shape) {
    return `its value looks like ${shape}`;
  }
  return SECRET_NAME.test(name) && !PLAIN_VALUE.test(value ?? '') ? 'its name is that of a secret' : undefined;
}

function shapeOf(text: string): string | undefined {
  const shape = SECRET_VALUES.find(([pattern]) => pattern.test(text));
  const assigned = [ASSIGNMENT, OPTION].flatMap((it) => [...text.matchAll(it)]).some(([, value]) => !PLAIN_VALUE.test(value) && !/^\d+$/.test(value));
  return shape?.[1] ?? (assigned ? 'a password with its name' : undefined);
}

/** What the text says once it is decoded. */
function decoded(text: string): string[] {
  const words = text.length > LONGEST_ENCODED ? [] : text.match(/[\w+/-]{20,}={0,2}/g) ?? [];
  const texts = words.map((it) => Buffer.from(it, 'base64').toString('latin1')).filter((it) => /^[\x09\x0a\x0d\x20-\x7e]+$/.test(it));
  return /%[0-9a-f]{2}/i.test(text) ? [...texts, percentDecoded(text)] : texts;
}

/** Longer than this it is a file, or nobody's configuration. */
const LONGEST_ENCODED = 10_000;

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
