import { leave, PROD, prodWith, read, refusal } from './environment-directory';
import { Tier } from '../../src/environment/tier';

const KEYS = "'tier', 'account', 'region', 'zones', 'domain', 'services'";
const QUOTES = 'write it in quotes: YAML rewrites what looks like a number or a boolean';

afterEach(leave);

describe('keys', () => {
  test.each([
    ['an unknown key', prodWith('tier: prod', 'tier: prod\ncolour: red'), `[config/prod.yaml:2] 'colour' must be one of the keys ${KEYS}; correct or remove it`],
    ['a misspelt required key', prodWith('region:', 'regoin:'), `[config/prod.yaml:3] 'regoin' must be one of the keys ${KEYS}; write 'region'`],
    ['a key in the wrong case', prodWith('domain:', 'Domain:'), `[config/prod.yaml:5] 'Domain' must be one of the keys ${KEYS}; write 'domain'`],
    ['a misspelt key of a service', prodWith('flags:', 'flag:'),
      "[config/prod.yaml:10] 'services.api.flag' must be one of the keys 'variables', 'notSecret', 'secrets', 'secretName', "
      + "'secretKeyArn', 'flags'; write 'flags'"],
    ['an unknown key of the domain', prodWith('hostedZoneId:', 'hostedZoneID:'),
      "[config/prod.yaml:5] 'domain.hostedZoneID' must be one of the keys 'name', 'hostedZoneId'; write 'hostedZoneId'"],
    ['a key that every object has in JavaScript', prodWith('tier: prod', 'tier: prod\nconstructor: x'),
      `[config/prod.yaml:2] 'constructor' must be one of the keys ${KEYS}; correct or remove it`],
    ['a missing tier', prodWith('tier: prod\n', ''), "[config/prod.yaml:1] 'tier' must be set; add it"],
    ['a missing region', prodWith('region: eu-west-1\n', ''), "[config/prod.yaml:1] 'region' must be set; add it"],
    ['a missing hosted zone', prodWith(', hostedZoneId: Z0123456789ABCDEFGHIJ', ''), "[config/prod.yaml:5] 'domain.hostedZoneId' must be set; add it"],
  ])('refuses %s', (_title, content, message) => {
    expect(refusal({ 'prod.yaml': content })).toBe(message);
  });
});

describe('types', () => {
  test.each([
    ['an account without quotes', prodWith('"444455556666"', '044455556666'),
      `[config/prod.yaml:2] 'account' must be a text, got 044455556666 without quotes; ${QUOTES}`],
    ['a variable that is a number', prodWith('info', '1e3'),
      `[config/prod.yaml:8] 'services.api.variables.LOG_LEVEL' must be a text, got 1e3 without quotes; ${QUOTES}`],
    ['a variable that is a boolean', prodWith('info', 'true'),
      `[config/prod.yaml:8] 'services.api.variables.LOG_LEVEL' must be a text, got true without quotes; ${QUOTES}`],
    ['a variable that old YAML takes for a boolean', `%YAML 1.1\n---\n${prodWith('info', 'NO')}`,
      `[config/prod.yaml:10] 'services.api.variables.LOG_LEVEL' must be a text, got NO without quotes; ${QUOTES}`],
    ['a variable without a value', prodWith('info', ''),
      "[config/prod.yaml:8] 'services.api.variables.LOG_LEVEL' must be a text, got nothing; write a value, or \"\" for an empty one"],
    ['a variable that is a list', prodWith('info', '[a]'),
      "[config/prod.yaml:8] 'services.api.variables.LOG_LEVEL' must be a text, got a list; write a single value"],
    ['variables as a list', prodWith('{ LOG_LEVEL: info }', '[LOG_LEVEL=info]'),
      "[config/prod.yaml:8] 'services.api.variables' must be a mapping, got a list; write a name and its value on each line, indented"],
    ['a service without anything', prodWith('  api:', '  web:\n  api:'),
      "[config/prod.yaml:7] 'services.web' must be a mapping, got nothing; write its keys below it, indented"],
    ['a domain that is a text', prodWith('{ name: shop.example.com, hostedZoneId: Z0123456789ABCDEFGHIJ }', 'shop.example.com'),
      "[config/prod.yaml:5] 'domain' must be a mapping, got a text; write its keys below it, indented"],
    ['zones as a text', prodWith('[eu-west-1a, eu-west-1b, eu-west-1c]', 'eu-west-1a'),
      "[config/prod.yaml:4] 'zones' must be a list, got a text; write it as in [one, two]"],
    ['a flag that is a number', prodWith('[new-checkout]', '[1]'), `[config/prod.yaml:10] 'services.api.flags[0]' must be a text, got 1 without quotes; ${QUOTES}`],
  ])('refuses %s', (_title, content, message) => {
    expect(refusal({ 'prod.yaml': content })).toBe(message);
  });
});

describe('values', () => {
  test.each([
    ['an unknown tier', prodWith('tier: prod', 'tier: production'),
      "[config/prod.yaml:1] 'tier' must be 'dev', 'staging' or 'prod', got 'production'; use one of the three"],
    ['an account that lost a digit', prodWith('444455556666', '44455556666'),
      "[config/prod.yaml:2] 'account' must be twelve digits, got '44455556666'; write the whole account id in quotes, leading zeros included"],
    ['a region that is a zone', prodWith('region: eu-west-1', 'region: eu-west-1a'),
      "[config/prod.yaml:3] 'region' must be an AWS Region such as 'eu-west-1', got 'eu-west-1a'; correct it"],
    ['a zone of another region', prodWith('eu-west-1c', 'eu-west-2c'),
      "[config/prod.yaml:4] 'zones[2]' must be an Availability Zone of 'eu-west-1', got 'eu-west-2c'; name a zone of the same region"],
    ['the id of a zone in the place of its name', prodWith('eu-west-1c', 'euw1-az1'),
      "[config/prod.yaml:4] 'zones[2]' must be the name of an Availability Zone such as 'eu-west-1a', got 'euw1-az1'; write its name, not its id"],
    ['a zone given twice', prodWith('eu-west-1c', 'eu-west-1a'),
      "[config/prod.yaml:4] 'zones' must not repeat a name, got 'eu-west-1a'; keep one of the two"],
    ['a single zone', prodWith(', eu-west-1b, eu-west-1c', ''), "[config/prod.yaml:4] 'zones' must have at least 2 entries, got 1; add more"],
    ['a domain that is a URL', prodWith('shop.example.com', '"https://shop.example.com"'),
      "[config/prod.yaml:5] 'domain.name' must be a fully qualified DNS name in small letters such as 'shop.example.com', "
      + "got 'https://shop.example.com'; write it without a scheme, a path or a closing dot"],
    ['a hosted zone with its path', prodWith('Z0123', '/hostedzone/Z0123'),
      "[config/prod.yaml:5] 'domain.hostedZoneId' must be the id of a Route 53 hosted zone such as 'Z0123456789ABCDEFGHIJ', "
      + "got '/hostedzone/Z0123456789ABCDEFGHIJ'; copy it from Route 53, without '/hostedzone/'"],
    ['a service name with a blank', prodWith('  api:', '  the api:'),
      "[config/prod.yaml:7] 'services.the api' must be up to 63 letters, digits and hyphens, beginning with a letter; rename the service"],
    ['a variable name with a hyphen', prodWith('LOG_LEVEL', 'LOG-LEVEL'),
      "[config/prod.yaml:8] 'services.api.variables.LOG-LEVEL' must be a name of letters, digits and underscores that does not begin with a digit; rename it"],
    ['a flag that AppConfig refuses', prodWith('new-checkout', 'new_checkout'),
      "[config/prod.yaml:10] 'services.api.flags[0]' must be a name of up to 63 letters, digits and hyphens that begins with a small letter, "
      + "got 'new_checkout'; rename it"],
    ['a flag given twice', prodWith('new-checkout', 'a, b, a'), "[config/prod.yaml:10] 'services.api.flags' must not repeat a name, got 'a'; keep one of the two"],
    ['a secret given twice', prodWith('[STRIPE_API_KEY]', '[A, A]'), "[config/prod.yaml:9] 'services.api.secrets' must not repeat a name; keep one of the two"],
    ['a secret that is a variable too', prodWith('[STRIPE_API_KEY]', '[LOG_LEVEL]'),
      "[config/prod.yaml:9] 'services.api.secrets' must not name what is in 'variables' too, got 'LOG_LEVEL'; keep one of the two"],
    ['production that is guarded as something less', prodWith('tier: prod', 'tier: dev'),
      "[config/prod.yaml:1] 'tier' must be 'prod' in an environment that is called 'prod', got 'dev'; correct it, or rename the environment"],
    ['the ARN of a secret', prodWith('    flags', '    secretName: arn:aws:secretsmanager:eu-west-1:444455556666:secret:x\n    flags'),
      "[config/prod.yaml:10] 'services.api.secretName' must be the name of a Secrets Manager secret, not its ARN, "
      + "and not end in a hyphen and six letters or digits, got 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:x'; "
      + "name the secret otherwise, for example 'prod/api'"],
    ['the alias of a key', prodWith('    flags', '    secretKeyArn: '
      + 'arn:aws:kms:eu-west-1:444455556666:alias/secrets\n    flags'),
    "[config/prod.yaml:10] 'services.api.secretKeyArn' must be the ARN of a KMS key, not of an alias, got "
      + "'arn:aws:kms:eu-west-1:444455556666:alias/secrets'; "
      + 'copy it from the key itself, such as '
      + "'arn:aws:kms:eu-west-1:444455556666:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f'"],
    ['a service whose secret would be taken for an ARN', prodWith('  api:', '  my-worker:'),
      "[config/prod.yaml:9] 'services.my-worker.secretName' must be set, because the default 'prod/my-worker' ends in a hyphen and six letters or digits; "
      + "give the secret another name such as 'prod/my-worker-secrets' and set it"],
  ])('refuses %s', (_title, content, message) => {
    expect(refusal({ 'prod.yaml': content })).toBe(message);
  });

  test.each([
    ['a Local Zone', PROD.replace('eu-west-1a', 'us-west-2-lax-1a').replace(/eu-west-1([bc]?)/g, 'us-west-2$1')],
    ['a region of GovCloud', PROD.replace(/eu-west-1/g, 'us-gov-west-1')],
    ['a region of the European sovereign cloud', PROD.replace(/eu-west-1/g, 'eusc-de-east-1')],
    ['a domain in punycode', prodWith('shop.example.com', 'xn--bcher-kva.example.xn--p1ai')],
    ['a service without any settings', prodWith('  api:', '  web: {}\n  api:')],
    ['a service without secrets whose name ends like an ARN', prodWith('  api:', '  my-worker: {}\n  api:')],
    ['names that every object has in JavaScript', prodWith('{ LOG_LEVEL: info }', '{ __proto__: a, toString: b }')],
  ])('accepts %s', (_title, content) => {
    expect(refusal({ 'prod.yaml': content })).toBeUndefined();
  });

  test('keeps a variable that is called __proto__', () => {
    const { variables } = read({ 'prod.yaml': prodWith('LOG_LEVEL', '__proto__') }).named('prod').config('api');

    expect(Object.entries(variables)).toEqual([['__proto__', 'info']]);
  });

  test('accepts every tier by its name', () => {
    [Tier.DEV, Tier.STAGING, Tier.PROD].forEach((tier) => {
      expect(read({ 'test.yaml': prodWith('tier: prod', `tier: ${tier.name}`) }).named('test').tier).toBe(tier);
    });
  });
});

describe('several mistakes', () => {
  test('are reported together, sorted by file and line', () => {
    expect(refusal({
      'staging.yaml': prodWith('[new-checkout]', '[new-checkout, New]').replace('tier: prod', 'tier: stage'),
      'prod.yaml': prodWith('"444455556666"', '4'),
      'dev.yaml': 'tier: [',
    })).toBe([
      "[config/dev.yaml:1] 'file' must be YAML (Flow sequence in block collection must be sufficiently indented and end with a ]); correct the line",
      `[config/prod.yaml:2] 'account' must be a text, got 4 without quotes; ${QUOTES}`,
      "[config/staging.yaml:1] 'tier' must be 'dev', 'staging' or 'prod', got 'stage'; use one of the three",
      "[config/staging.yaml:10] 'services.api.flags[1]' must be a name of up to 63 letters, digits and hyphens that begins with a small letter, "
      + "got 'New'; rename it",
    ].join('\n'));
  });

  test('are sorted even where one file is found wanting only by comparison with a later one', () => {
    expect(refusal({ 'dev.yaml': PROD, 'prod.yaml': prodWith('info }', 'info, CACHE: "on" }').replace('tier: prod', 'tier: x') })).toBe([
      "[config/dev.yaml:8] 'services.api.variables.CACHE' must be set, because config/prod.yaml:8 sets it; add it here or remove it there",
      "[config/prod.yaml:1] 'tier' must be 'dev', 'staging' or 'prod', got 'x'; use one of the three",
    ].join('\n'));
  });

  test('stay on one line each, whatever a key holds', () => {
    expect(refusal({ 'prod.yaml': prodWith('tier: prod', 'tier: prod\n"a\\nb\\e[31m": x') })).toBe(
      `[config/prod.yaml:2] 'a\\u000ab\\u001b[31m' must be one of the keys ${KEYS}; correct or remove it`,
    );
  });
});
