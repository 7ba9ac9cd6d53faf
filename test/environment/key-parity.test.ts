import { leave, PROD, prodWith, refusal } from './environment-directory';

afterEach(leave);

test('accepts environments that differ in values only', () => {
  const dev = PROD.replace('tier: prod', 'tier: dev').replace('444455556666', '111122223333')
    .replace(/eu-west-1/g, 'us-east-1').replace(', us-east-1c', '').replace('shop.example', 'dev.shop.example').replace('info', 'debug');

  expect(refusal({ 'dev.yaml': dev, 'prod.yaml': PROD })).toBeUndefined();
});

test('accepts the same keys, secrets and flags in another order', () => {
  expect(refusal({
    'dev.yaml': prodWith('[new-checkout]', '[a, b]').replace('{ LOG_LEVEL: info }', '{ A: a, B: b }').replace('[STRIPE_API_KEY]', '[C, D]'),
    'prod.yaml': prodWith('[new-checkout]', '[b, a]').replace('{ LOG_LEVEL: info }', '{ B: b, A: a }').replace('[STRIPE_API_KEY]', '[D, C]'),
  })).toBeUndefined();
});

test.each([
  ['a variable', prodWith('info }', 'info, CACHE: "on" }'),
    "[config/dev.yaml:8] 'services.api.variables.CACHE' must be set, because config/prod.yaml:8 sets it; add it here or remove it there"],
  ['a secret', prodWith('[STRIPE_API_KEY]', '\n      - STRIPE_API_KEY\n      - MAIL_KEY'),
    "[config/dev.yaml:9] 'services.api.secrets' must name 'MAIL_KEY', because config/prod.yaml:11 does; add it here or remove it there"],
  ['a flag', prodWith('[new-checkout]', '[new-checkout, dark-mode]'),
    "[config/dev.yaml:10] 'services.api.flags' must name 'dark-mode', because config/prod.yaml:10 does; add it here or remove it there"],
  ['the name of a secret', prodWith('    flags', '    secretName: prod/own\n    flags'),
    "[config/dev.yaml:7] 'services.api.secretName' must be set, because config/prod.yaml:10 sets it; add it here or remove it there"],
  ['a service', prodWith('  api:', '  web: {}\n  api:'),
    "[config/dev.yaml:6] 'services.web' must be set, because config/prod.yaml:7 sets it; add it here or remove it there"],
])('refuses %s that one environment has and another lacks', (_title, prod, message) => {
  expect(refusal({ 'dev.yaml': PROD, 'prod.yaml': prod })).toBe(message);
});

test('refuses a domain that one environment lacks, on its first line that says anything', () => {
  expect(refusal({ 'dev.yaml': `# cheap\n${PROD.replace(/domain: .*\n/, '')}`, 'prod.yaml': PROD })).toBe(
    "[config/dev.yaml:2] 'domain' must be set, because config/prod.yaml:5 sets it; add it here or remove it there",
  );
});

test('refuses an absent list where another environment has an empty one', () => {
  expect(refusal({ 'dev.yaml': PROD.replace('    flags: [new-checkout]\n', ''), 'prod.yaml': prodWith('[new-checkout]', '[]') })).toBe(
    "[config/dev.yaml:7] 'services.api.flags' must be set, because config/prod.yaml:10 sets it; add it here or remove it there",
  );
});

test('refuses it in each file that lacks it, and names the first that has it', () => {
  const more = prodWith('info }', 'info, CACHE: "on" }');

  expect(refusal({ 'a.yaml': PROD, 'b.yaml': more, 'c.yaml': PROD, 'd.yaml': more })).toBe([
    "[config/a.yaml:8] 'services.api.variables.CACHE' must be set, because config/b.yaml:8 sets it; add it here or remove it there",
    "[config/c.yaml:8] 'services.api.variables.CACHE' must be set, because config/b.yaml:8 sets it; add it here or remove it there",
  ].join('\n'));
});

test('counts a merged key as set', () => {
  const merged = prodWith('{ LOG_LEVEL: info }', '{ <<: { LOG_LEVEL: info } }');

  expect(refusal({ 'dev.yaml': merged, 'prod.yaml': PROD })).toBeUndefined();
});

test('reports a misspelt or malformed key once, as such', () => {
  expect(refusal({ 'dev.yaml': prodWith('    flags:', '    flag:'), 'prod.yaml': PROD })).toBe(
    "[config/dev.yaml:10] 'services.api.flag' must be one of the keys 'variables', 'notSecret', 'secrets', 'secretName', "
    + "'secretKeyArn', 'flags'; write 'flags'",
  );
  expect(refusal({ 'dev.yaml': prodWith('info }', 'info, "not a name": x }'), 'prod.yaml': PROD })).toBe(
    "[config/dev.yaml:8] 'services.api.variables.not a name' must be a name of letters, digits and underscores that does not begin with a digit; rename it",
  );
});

test('leaves out a file that cannot be read', () => {
  expect(refusal({ 'dev.yaml': ']', 'prod.yaml': PROD })).toBe(
    "[config/dev.yaml:1] 'file' must be YAML (Unexpected flow-seq-end token in YAML document); correct the line",
  );
});
