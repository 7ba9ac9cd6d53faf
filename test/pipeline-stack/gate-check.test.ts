import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDirectory, type Outcome, removeDirectories, runScript, shopApp, stepOf, workflowIn } from './shop';

const { env, run } = stepOf(workflowIn(shopApp({ branch: 'trunk' }), 'deploy.yml').jobs['deploy-prod'], 'Check the gate');

const REMEDY = "In the settings of the repository, under Environments, give 'prod' required reviewers, and allow deployments from the branch 'trunk' only. "
  + 'Required reviewers need a public repository or GitHub Enterprise: Free, Pro and Team do not offer them for private ones.';

const REVIEWED = { id: 1, type: 'required_reviewers', prevent_self_review: true, reviewers: [{ type: 'Team', reviewer: { slug: 'leads' } }] };
const BRANCHES = { protected_branches: false, custom_branch_policies: true };

afterAll(removeDirectories);

interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly status?: number;
}

/** Runs the step of the workflow with a `gh` that answers so when it is asked for the environment, and then for its branches. */
function check(environment: Answer, branches?: Answer): Outcome {
  const directory = emptyDirectory();
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  const cases = Object.entries({ 'prod': environment, 'prod/deployment-branch-policies?per_page=100': branches }).filter(([, it]) => it !== undefined);
  const script = cases.map(([path, { stdout = '', stderr = '', status = 0 } = {}], index) => {
    writeFileSync(join(directory, `stdout${index}`), stdout);
    writeFileSync(join(directory, `stderr${index}`), stderr);
    return `"secret api repos/acme/shop/environments/${path}") cat "${directory}/stdout${index}"; cat "${directory}/stderr${index}" >&2; exit ${status} ;;`;
  });
  writeFileSync(join(bin, 'gh'), ['#!/bin/sh', 'case "$GH_TOKEN $*" in', ...script, '*) echo "unexpected: $*" >&2; exit 9 ;;', 'esac', ''].join('\n'));
  chmodSync(join(bin, 'gh'), 0o755);
  return runScript(run, directory, {
    ...env, PATH: `${bin}:${process.env.PATH}`, GH_TOKEN: 'secret', GITHUB_REPOSITORY: 'acme/shop', RUNNER_TEMP: directory,
  });
}

function checkOf(environment: object, branches?: object): Outcome {
  return check({ stdout: JSON.stringify(environment) }, branches && { stdout: JSON.stringify(branches) });
}

/** As GitHub lists them. */
function patterns(...names: string[]): object {
  return { total_count: names.length, branch_policies: names.map((name, id) => ({ id, name, type: 'branch' })) };
}

function refusal(reason: string): Outcome {
  return { status: 1, output: `::error title=No gate for prod::${reason} Nothing was deployed. ${REMEDY}\n` };
}

test('asks with the token of the job', () => {
  expect(env).toEqual({ ENVIRONMENT: 'prod', GH_TOKEN: '${{ github.token }}', REMEDY });
});

const PASSED: Outcome = { status: 0, output: 'The environment prod has reviewers, and says which branches may deploy to it.\n' };

test.each([[['trunk']], [['trunk', 'release/*']], [['*-stable']]])('passes an environment with reviewers, and with the branches %j', (names) => {
  expect(checkOf({ name: 'prod', protection_rules: [{ type: 'branch_policy' }, REVIEWED], deployment_branch_policy: BRANCHES }, patterns(...names))).toEqual(PASSED);
});

test('passes an environment with reviewers, and with protected branches', () => {
  const policy = { protected_branches: true, custom_branch_policies: false };

  expect(checkOf({ name: 'prod', protection_rules: [REVIEWED], deployment_branch_policy: policy })).toEqual(PASSED);
});

test('fails where the environment does not exist', () => {
  expect(check({ stdout: '{"message":"Not Found","status":"404"}', stderr: 'gh: Not Found (HTTP 404)\n', status: 1 })).toEqual(refusal('The environment does not exist.'));
});

test.each([
  ['no protection rules at all', {}],
  ['other protection rules only', { protection_rules: [{ type: 'wait_timer', wait_timer: 30 }] }],
  ['an empty list of reviewers', { protection_rules: [{ ...REVIEWED, reviewers: [] }] }],
  ['no list of reviewers', { protection_rules: [{ type: 'required_reviewers' }] }],
])('fails where the environment has %s', (_, rules) => {
  expect(checkOf({ name: 'prod', deployment_branch_policy: BRANCHES, ...rules }, patterns('trunk'))).toEqual(refusal('It has no required reviewers.'));
});

test.each([[null], [undefined]])('fails where any branch may deploy: %p', (policy) => {
  expect(checkOf({ protection_rules: [REVIEWED], deployment_branch_policy: policy })).toEqual(refusal('Any branch may deploy to it.'));
});

test.each([[['*']], [['**']], [['*', '*/*']], [['trunk', '*']]])('fails where the policy names all branches: %j', (names) => {
  expect(checkOf({ protection_rules: [REVIEWED], deployment_branch_policy: BRANCHES }, patterns(...names))).toEqual(refusal('Any branch may deploy to it.'));
});

test('fails where GitHub does not say which branches it names', () => {
  const environment = { stdout: JSON.stringify({ protection_rules: [REVIEWED], deployment_branch_policy: BRANCHES }) };

  expect(check(environment, { stderr: 'gh: Not Found (HTTP 404)\n', status: 1 })).toEqual(refusal('GitHub does not say how the environment is protected: gh: Not Found (HTTP 404).'));
  expect(check(environment, { stdout: '<html>' })).toEqual(refusal("GitHub's answer is not what was expected."));
});

test('says all that is missing at once', () => {
  expect(checkOf({ protection_rules: [], deployment_branch_policy: null })).toEqual(refusal('It has no required reviewers. Any branch may deploy to it.'));
});

test('fails, with what GitHub said, where the token may not ask', () => {
  expect(check({ stderr: 'gh: Resource not accessible by integration (HTTP 403)\n', status: 1 }))
    .toEqual(refusal('GitHub does not say how the environment is protected: gh: Resource not accessible by integration (HTTP 403).'));
});

test('fails where GitHub cannot be reached', () => {
  expect(check({ stderr: 'error connecting to api.github.com\ncheck your internet connection\n', status: 1 }))
    .toEqual(refusal('GitHub does not say how the environment is protected: error connecting to api.github.com check your internet connection.'));
});

test('fails where the runner has no gh', () => {
  const directory = emptyDirectory();
  symlinkSync(process.execPath, join(directory, 'node'));

  expect(spawnSync('/bin/bash', ['--noprofile', '--norc', '-c', run], { encoding: 'utf8', env: { ...env, PATH: directory, GITHUB_REPOSITORY: 'acme/shop' } }))
    .toMatchObject({ status: 1, stderr: '', stdout: refusal('GitHub does not say how the environment is protected: spawnSync gh ENOENT.').output });
});

test.each(['', '<html>\n<body>', 'null', '[]', '"prod"'])('fails in one line where the answer is %j', (stdout) => {
  expect(check({ stdout })).toEqual(refusal("GitHub's answer is not what was expected."));
});

test.each([
  [{ protection_rules: 'all', deployment_branch_policy: BRANCHES }, patterns('trunk'), 'It has no required reviewers.'],
  [{ protection_rules: [null], deployment_branch_policy: BRANCHES }, patterns('trunk'), 'It has no required reviewers.'],
  [{ protection_rules: [{ ...REVIEWED, reviewers: 'leads' }], deployment_branch_policy: BRANCHES }, patterns('trunk'), 'It has no required reviewers.'],
  [{ protection_rules: [REVIEWED], deployment_branch_policy: BRANCHES }, {}, 'Any branch may deploy to it.'],
  [{ protection_rules: [REVIEWED], deployment_branch_policy: BRANCHES }, { branch_policies: 'trunk' }, 'Any branch may deploy to it.'],
  [{ protection_rules: [REVIEWED], deployment_branch_policy: BRANCHES }, { branch_policies: [null] }, 'Any branch may deploy to it.'],
])('takes for no protection what it does not know: %j', (environment, branches, reason) => {
  expect(checkOf(environment, branches)).toEqual(refusal(reason));
});
