import { leave, PROD, prodWith, read, refusal } from './environment-directory';
import * as fc from '../support/fast-check';

const REMEDY = "name it in 'secrets', keep its value in Secrets Manager, and replace it if it was ever committed; "
  + "a variable that is none is named in 'notSecret', with the reason";
const NAMES_ONLY = 'write names only, as in [STRIPE_API_KEY], and keep the values in Secrets Manager';
const STRIPE = ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_');
const AWS = `AKIA${'ABCDEFGHIJKLMNOP'}`;

afterEach(leave);

test.each([
  ['a variable with the name of a secret', prodWith('LOG_LEVEL: info', 'DB_PASSWORD: hunter2'),
    `[config/prod.yaml:8] 'services.api.variables.DB_PASSWORD' must not hold a secret (its name is that of a secret); ${REMEDY}`],
  ['a number under the name of a secret', prodWith('LOG_LEVEL: info', 'DB_PASSWORD: 12345'),
    `[config/prod.yaml:8] 'services.api.variables.DB_PASSWORD' must not hold a secret (its name is that of a secret); ${REMEDY}`],
  ['a credential in a variable', prodWith('info', STRIPE),
    `[config/prod.yaml:8] 'services.api.variables.LOG_LEVEL' must not hold a secret (its value looks like a Stripe key); ${REMEDY}`],
  ['a credential written with escapes', prodWith('info', `"\\x41${AWS.slice(1)}"`),
    `[config/prod.yaml:8] 'services.api.variables.LOG_LEVEL' must not hold a secret (its value looks like an AWS access key id); ${REMEDY}`],
  ['a private key over several lines', prodWith('{ LOG_LEVEL: info }', '\n      CERT: |\n        -----BEGIN RSA PRIVATE KEY-----\n        abc'),
    `[config/prod.yaml:9] 'services.api.variables.CERT' must not hold a secret (its value looks like a private key); ${REMEDY}`],
  ['a URL with a password', prodWith('info', 'postgres://app:hunter2@db/shop'),
    `[config/prod.yaml:8] 'services.api.variables.LOG_LEVEL' must not hold a secret (its value looks like a URL with a password); ${REMEDY}`],
  ['a credential in another value', prodWith('eu-west-1\n', `${AWS}\n`),
    `[config/prod.yaml:3] 'region' must not hold a secret (its value looks like an AWS access key id); ${REMEDY}`],
  ['a credential in a comment', prodWith('  api:', `  # ${STRIPE}\n  api:`),
    `[config/prod.yaml:7] 'line 7' must not hold a secret (its value looks like a Stripe key); ${REMEDY}`],
  ['a credential as the name of a variable', prodWith('LOG_LEVEL', AWS),
    `[config/prod.yaml:8] 'line 8' must not hold a secret (its value looks like an AWS access key id); ${REMEDY}`],
  ['a credential as the name of a secret', prodWith('[STRIPE_API_KEY]', `[${STRIPE}]`),
    `[config/prod.yaml:9] 'services.api.secrets[0]' must not hold a secret (its value looks like a Stripe key); ${REMEDY}`],
  ['secrets with their values', prodWith('[STRIPE_API_KEY]', `{ STRIPE_API_KEY: ${STRIPE} }`),
    `[config/prod.yaml:9] 'services.api.secrets' must be a list of names without values, got a mapping; ${NAMES_ONLY}`],
  ['a list of secrets with their values', prodWith('[STRIPE_API_KEY]', '[STRIPE_API_KEY: hunter2]'),
    "[config/prod.yaml:9] 'services.api.secrets[0]' must be a name of letters, digits and underscores that does not begin with a digit; " + NAMES_ONLY],
  ['an assignment in the list of secrets', prodWith('[STRIPE_API_KEY]', '[STRIPE_API_KEY=hunter2]'),
    "[config/prod.yaml:9] 'services.api.secrets[0]' must be a name of letters, digits and underscores that does not begin with a digit; " + NAMES_ONLY],
  ['a number as the list of secrets', prodWith('[STRIPE_API_KEY]', '12345'),
    `[config/prod.yaml:9] 'services.api.secrets' must be a list of names without values, got a text; ${NAMES_ONLY}`],
])('refuses %s without repeating it', (_title, content, message) => {
  expect(refusal({ 'prod.yaml': content })).toBe(message);
});

test('reports a credential on the line after another one', () => {
  const variables = `\n      CERT: |\n        -----BEGIN RSA PRIVATE KEY-----\n      # ${STRIPE}`;

  expect(refusal({ 'prod.yaml': prodWith('{ LOG_LEVEL: info }', variables) })).toBe([
    `[config/prod.yaml:9] 'services.api.variables.CERT' must not hold a secret (its value looks like a private key); ${REMEDY}`,
    `[config/prod.yaml:11] 'line 11' must not hold a secret (its value looks like a Stripe key); ${REMEDY}`,
  ].join('\n'));
});

test('accepts what only points to a secret, and switches', () => {
  const variables = '{ DB_SECRET_ARN: x, TOKEN_URL: "https://id.example.com", USE_PASSWORD: "true", DB_SECRET: "arn:aws:secretsmanager:x" }';

  expect(refusal({ 'prod.yaml': prodWith('{ LOG_LEVEL: info }', variables) })).toBeUndefined();
});

describe('a variable that looks like a secret and is none', () => {
  const WHY = 'browsers get it anyway; it works on our domain only';
  const fileWith = (variables: string, notSecret: string) => prodWith('{ LOG_LEVEL: info }', `${variables}\n    notSecret: ${notSecret}`);

  test('is taken with the reason', () => {
    const config = read({ 'prod.yaml': fileWith(`{ MAPS_API_KEY: ${AWS} }`, `{ MAPS_API_KEY: "${WHY}" }`) }).named('prod').config('api');

    expect(config).toMatchObject({ variables: { MAPS_API_KEY: AWS }, notSecret: { MAPS_API_KEY: WHY } });
  });

  test.each([
    ['without a reason', fileWith('{ MAPS_API_KEY: x }', '{ MAPS_API_KEY: "it is public" }'),
      "[config/prod.yaml:9] 'services.api.notSecret.MAPS_API_KEY' must be a reason of at least 20 characters; say why everybody may read it"],
    ['with itself in place of a reason', fileWith('{ MAPS_API_KEY: x }', `{ MAPS_API_KEY: ${AWS} }`),
      `[config/prod.yaml:9] 'services.api.notSecret.MAPS_API_KEY' must not hold a secret (its value looks like an AWS access key id); ${REMEDY}`],
    ['that is no variable', fileWith('{ LEVEL: x }', `{ MAPS_API_KEY: "${WHY}" }`),
      "[config/prod.yaml:9] 'services.api.notSecret.MAPS_API_KEY' must name one of the 'variables'; correct or remove it"],
    ['beside another one', fileWith('{ MAPS_API_KEY: x, DB_PASSWORD: y }', `{ MAPS_API_KEY: "${WHY}" }`),
      `[config/prod.yaml:8] 'services.api.variables.DB_PASSWORD' must not hold a secret (its name is that of a secret); ${REMEDY}`],
  ])('is refused %s', (_, content, message) => {
    expect(refusal({ 'prod.yaml': content })).toBe(message);
  });

  test('is named in every environment', () => {
    const prod = fileWith('{ MAPS_API_KEY: x }', `{ MAPS_API_KEY: "${WHY}" }`);
    const dev = prod.replace(/ {4}notSecret.*\n/, '').replace('tier: prod', 'tier: dev').replace('MAPS_API_KEY: x', 'MAPS_API_KEY: "off"');

    expect(refusal({ 'prod.yaml': prod, 'dev.yaml': dev })).toBe(
      "[config/dev.yaml:7] 'services.api.notSecret' must be set, because config/prod.yaml:9 sets it; add it here or remove it there");
  });
});

test('refuses a credential wherever it stands, and never repeats it', () => {
  const lines = PROD.split('\n').filter((line) => line !== '');
  const words = lines.flatMap((line, row) => [...line.matchAll(/[\w."-]+/g)].map((word) => ({ row, word })));

  fc.assert(fc.property(
    fc.constantFrom(...words), fc.constantFrom(STRIPE, AWS), fc.constantFrom('replace', 'quote', 'comment', 'list', 'mapping'), fc.boolean(),
    ({ row, word }, credential, manner, alone) => {
      const text = { replace: credential, quote: `"${credential}"`, comment: `${word[0]} # ${credential}\n`, list: `[${credential}]`, mapping: `{a: ${credential}}` }[manner];
      const line = lines[row].slice(0, word.index) + text + lines[row].slice(word.index + word[0].length);
      const content = [...lines.slice(0, row), line, ...lines.slice(row + 1)].join('\n');

      const message = refusal(alone ? { 'prod.yaml': content } : { 'prod.yaml': content, 'dev.yaml': PROD });

      expect(message).toBeDefined();
      expect(message).not.toContain(credential);
    },
  ), { numRuns: 100 });
});

test('says file and line in every message about a damaged file', () => {
  fc.assert(fc.property(
    fc.nat(PROD.length), fc.nat(30), fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('\n', '[', '{', ': ', '- ', '"', '&a ', '*a', '!x ', '%', '|', '\t')),
    (start, length, inserted) => {
      const damaged = PROD.slice(0, start) + inserted + PROD.slice(start + length);

      const message = refusal({ 'prod.yaml': damaged, 'dev.yaml': PROD });

      (message?.split('\n') ?? []).forEach((line) => {
        expect(line).toMatch(/^\[config\/(prod|dev)\.yaml:[1-9]\d*\] '.*' must .*; .*$/);
      });
    },
  ), { numRuns: 200 });
});
