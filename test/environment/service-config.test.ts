import { Lazy } from 'aws-cdk-lib';
import { ConfigStore } from '../../src/environment/config-store';
import { ServiceConfig } from '../../src/environment/service-config';
import { InvalidValue } from '../../src/private/invalid';

test('holds nothing unless told', () => {
  const config = new ServiceConfig();

  expect(config.variables).toEqual({});
  expect(config.secrets).toEqual([]);
  expect(config.flags).toEqual([]);
  expect(config.secretName).toBeUndefined();
  expect(config.store.inSecretsManager).toBe(false);
});

test('keeps what it is told, and not the lists themselves', () => {
  const props = { variables: { A: 'a' }, secrets: ['B'], secretName: 'prod/api', flags: ['c'], store: ConfigStore.secretsManager() };
  const config = new ServiceConfig(props);

  props.variables.A = 'changed';
  props.secrets.push('LATER');
  props.flags.push('later');

  expect(config).toMatchObject({ variables: { A: 'a' }, secrets: ['B'], secretName: 'prod/api', flags: ['c'] });
  expect(config.store.inSecretsManager).toBe(true);
});

test('keeps tokens as they are, which are known at deployment only', () => {
  const token = Lazy.string({ produce: () => 'a' });

  expect(new ServiceConfig({ variables: { A: token } }).variables.A).toBe(token);
});

test('refuses a token under the name of a secret', () => {
  expect(() => new ServiceConfig({ variables: { DB_PASSWORD: Lazy.string({ produce: () => 'a' }) } })).toThrow(new InvalidValue(
    "[ServiceConfig] 'variables.DB_PASSWORD' must not hold a secret (its name is that of a secret); "
    + "name it in 'secrets' and keep its value in Secrets Manager, or say in 'notSecret' why it is none",
  ));
});

test('refuses a variable whose value looks like a credential, without repeating it', () => {
  expect(() => new ServiceConfig({ variables: { DATABASE: 'postgres://app:hunter2@db/shop' } })).toThrow(new InvalidValue(
    "[ServiceConfig] 'variables.DATABASE' must not hold a secret (its value looks like a URL with a password); "
    + "name it in 'secrets' and keep its value in Secrets Manager, or say in 'notSecret' why it is none",
  ));
});

describe('a variable that looks like a secret and is none', () => {
  const variables = { MAPS_API_KEY: `AIza${'a1-_b'.repeat(7)}`, LOG_LEVEL: 'info' };

  test('is taken with the reason', () => {
    const notSecret = { MAPS_API_KEY: 'browsers get it anyway; it works on our domain only' };

    expect(new ServiceConfig({ variables, notSecret })).toMatchObject({ variables, notSecret });
  });

  test('leaves the others to be looked at', () => {
    const notSecret = { MAPS_API_KEY: 'browsers get it anyway; it works on our domain only' };

    expect(() => new ServiceConfig({ variables: { ...variables, DB_PASSWORD: 'x' }, notSecret })).toThrow(
      /^\[ServiceConfig\] 'variables.DB_PASSWORD' must not hold a secret/);
  });

  test.each(['', 'it is public', `it is${' '.repeat(20)}`])('needs a reason that says something, not %p', (reason) => {
    expect(() => new ServiceConfig({ variables, notSecret: { MAPS_API_KEY: reason } })).toThrow(new InvalidValue(
      "[ServiceConfig] 'notSecret.MAPS_API_KEY' must be a reason of at least 20 characters; say why everybody may read it",
    ));
  });

  test('is not named twice in place of a reason', () => {
    expect(() => new ServiceConfig({ variables, notSecret: { MAPS_API_KEY: variables.MAPS_API_KEY } })).toThrow(new InvalidValue(
      "[ServiceConfig] 'notSecret.MAPS_API_KEY' must not hold a secret (its value looks like a Google API key); "
      + 'say why everybody may read it',
    ));
  });

  test('is a variable', () => {
    const notSecret = { MAP_API_KEY: 'browsers get it anyway; it works on our domain only' };

    expect(() => new ServiceConfig({ variables, notSecret })).toThrow(new InvalidValue(
      "[ServiceConfig] 'notSecret' must name variables, got 'MAP_API_KEY'; correct or remove it",
    ));
  });
});

test('refuses a variable whose name no shell knows', () => {
  expect(() => new ServiceConfig({ variables: { 'LOG-LEVEL': 'info' } })).toThrow(new InvalidValue(
    "[ServiceConfig] 'variables' must be a name of letters, digits and underscores that does not begin with a digit, got 'LOG-LEVEL'; rename it",
  ));
});

test.each(['STRIPE_API_KEY=hunter2', `sk_live_${'a1'.repeat(12)}`])('refuses a secret that is more than a name, without repeating it', (secret) => {
  expect(() => new ServiceConfig({ secrets: ['A', secret], secretName: 'prod/api' })).toThrow(new InvalidValue(
    "[ServiceConfig] 'secrets[1]' must be a name of letters, digits and underscores that does not begin with a digit; "
    + 'give the name only and keep the value in Secrets Manager',
  ));
});

test.each(['New', 'new_checkout', '1st', '', 'a'.repeat(64)])('refuses the flag %p, as AppConfig does', (flag) => {
  expect(() => new ServiceConfig({ flags: ['fine', flag] })).toThrow(new InvalidValue(
    `[ServiceConfig] 'flags[1]' must be a name of up to 63 letters, digits and hyphens that begins with a small letter, got '${flag}'; rename it`,
  ));
});

test('refuses a secret or a flag that is given twice', () => {
  expect(() => new ServiceConfig({ secrets: ['A', 'A'], secretName: 'prod/api' })).toThrow(new InvalidValue(
    "[ServiceConfig] 'secrets' must not repeat a name, got 'A'; keep one of the two",
  ));
  expect(() => new ServiceConfig({ flags: ['a', 'b', 'a'] })).toThrow(new InvalidValue(
    "[ServiceConfig] 'flags' must not repeat a name, got 'a'; keep one of the two",
  ));
});

test('refuses a secret that is a variable too', () => {
  expect(() => new ServiceConfig({ variables: { A: 'a' }, secrets: ['A'], secretName: 'prod/api' })).toThrow(new InvalidValue(
    "[ServiceConfig] 'secrets' must not repeat a name, got 'A'; keep one of the two",
  ));
});

test('refuses secrets without the secret that holds them', () => {
  expect(() => new ServiceConfig({ secrets: ['A'] })).toThrow(new InvalidValue(
    "[ServiceConfig] 'secretName' must name the Secrets Manager secret that holds the secrets, got undefined; set it, for example to 'prod/api'",
  ));
});

test.each(
  ['alias/secrets', 'arn:aws:kms:eu-west-1:444455556666:alias/secrets', '0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f', ''],
)('refuses %p as the ARN of a key', (secretKeyArn) => {
  expect(() => new ServiceConfig({ secrets: ['A'], secretName: 'prod/api', secretKeyArn })).toThrow(new InvalidValue(
    `[ServiceConfig] 'secretKeyArn' must be the ARN of a KMS key, not of an alias, got '${secretKeyArn}'; `
    + 'copy it from the key itself, such as '
    + "'arn:aws:kms:eu-west-1:444455556666:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f'",
  ));
});

test.each(['arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/api', 'prod/my-worker', 'prod api', ''])('refuses %p as the name of a secret', (secretName) => {
  expect(() => new ServiceConfig({ secrets: ['A'], secretName })).toThrow(new InvalidValue(
    "[ServiceConfig] 'secretName' must be the name of a Secrets Manager secret, not its ARN, and not end in a hyphen and six letters or digits, "
    + `got '${secretName}'; name the secret otherwise, for example 'prod/api'`,
  ));
});
