import { Aws, Duration, Lazy } from 'aws-cdk-lib';
import { pipelineOf } from './shop';
import type { PipelineStackProps } from '../../src/pipeline-stack/pipeline-stack';

const SHA = '0123456789abcdef0123456789abcdef01234567';
const SETUP = { uses: `actions/setup-python@${SHA}`, release: 'v7.0.0' };

const MUST = {
  branch: ['must be the name of one branch as git takes it, of letters, digits, dots, hyphens, underscores and slashes', "name the branch that is deployed, without 'refs/heads/'"],
  runner: ["must be one label of a runner such as 'ubuntu-24.04-arm'", 'give the runner a label of its own'],
  directory: [
    "must be a path from the top of the repository such as 'apps/shop', of up to 200 letters, digits, dots, hyphens and underscores",
    "leave it out for an app at the top, and write no './', '../' or '/' around it",
  ],
  nodeVersion: ["must be a version such as '24'", 'correct it'],
  cliVersion: ["must be a whole version such as '2.1148.1'", "take that of 'aws-cdk' in the lock file"],
} as const;

test.each([
  ...['', 'feature/*', 'a b', "it's", '${{ github.ref }}', '!main', '/main', 'main/', 'refs/heads/main', 'a..b', 'a//b', 'a/.b', 'main.lock', 'a.lock/b', 'main.', Aws.REGION].map((it) => ['branch', it] as const),
  ...['', 'self hosted', '[self-hosted, arm]', '${{ vars.RUNNER }}', Aws.REGION].map((it) => ['runner', it] as const),
  ...['', '.', '..', './shop', '../shop', 'apps/../shop', '/apps', 'apps/', 'apps//shop', 'my app', 'x'.repeat(201), Aws.REGION].map((it) => ['directory', it] as const),
  ...['', 'latest', '24.x', '>=24', Aws.REGION].map((it) => ['nodeVersion', it] as const),
  ...['', '2', 'latest', '^2.1148.1', '2.1148', Aws.REGION].map((it) => ['cliVersion', it] as const),
])('refuses as %s: %j', (name, value) => {
  const [must, remedy] = MUST[name];

  expect(() => pipelineOf({ [name]: value })).toThrow(new Error(`[Delivery] '${name}' ${must}, got '${value}'; ${remedy}`));
});

test.each<Partial<PipelineStackProps>>([
  { branch: 'main' }, { branch: 'release/2026.11_x-y' }, { branch: 'locks/a.locked' }, { branch: 'fix/refs/1' }, { runner: 'self-hosted' }, { runner: 'macos-26' },
  { directory: 'infra' }, { directory: 'apps/shop.v2/cdk' }, { directory: '.cdk' }, { nodeVersion: '22' }, { nodeVersion: '24.1.0' }, { cliVersion: '2.1200.0' },
])('accepts %j', (props) => {
  expect(() => pipelineOf(props)).not.toThrow();
});

test.each(['actions/setup-python@v7.0.0', 'actions/setup-python', `actions/setup-python@${SHA.slice(1)}`, `setup-python@${SHA}`, `./local@${SHA}`, Aws.REGION])(
  'refuses an action that is not pinned: %j', (uses) => {
    expect(() => pipelineOf({ setupActions: [SETUP, { ...SETUP, uses }] })).toThrow(new Error(
      `[Delivery] 'setupActions[1].uses' must be pinned to a commit: an action, '@' and forty hexadecimal digits, got '${uses}'; a tag can be moved to other code: find the commit of its release`,
    ));
  });

test.each(['', '7.0.0', 'v7 # x', 'main'])('refuses %j as the release of an action', (release) => {
  expect(() => pipelineOf({ setupActions: [{ ...SETUP, release }] })).toThrow(new Error(
    `[Delivery] 'setupActions[0].release' must be a release such as 'v7.0.0', got '${release}'; name the release that the commit is`,
  ));
});

test.each([
  ['python-version', { 'python-version': Lazy.string({ produce: () => '3.13' }) }],
  [Aws.REGION, { [Aws.REGION]: '3.13' }],
])('refuses an input of an action that is not literal: %s', (name, inputs) => {
  expect(() => pipelineOf({ setupActions: [{ ...SETUP, inputs }] })).toThrow(new Error(`[Delivery] 'setupActions[0].inputs.${name}' must be literal; workflows are written at synth`));
});

const SECRET_MUST = "must be the name of a secret in GitHub such as 'NPM_TOKEN', of capital letters, digits and underscores";
const SECRET_REMEDY = "rename it, without 'GITHUB_', 'AWS_' or another prefix of the tools that run beside it";
const REGISTRY = { host: 'ghcr.io', usernameSecret: 'GHCR_USER', passwordSecret: 'GHCR_TOKEN' };

test.each<[string, Partial<PipelineStackProps>, string]>([
  ['installSecrets', { installSecrets: ['NPM_TOKEN', 'npm_token'] }, 'npm_token'],
  ['installSecrets', { installSecrets: ['PATH'] }, 'PATH'],
  ['installSecrets', { installSecrets: ['${{ github.token }}'] }, '${{ github.token }}'],
  ['registries[1].usernameSecret', { registries: [REGISTRY, { ...REGISTRY, usernameSecret: 'jane@example.com' }] }, 'jane@example.com'],
  ['registries[0].passwordSecret', { registries: [{ ...REGISTRY, passwordSecret: 'GITHUB_TOKEN' }] }, 'GITHUB_TOKEN'],
])('refuses what is no name of a secret as %s: %j', (name, props, got) => {
  expect(() => pipelineOf(props)).toThrow(new Error(`[Delivery] '${name}' ${SECRET_MUST}, got '${got}'; ${SECRET_REMEDY}`));
});

test.each(['', 'https://ghcr.io', 'ghcr.io/acme', 'GHCR.io', '"; rm', Aws.REGION])('refuses %j as the host of a registry', (host) => {
  expect(() => pipelineOf({ registries: [{ ...REGISTRY, host }] })).toThrow(new Error(
    `[Delivery] 'registries[0].host' must be a host such as 'ghcr.io', got '${host}'; write it without a scheme and a path; Docker Hub is 'docker.io'`,
  ));
});

test.each(['testCommand', 'synthCommand'] as const)('refuses to go without %s', (name) => {
  expect(() => pipelineOf({ [name]: ' ' })).toThrow(new Error(`[Delivery] '${name}' must be a command, got ' '; what is neither tested nor synthesised is not deployed`));
});

test.each(['installCommand', 'buildCommand', 'testCommand', 'synthCommand'] as const)('refuses a command that is not literal: %s', (name) => {
  expect(() => pipelineOf({ [name]: Lazy.string({ produce: () => 'npm test' }) })).toThrow(new Error(`[Delivery] '${name}' must be literal; workflows are written at synth`));
});

test.each([Duration.minutes(5), Duration.hours(7)])('refuses a build of %s', (buildTimeout) => {
  expect(() => pipelineOf({ buildTimeout })).toThrow(new Error(
    `[Delivery] 'buildTimeout' must be whole minutes from 10 to 360, got '${buildTimeout.toMinutes()} minutes'; GitHub ends every job after 6 hours`,
  ));
});

test.each(['', '1234', '12345678901a', Aws.ACCOUNT_ID])('refuses %j as an account with a provider', (account) => {
  expect(() => pipelineOf({ accountsWithGitHubProvider: [account] })).toThrow(new Error(
    `[Delivery] 'accountsWithGitHubProvider' must be twelve digits, got '${account}'; write the whole account id in quotes, leading zeros included`,
  ));
});

describe('a secret in the clear is refused, and not repeated', () => {
  const REMEDY = "keep it in GitHub, as a secret: the workflow is committed; 'installSecrets' hands one to the installation";

  test.each(['installCommand', 'buildCommand', 'testCommand', 'synthCommand'] as const)('in %s', (name) => {
    expect(() => pipelineOf({ [name]: 'NPM_TOKEN=a1b2c3d4e5 npm run all' })).toThrow(new Error(
      `[Delivery] '${name}' must not hold a secret (its value looks like a password with its name); ${REMEDY}`,
    ));
  });

  test('in an input of an action', () => {
    expect(() => pipelineOf({ setupActions: [{ ...SETUP, inputs: { token: 'a1b2c3' } }] })).toThrow(new Error(
      `[Delivery] 'setupActions[0].inputs.token' must not hold a secret (its name is that of a secret); ${REMEDY}`,
    ));
  });

  test('but a secret of GitHub may be named', () => {
    const inputs = { token: '${{ secrets.SETUP_TOKEN }}' };

    expect(() => pipelineOf({ setupActions: [{ ...SETUP, inputs }], testCommand: 'npm test -- --token "$TOKEN"' })).not.toThrow();
  });
});
