import { writeFileSync } from 'node:fs';
import { leave, PROD, prodWith, read } from './environment-directory';
import { PlatformEnvironments } from '../../src/environment/platform-environments';
import { Tier } from '../../src/environment/tier';
import { InvalidValue } from '../../src/private/invalid';

const DEV = PROD.replace('tier: prod', 'tier: dev').replace('444455556666', '011122223333').replace('info', 'debug');

afterEach(leave);

test('makes an environment of each file, with all that is written in it', () => {
  const prod = read({ 'prod.yaml': PROD }).named('prod');

  expect(prod.name).toBe('prod');
  expect(prod.tier).toBe(Tier.PROD);
  expect(prod.account).toBe('444455556666');
  expect(prod.region).toBe('eu-west-1');
  expect(prod.zones).toEqual(['eu-west-1a', 'eu-west-1b', 'eu-west-1c']);
  expect(prod.domain).toEqual({ name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' });
  expect(prod.config('api')).toMatchObject({
    variables: { LOG_LEVEL: 'info' }, secrets: ['STRIPE_API_KEY'], secretName: 'prod/api', flags: ['new-checkout'],
  });
});

test('names environments after their files, in alphabetical order', () => {
  const environments = read({ 'prod.yaml': PROD, 'dev.yml': DEV, 'prod-us.YAML': PROD });

  expect(environments.names).toEqual(['dev', 'prod', 'prod-us']);
  expect(environments.all.map((it) => it.name)).toEqual(environments.names);
  expect(environments.named('dev').account).toBe('011122223333');
  expect(environments.named('dev').tier).toBe(Tier.DEV);
});

test('reads a file that has only what is required', () => {
  const small = read({ 'prod.yaml': PROD.split('\n').slice(0, 4).join('\n') }).named('prod');

  expect(() => small.domain).toThrow(new InvalidValue(
    "[environment 'prod'] 'domain' must be set to be used, got undefined; add it to the environment",
  ));
  expect(() => small.config('api')).toThrow(new InvalidValue(
    "[environment 'prod'] 'services' must have one of no service at all, got 'api'; correct the name or add the service to every environment",
  ));
});

test('takes the name of the secret from the file if it is there', () => {
  const prod = read({ 'prod.yaml': prodWith('    flags', '    secretName: shared/stripe\n    flags') }).named('prod');

  expect(prod.config('api').secretName).toBe('shared/stripe');
});

test('takes the key of the secret from the file', () => {
  const secretKeyArn = 'arn:aws:kms:eu-west-1:444455556666:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f';
  const prod = read({
    'prod.yaml': prodWith('    flags', `    secretKeyArn: ${secretKeyArn}\n    flags`),
  }).named('prod');

  expect(prod.config('api').secretKeyArn).toBe(secretKeyArn);
});

test('names no secret for a service without secrets', () => {
  const prod = read({ 'prod.yaml': prodWith('[STRIPE_API_KEY]', '[]') }).named('prod');

  expect(prod.config('api').secretName).toBeUndefined();
});

test('leaves other files, hidden files and directories alone', () => {
  read({ 'prod.yaml': PROD, 'README.md': '# no YAML: [', '.draft.yaml': ']', 'prod.yaml.bak': ']' });

  expect(PlatformEnvironments.fromDirectory('config').names).toEqual(['prod']);
});

test('reads a directory whose path ends in a slash or is absolute', () => {
  read({ 'prod.yaml': PROD });

  expect(PlatformEnvironments.fromDirectory('config/').names).toEqual(['prod']);
  expect(PlatformEnvironments.fromDirectory(`${process.cwd()}/config`).names).toEqual(['prod']);
});

test('names the file in messages as the directory was given', () => {
  read({ 'prod.yaml': PROD });
  writeFileSync('config/prod.yaml', prodWith('tier: prod', 'tier: x'));

  expect(() => PlatformEnvironments.fromDirectory('./config/')).toThrow(new InvalidValue(
    "[./config/prod.yaml:1] 'tier' must be 'dev', 'staging' or 'prod', got 'x'; use one of the three",
  ));
});

test('refuses a name that no file has and lists those that there are', () => {
  const environments = read({ 'prod.yaml': PROD, 'dev.yaml': DEV });

  expect(() => environments.named('production')).toThrow(new InvalidValue(
    "[PlatformEnvironments.named] 'name' must be one of 'dev', 'prod', got 'production'; correct it or add its file to 'config'",
  ));
});

test('refuses a directory that is not there', () => {
  read({ 'prod.yaml': PROD });

  expect(() => PlatformEnvironments.fromDirectory('configs')).toThrow(new InvalidValue(
    "[PlatformEnvironments.fromDirectory] 'directory' must be a directory, got 'configs'; "
    + `correct the path, which starts at the working directory '${process.cwd()}'`,
  ));
});

test('refuses a file in the place of a directory', () => {
  read({ 'prod.yaml': PROD });

  expect(() => PlatformEnvironments.fromDirectory('config/prod.yaml')).toThrow(new InvalidValue(
    "[PlatformEnvironments.fromDirectory] 'directory' must be a directory, got 'config/prod.yaml'; "
    + `correct the path, which starts at the working directory '${process.cwd()}'`,
  ));
});

test('refuses a directory without a YAML file', () => {
  expect(() => read({ 'prod.json': '{}' })).toThrow(new InvalidValue(
    "[PlatformEnvironments.fromDirectory] 'directory' must hold a YAML file for each environment, got 'config'; add one, such as 'prod.yaml'",
  ));
});

test('loads the YAML parser only when files are read', () => {
  let loaded = 0;
  jest.isolateModules(() => {
    jest.doMock('yaml', () => {
      loaded += 1;
      return jest.requireActual('yaml');
    });
    const isolated = jest.requireActual<typeof import('../../src/environment/platform-environments')>('../../src/environment/platform-environments');

    expect(loaded).toBe(0);

    read({ 'prod.yaml': PROD });
    expect(isolated.PlatformEnvironments.fromDirectory('config').names).toEqual(['prod']);
    expect(loaded).toBe(1);
  });
});
