import { App } from 'aws-cdk-lib';
import { type Answer, LocalGitHub } from './local-github';
import { type Outcome, pipelineIn, removeDirectories, runScriptBeside, shopApp, stageIn, stepOf, workflowIn } from './shop';
import { Gate } from '../../src/pipeline-stack/gate';

const workflow = workflowIn(shopApp({ branch: 'trunk' }), 'deploy.yml');
const { env, run } = stepOf(workflow.jobs['deploy-prod'], 'Check the gate');

const REMEDY = "In the settings of the repository, under Environments, give 'prod' required reviewers, prevent self-review, do not allow administrators to bypass "
  + "the rules, and allow deployments from the selected branch 'trunk' only. "
  + 'Required reviewers need a public repository or GitHub Enterprise: Free, Pro and Team do not offer them for private ones.';

const REVIEWED = { id: 1, type: 'required_reviewers', prevent_self_review: true, reviewers: [{ type: 'Team', reviewer: { slug: 'leads' } }] };
const BRANCHES = { protected_branches: false, custom_branch_policies: true };
const SAFE = { name: 'prod', can_admins_bypass: false, protection_rules: [{ type: 'branch_policy' }, REVIEWED], deployment_branch_policy: BRANCHES };

let github: LocalGitHub;
beforeAll(async () => { github = await LocalGitHub.start(); });
afterEach(() => github.answers.clear());
afterAll(() => {
  github.stop();
  removeDirectories();
});

/** Runs the step of the workflow while GitHub answers so for the environment, and for the branches that it names. */
function check(environment?: Answer, branches?: Answer, variables: { [name: string]: string } = {}): Promise<Outcome> {
  const answers = { '/environments/prod': environment, '/environments/prod/deployment-branch-policies?per_page=100': branches };
  Object.entries(answers).filter(([, it]) => it !== undefined).forEach(([path, it]) => github.answers.set(path, it!));
  return runScriptBeside(run, { ...workflow.env, ...env, GH_TOKEN: 'secret', GITHUB_API_URL: github.url, GITHUB_REPOSITORY: 'acme/shop', ...variables });
}

function checkOf(environment: object, branches: object = patterns('trunk'), variables: { [name: string]: string } = {}): Promise<Outcome> {
  return check({ body: environment }, { body: branches }, variables);
}

/** As GitHub lists them. */
function patterns(...names: string[]): object {
  return { total_count: names.length, branch_policies: names.map((name, id) => ({ id, name, type: 'branch' })) };
}

function refusal(reason: string): Outcome {
  return { status: 1, output: `::error title=No gate for prod::${reason} Nothing was deployed. ${REMEDY}\n` };
}

/** What the step is told of a gate. */
function variablesOf(gate: Gate): { [name: string]: string } {
  const app = new App();
  pipelineIn(app).deploy(stageIn(app, 'Prod'), { gate });
  return stepOf(workflowIn(app, 'deploy.yml').jobs['deploy-prod'], 'Check the gate').env;
}

const PASSED: Outcome = { status: 0, output: 'The environment prod has reviewers, and lets only the branch trunk deploy to it.\n' };

test('asks with the token of the job, and lets nobody past', () => {
  expect(env).toEqual({ ENVIRONMENT: 'prod', BRANCH: 'trunk', SELF_REVIEW: 'refused', ADMIN_BYPASS: 'refused', GH_TOKEN: '${{ github.token }}', REMEDY });
});

test('passes an environment with reviewers that lets the one branch deploy, and nobody past', async () => {
  expect(await checkOf(SAFE)).toEqual(PASSED);
});

test('passes one of a GitHub that does not yet know policies for tags', async () => {
  expect(await checkOf(SAFE, { branch_policies: [{ id: 1, name: 'trunk' }] })).toEqual(PASSED);
});

test('fails where the environment does not exist', async () => {
  expect(await check()).toEqual(refusal('The environment, or its policy, does not exist.'));
});

test.each([
  ['no protection rules at all', { protection_rules: undefined }],
  ['other protection rules only', { protection_rules: [{ type: 'wait_timer', wait_timer: 30 }] }],
  ['an empty list of reviewers', { protection_rules: [{ ...REVIEWED, reviewers: [] }] }],
  ['no list of reviewers', { protection_rules: [{ type: 'required_reviewers' }] }],
  ['a list of rules that is none', { protection_rules: 'all' }],
  ['a rule that is none', { protection_rules: [null] }],
  ['reviewers that are no list', { protection_rules: [{ ...REVIEWED, reviewers: 'leads' }] }],
])('fails where the environment has %s', async (_, rules) => {
  expect(await checkOf({ ...SAFE, ...rules })).toEqual(refusal('It has no required reviewers.'));
});

describe('self-review', () => {
  const { prevent_self_review: _, ...silent } = REVIEWED;

  test.each([[{ ...REVIEWED, prevent_self_review: false }], [silent], [{ ...REVIEWED, prevent_self_review: 'yes' }]])('fails where it is not prevented: %j', async (rule) => {
    expect(await checkOf({ ...SAFE, protection_rules: [rule] })).toEqual(refusal('Whoever starts a deployment may approve it.'));
  });

  test('passes where the gate allows it for a reason', async () => {
    const variables = variablesOf(Gate.approval({ allowSelfReview: 'a team of one' }));

    expect(variables).toMatchObject({ SELF_REVIEW: 'allowed', ADMIN_BYPASS: 'refused' });
    expect(await checkOf({ ...SAFE, protection_rules: [silent] }, undefined, { SELF_REVIEW: variables.SELF_REVIEW })).toEqual(PASSED);
  });
});

describe('a bypass of administrators', () => {
  test.each([[true], [undefined], ['no']])('fails where it is not forbidden: %p', async (bypass) => {
    expect(await checkOf({ ...SAFE, can_admins_bypass: bypass })).toEqual(refusal('Administrators may bypass its rules.'));
  });

  test('passes where the gate allows it for a reason', async () => {
    const variables = variablesOf(Gate.approval({ allowAdminBypass: 'whoever is on call is one' }));

    expect(variables).toMatchObject({ SELF_REVIEW: 'refused', ADMIN_BYPASS: 'allowed' });
    expect(await checkOf({ ...SAFE, can_admins_bypass: true }, undefined, { ADMIN_BYPASS: variables.ADMIN_BYPASS })).toEqual(PASSED);
  });
});

describe('the policy', () => {
  test.each([[null], [undefined]])('fails where it admits any branch: %p', async (policy) => {
    expect(await checkOf({ ...SAFE, deployment_branch_policy: policy })).toEqual(refusal('Any branch may deploy to it.'));
  });

  test.each([
    { protected_branches: true, custom_branch_policies: false }, {}, 'all', { custom_branch_policies: 'yes' },
  ])('fails where it names no branch, since without rules every branch is admitted: %j', async (policy) => {
    expect(await checkOf({ ...SAFE, deployment_branch_policy: policy }))
      .toEqual(refusal('Its policy names no branch: each that a rule protects may deploy, and all of them where no rule does.'));
  });

  test.each([['*'], ['**'], ['*/*'], ['release/*'], ['*-stable'], ['t*'], ['main']])('fails where it names another branch: %s', async (name) => {
    expect(await checkOf(SAFE, patterns('trunk', name))).toEqual(refusal(`More than the branch trunk may deploy to it: branch ${name}.`));
    expect(await checkOf(SAFE, patterns(name))).toEqual(refusal(`More than the branch trunk may deploy to it: branch ${name}.`));
  });

  test('fails where it names a tag, even one that is called as the branch', async () => {
    expect(await checkOf(SAFE, { branch_policies: [{ name: 'trunk', type: 'branch' }, { name: 'trunk', type: 'tag' }] }))
      .toEqual(refusal('More than the branch trunk may deploy to it: tag trunk.'));
  });

  test.each([{}, { branch_policies: 'trunk' }, patterns()])('fails where it does not name the branch: %j', async (branches) => {
    expect(await checkOf(SAFE, branches)).toEqual(refusal('Its policy does not name the branch trunk.'));
  });

  test('takes for another branch what it does not know', async () => {
    expect((await checkOf(SAFE, { branch_policies: [null] })).status).toBe(1);
  });
});

test('says all that is missing at once', async () => {
  expect(await checkOf({ protection_rules: [], deployment_branch_policy: null }))
    .toEqual(refusal('It has no required reviewers. Administrators may bypass its rules. Any branch may deploy to it.'));
});

describe('fails where GitHub does not say how the environment is protected', () => {
  const WORDS = 'GitHub does not say how the environment is protected';

  test('because the token may not ask', async () => {
    expect(await check({ status: 403, body: { message: 'Resource not accessible by integration' } })).toEqual(refusal(`${WORDS}: HTTP 403, Resource not accessible by integration.`));
    expect(await check({ body: SAFE }, { status: 403, body: {} })).toEqual(refusal(`${WORDS}: HTTP 403.`));
  });

  test('because it cannot be reached', async () => {
    const { url, stop } = await LocalGitHub.start();
    stop();

    expect(await check({ body: SAFE }, undefined, { GITHUB_API_URL: url })).toEqual(refusal(`${WORDS}: connect ECONNREFUSED ${new URL(url).host}.`));
  });

  test.each(['', '<html>\n<body>', 'null', '[]', '"prod"'])('because its answer is %j', async (body) => {
    expect(await check({ body })).toEqual(refusal(`${WORDS}: its answer is not what was expected.`));
  });
});
