import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDirectory, type Outcome, removeDirectories, runScript, shopApp, stepOf, workflowIn } from './shop';

const { env, run } = stepOf(workflowIn(shopApp({ branch: 'trunk' }), 'deploy.yml').jobs['deploy-prod'], 'Check the gate');

const REMEDY = "In the settings of the repository, under Environments, give 'prod' required reviewers, and allow deployments from the branch 'trunk' only. "
  + 'Required reviewers need a public repository or GitHub Enterprise: Free, Pro and Team do not offer them for private ones.';

const REVIEWED = { id: 1, type: 'required_reviewers', prevent_self_review: true, reviewers: [{ type: 'Team', reviewer: { slug: 'leads' } }] };
const BRANCHES = { protected_branches: false, custom_branch_policies: true };

afterAll(removeDirectories);

/** Runs the step of the workflow with a `gh` that answers so, and keeps what it was asked. */
function check({ stdout = '', stderr = '', status = 0 }: { stdout?: string; stderr?: string; status?: number }): Outcome {
  const directory = emptyDirectory();
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  writeFileSync(join(directory, 'stdout'), stdout);
  writeFileSync(join(directory, 'stderr'), stderr);
  writeFileSync(join(bin, 'gh'), `#!/bin/sh
[ "$GH_TOKEN" = secret ] && [ "$*" = "api repos/acme/shop/environments/prod" ] || { echo "unexpected: $*" >&2; exit 9; }
cat "${directory}/stdout"; cat "${directory}/stderr" >&2; exit ${status}
`);
  chmodSync(join(bin, 'gh'), 0o755);
  return runScript(run, directory, {
    ...env, PATH: `${bin}:${process.env.PATH}`, GH_TOKEN: 'secret', GITHUB_REPOSITORY: 'acme/shop', RUNNER_TEMP: directory,
  });
}

function checkOf(environment: object): Outcome {
  return check({ stdout: JSON.stringify(environment) });
}

function refusal(reason: string): Outcome {
  return { status: 1, output: `::error title=No gate for prod::${reason} Nothing was deployed. ${REMEDY}\n` };
}

test('asks with the token of the job', () => {
  expect(env).toEqual({ ENVIRONMENT: 'prod', GH_TOKEN: '${{ github.token }}', REMEDY });
});

test('passes an environment with reviewers and a branch policy', () => {
  expect(checkOf({ name: 'prod', protection_rules: [{ type: 'branch_policy' }, REVIEWED], deployment_branch_policy: BRANCHES }))
    .toEqual({ status: 0, output: 'Deployments to prod were approved by its reviewers.\n' });
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
  expect(checkOf({ name: 'prod', deployment_branch_policy: BRANCHES, ...rules })).toEqual(refusal('It has no required reviewers.'));
});

test.each([[null], [undefined]])('fails where any branch may deploy: %p', (policy) => {
  expect(checkOf({ protection_rules: [REVIEWED], deployment_branch_policy: policy })).toEqual(refusal('Any branch may deploy to it.'));
});

test('says all that is missing at once', () => {
  expect(checkOf({ protection_rules: [], deployment_branch_policy: null })).toEqual(refusal('It has no required reviewers. Any branch may deploy to it.'));
});

test('fails, with what GitHub said, where the token may not ask', () => {
  expect(check({ stderr: 'gh: Resource not accessible by integration (HTTP 403)\n', status: 1 }))
    .toEqual(refusal('GitHub does not say how the environment is protected: gh: Resource not accessible by integration (HTTP 403) .'));
});

test('fails where GitHub cannot be reached', () => {
  expect(check({ stderr: 'error connecting to api.github.com\ncheck your internet connection\n', status: 1 }))
    .toEqual(refusal('GitHub does not say how the environment is protected: error connecting to api.github.com check your internet connection .'));
});

test.each(['', '<html>', 'null', '[]'])('fails where the answer is %j', (stdout) => {
  const { status, output } = check({ stdout });

  expect(status).toBe(1);
  expect(output).toMatch(/::error title=No gate for prod::.+ Nothing was deployed\./);
});
