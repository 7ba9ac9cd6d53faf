import { stepOf } from './shop';
import { ACTIONS } from '../../src/pipeline-stack/action-pins';
import { DIFFERENCE_CHECK } from '../../src/pipeline-stack/build-job';
import { INSTALLATION } from '../../src/pipeline-stack/cli-step';
import { COMMIT_CHECK } from '../../src/pipeline-stack/commit-check';
import { GATE_CHECK } from '../../src/pipeline-stack/gate-check';
import { CLI } from '../../src/pipeline-stack/pipeline-settings';

/** What a workflow promises, in a sentence, and the test of it. */
export interface Promises {
  readonly [sentence: string]: (workflow: any) => void;
}

const DEPLOYED = ['dev', 'staging', 'prod'];

const BUILD_STEPS = ['Check out', 'Set up Node.js', 'Install', 'Build', 'Test', 'Synthesise', 'Check that the workflows are up to date'];
const DEPLOY_STEPS = ['Take the assembly over', 'Unpack the assembly', 'Set up Node.js', 'Install the CDK CLI',
  'Assume the role of the environment', 'Check that nothing newer is deployed', 'Deploy', 'Say what was deployed', 'Say what state the stacks are in'];
const GATED_STEPS = [...DEPLOY_STEPS.slice(0, 4), 'Check the gate', ...DEPLOY_STEPS.slice(4)];

function names({ steps }: any): string[] {
  return steps.map((it: any) => it.name);
}

function eachEnvironment(workflow: any, holds: (job: any, environment: string) => void): void {
  DEPLOYED.forEach((it) => holds(workflow.jobs[`deploy-${it}`], it));
}

/** Of both workflows: they have the same way of building. */
const OF_BUILD: Promises = {
  'gives its jobs no permission that they do not ask for': ({ permissions }) => {
    expect(permissions).toEqual({});
  },
  'runs scripts in a shell that stops at the first failure, in a pipe too': ({ defaults }) => {
    expect(defaults).toEqual({ run: { shell: 'bash' } });
  },
  'lets the build read the repository, and nothing else': ({ jobs: { build } }) => {
    expect(build.permissions).toEqual({ contents: 'read' });
  },
  'builds on Graviton, within an hour': ({ jobs: { build } }) => {
    expect([build['runs-on'], build['timeout-minutes']]).toEqual(['ubuntu-24.04-arm', 60]);
  },
  'builds and tests before it synthesises, once': ({ jobs: { build } }) => {
    expect(names(build).slice(0, BUILD_STEPS.length)).toEqual(BUILD_STEPS);
    expect(build.steps.slice(2, 6).map((it: any) => it.run)).toEqual([
      'npm ci', 'npm run build --if-present\nif [ -f tsconfig.json ]; then npx --no-install tsc --noEmit; fi\n', 'npm test', 'npx --no-install cdk synth \'**\' --quiet --no-lookups --no-notices --output cdk.out',
    ]);
  },
  'checks out without leaving a token behind': ({ jobs: { build } }) => {
    expect(stepOf(build, 'Check out')).toEqual({ name: 'Check out', uses: ACTIONS.checkout.uses, with: { 'persist-credentials': false } });
  },
  'sets Node.js up without a cache in every job': ({ jobs }) => {
    Object.values<any>(jobs).forEach((job) => expect(stepOf(job, 'Set up Node.js')).toEqual({
      name: 'Set up Node.js', uses: ACTIONS.setupNode.uses, with: { 'node-version': '24', 'package-manager-cache': false },
    }));
  },
  'compares both workflows with what is committed': ({ jobs: { build } }) => {
    expect(stepOf(build, BUILD_STEPS[6])).toEqual({ name: BUILD_STEPS[6], env: { FILES: 'ci.yml deploy.yml' }, run: DIFFERENCE_CHECK });
  },
};

export const CI_PROMISES: Promises = {
  ...OF_BUILD,
  'runs for every pull request, and for every branch that is not deployed': ({ on }) => {
    expect(on).toEqual({ pull_request: {}, push: { 'branches-ignore': ['main'] } });
  },
  'has a name': ({ name }) => {
    expect(name).toBe('ci');
  },
  'gives up a build when a newer commit is there': ({ concurrency }) => {
    expect(concurrency).toEqual({ 'group': '${{ github.workflow }}-${{ github.ref }}', 'cancel-in-progress': true });
  },
  'has one job, and nothing in it that could deploy': ({ jobs }) => {
    expect(Object.keys(jobs)).toEqual(['build']);
    expect(names(jobs.build)).toEqual(BUILD_STEPS);
  },
};

export const DEPLOY_PROMISES: Promises = {
  ...OF_BUILD,
  'runs for every commit of the branch, and by hand, where it asks whether an older commit is welcome': ({ on }) => {
    expect(on).toEqual({
      push: { branches: ['main'] },
      workflow_dispatch: { inputs: { allowOlder: { description: 'Deploy this commit over a newer one', type: 'boolean', default: false } } },
    });
  },
  'has a name': ({ name }) => {
    expect(name).toBe('deploy');
  },
  'deploys no other branch, by hand neither': ({ jobs: { build } }) => {
    expect(build.if).toBe("github.ref == 'refs/heads/main'");
  },
  'has one job for each environment': ({ jobs }) => {
    expect(Object.keys(jobs)).toEqual(['build', 'deploy-dev', 'deploy-staging', 'deploy-prod']);
  },
  'hands over a tar of what it synthesised, for as long as a run may wait, and anew when it is repeated': ({ jobs: { build } }) => {
    expect(build.steps.slice(BUILD_STEPS.length)).toEqual([
      { name: 'Pack the assembly', run: 'tar --create --gzip --file "$RUNNER_TEMP/assembly.tgz" cdk.out' },
      {
        name: 'Hand the assembly over',
        uses: ACTIONS.uploadArtifact.uses,
        with: {
          'name': 'assembly', 'path': '${{ runner.temp }}/assembly.tgz', 'if-no-files-found': 'error', 'compression-level': 0, 'retention-days': 35, 'overwrite': true,
        },
      },
    ]);
  },
  'takes that over in each environment, outside of what earlier jobs left': (workflow) => eachEnvironment(workflow, (job) => {
    expect(job.steps.slice(0, 2)).toEqual([
      { name: 'Take the assembly over', uses: ACTIONS.downloadArtifact.uses, with: { name: 'assembly', path: '${{ runner.temp }}' } },
      { name: 'Unpack the assembly', run: 'tar --extract --gzip --file "$RUNNER_TEMP/assembly.tgz" --directory "$RUNNER_TEMP"' },
    ]);
  }),
  'goes on to an environment when the one before is deployed': ({ jobs }) => {
    expect(Object.values<any>(jobs).map((it) => it.needs)).toEqual([undefined, 'build', 'deploy-dev', 'deploy-staging']);
  },
  'runs in the GitHub environment that the role trusts': (workflow) => eachEnvironment(workflow, (job, environment) => {
    expect(job.environment).toBe(environment);
  }),
  'deploys one commit at a time to an environment, and finishes what it has begun': (workflow) => eachEnvironment(workflow, (job, environment) => {
    expect(job.concurrency).toEqual({ 'group': `deploy-${environment}`, 'cancel-in-progress': false });
  }),
  'deploys on Graviton, within two hours': (workflow) => eachEnvironment(workflow, (job) => {
    expect([job['runs-on'], job['timeout-minutes']]).toEqual(['ubuntu-24.04-arm', 120]);
  }),
  'lets a deployment sign in, and read protection rules where it checks a gate': ({ jobs }) => {
    expect(DEPLOYED.map((it) => jobs[`deploy-${it}`].permissions)).toEqual([
      { 'contents': 'read', 'id-token': 'write' }, { 'contents': 'read', 'id-token': 'write' }, { 'actions': 'read', 'contents': 'read', 'id-token': 'write' },
    ]);
  },
  'checks the gate of PROD before it assumes a role': ({ jobs }) => {
    expect(DEPLOYED.map((it) => names(jobs[`deploy-${it}`]))).toEqual([DEPLOY_STEPS, DEPLOY_STEPS, GATED_STEPS]);
    expect(stepOf(jobs['deploy-prod'], 'Check the gate')).toEqual({
      name: 'Check the gate',
      env: {
        ENVIRONMENT: 'prod',
        BRANCH: 'main',
        SELF_REVIEW: 'refused',
        ADMIN_BYPASS: 'refused',
        GH_TOKEN: '${{ github.token }}',
        REMEDY: expect.stringContaining("give 'prod' required reviewers"),
      },
      run: 'node --eval "$GATE_CHECK"',
    });
  },
  'holds each script once that several jobs run': ({ env }) => {
    expect(env).toEqual({ COMMIT_CHECK, GATE_CHECK });
  },
  'deploys no commit over a newer one, unless that was asked for': (workflow) => eachEnvironment(workflow, (job, environment) => {
    const { env, ...step } = stepOf(job, 'Check that nothing newer is deployed');
    expect(step).toEqual({ name: 'Check that nothing newer is deployed', run: 'node --eval "$COMMIT_CHECK"' });
    expect(env).toEqual({
      ENVIRONMENT: environment,
      PARAMETER: `/deploy-${environment}-shop-872f1803/commit`,
      ALLOW_OLDER: '${{ inputs.allowOlder }}',
      GH_TOKEN: '${{ github.token }}',
      REMEDY: expect.stringContaining("If 'main' itself was set back, run the workflow by hand with allowOlder."),
      ROLE_REMEDY: expect.stringContaining('npx cdk deploy '),
    });
  }),
  'installs one version of the CDK CLI, by a lock file': (workflow) => eachEnvironment(workflow, (job) => {
    expect(stepOf(job, 'Install the CDK CLI')).toEqual({
      name: 'Install the CDK CLI',
      env: { CLI_PACKAGE: expect.stringContaining('"aws-cdk":"2.1148.1"'), CLI_LOCK: expect.stringContaining(CLI.integrity) },
      run: INSTALLATION,
    });
  }),
  'assumes the role of the environment for as long as the job may run': (workflow) => eachEnvironment(workflow, (job, environment) => {
    const account = environment === 'prod' ? '444455556666' : '111122223333';
    expect(stepOf(job, 'Assume the role of the environment')).toEqual({
      name: 'Assume the role of the environment',
      uses: ACTIONS.configureAwsCredentials.uses,
      with: {
        'role-to-assume': `arn:aws:iam::${account}:role/deploy-${environment}-shop-872f1803`,
        'aws-region': 'eu-west-1',
        'audience': 'sts.amazonaws.com',
        'role-duration-seconds': 7200,
        'role-session-name': `deploy-${environment}-\${{ github.run_id }}`,
      },
    });
  }),
  'deploys all stacks of the environment from the assembly, and asks nobody': ({ jobs }) => {
    expect(['Dev', 'Staging', 'Prod'].map((it) => stepOf(jobs[`deploy-${it.toLowerCase()}`], 'Deploy'))).toEqual(['Dev', 'Staging', 'Prod'].map((it) => (
      { name: 'Deploy', id: 'deploy', run: `cdk deploy '${it}/**' --app "$RUNNER_TEMP/cdk.out" --require-approval never --progress events --no-notices` }
    )));
  },
  'says what was deployed': (workflow) => eachEnvironment(workflow, (job, environment) => {
    expect(stepOf(job, 'Say what was deployed')).toEqual({ name: 'Say what was deployed', run: expect.stringContaining(`## Deployed to ${environment}"`) });
  }),
  'says what state the stacks are in after a failure, and after a deployment that took too long': (workflow) => eachEnvironment(workflow, (job, environment) => {
    expect(stepOf(job, 'Say what state the stacks are in')).toEqual({
      name: 'Say what state the stacks are in',
      if: "(failure() || cancelled()) && steps.deploy.outcome != 'success'",
      env: { OUTCOME: '${{ steps.deploy.outcome }}' },
      run: expect.stringContaining(`## Not deployed to ${environment}"`),
    });
  }),
};
