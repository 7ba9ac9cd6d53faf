import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stage } from 'aws-cdk-lib';
import { emptyDirectory, pipelineIn, removeDirectories, runScript, shopApp, stageIn, stepOf, workflowIn } from './shop';
import { PlatformStage } from '../../src/environment/platform-stage';
import type { PipelineStackProps } from '../../src/pipeline-stack/pipeline-stack';

const BIN = join(__dirname, '../../node_modules/.bin');

afterAll(removeDirectories);

/** What a step writes into the summary of the job. */
function summaryOf(run: string, env: { [name: string]: string } = {}): string {
  const directory = emptyDirectory();
  const summary = join(directory, 'summary.md');
  const { status, output } = runScript(run, directory, { GITHUB_STEP_SUMMARY: summary, ...env });
  expect({ status, output }).toEqual({ status: 0, output: '' });
  return readFileSync(summary, 'utf8');
}

test('the assembly arrives as it was packed: with hidden files, links and modes', () => {
  const { build, 'deploy-dev': deploy } = workflowIn(shopApp(), 'deploy.yml').jobs;
  const [app, temporary] = [emptyDirectory(), emptyDirectory()];
  const asset = join(app, 'cdk.out/asset.0123');
  mkdirSync(asset, { recursive: true });
  writeFileSync(join(asset, '.dockerignore'), 'node_modules');
  writeFileSync(join(asset, 'entrypoint.sh'), '#!/bin/sh\n');
  chmodSync(join(asset, 'entrypoint.sh'), 0o755);
  symlinkSync('entrypoint.sh', join(asset, 'start.sh'));

  const packed = runScript(stepOf(build, 'Pack the assembly').run, app, { RUNNER_TEMP: temporary });
  const unpacked = runScript(stepOf(deploy, 'Unpack the assembly').run, emptyDirectory(), { RUNNER_TEMP: temporary });

  const arrived = join(temporary, 'cdk.out/asset.0123');
  expect([packed, unpacked]).toEqual([{ status: 0, output: '' }, { status: 0, output: '' }]);
  expect(existsSync(join(arrived, '.dockerignore'))).toBe(true);
  expect(lstatSync(join(arrived, 'entrypoint.sh')).mode).toBe(lstatSync(join(asset, 'entrypoint.sh')).mode);
  expect(readlinkSync(join(arrived, 'start.sh'))).toBe('entrypoint.sh');
});

test('the CDK CLI finds exactly the stacks of the environment, those of stages inside it included, and the summary names them', () => {
  const temporary = emptyDirectory();
  const app = new App({ outdir: join(temporary, 'cdk.out') });
  const delivery = pipelineIn(app);
  ['Dev', 'Prod', 'Prod-Us'].forEach((id) => delivery.deploy(stageIn(app, id)));
  const prod = app.node.findChild('Prod');
  stageIn(new Stage(prod, 'Inner'), 'Cell', { name: 'prod-cell' });
  const { run } = stepOf(workflowIn(app, 'deploy.yml').jobs['deploy-prod'], 'Say what was deployed');

  const summary = summaryOf(run, { RUNNER_TEMP: temporary, PATH: `${BIN}:${process.env.PATH}`, GITHUB_SHA: 'c0ffee', CDK_DISABLE_CLI_TELEMETRY: 'true' });

  expect(summary).toMatch(/^## Deployed to prod\n\nCommit c0ffee, in account 444455556666 and region eu-west-1:\n\n/);
  expect(summary.match(/^- \S+/gm)!.sort()).toEqual(['- Prod/Delivery', '- Prod/Inner/Cell/Shop', '- Prod/Shop']);
});

describe('the CDK CLI', () => {
  /** Runs the installation of a job, and then asks the CLI for its version, as a later step would find it. */
  function installed(props: Partial<PipelineStackProps> = {}): { status: number | null; output: string } {
    const { env, run } = stepOf(workflowIn(shopApp(props), 'deploy.yml').jobs['deploy-dev'], 'Install the CDK CLI');
    const temporary = emptyDirectory();
    const path = join(temporary, 'path');
    const { status, output } = runScript(run, temporary, { ...env, RUNNER_TEMP: temporary, GITHUB_PATH: path });
    return status === 0
      ? runScript('cdk --version', temporary, { PATH: `${readFileSync(path, 'utf8').trim()}:${process.env.PATH}`, CDK_DISABLE_CLI_TELEMETRY: 'true' })
      : { status, output };
  }

  test('is installed as the lock file says', () => {
    expect(installed()).toEqual({ status: 0, output: expect.stringMatching(/^2\.1148\.1 /) });
  });

  test('is not run where the registry gives another package', () => {
    const { status, output } = installed({ cliIntegrity: `sha512-${'A'.repeat(86)}==` });

    expect(status).not.toBe(0);
    expect(output).toContain('EINTEGRITY');
  });
});

describe('after a failure the summary says', () => {
  const { run } = stepOf(workflowIn(shopApp(), 'deploy.yml').jobs['deploy-staging'], 'Say what state the stacks are in');

  test('that CloudFormation takes a stack back if it was begun, where the deployment failed', () => {
    const summary = summaryOf(run, { OUTCOME: 'failure' });

    expect(summary).toMatch(/^## Not deployed to staging\n\nThe log of the step Deploy says why, and how far it came:\n\n- If a stack was begun and could not be finished, CloudFormation takes that stack back /);
    expect(summary).toContain('- If no stack was begun, nothing was changed: the assembly was refused, or a role of `cdk bootstrap` could not be assumed.\n');
    expect(summary).toContain('`aws cloudformation continue-update-rollback --stack-name <name>`');
  });

  test('that CloudFormation goes on, where the job was cancelled or took too long', () => {
    expect(summaryOf(run, { OUTCOME: 'cancelled' })).toMatch(/ran for longer than 120 minutes\. CloudFormation does not stop with it/);
  });

  test.each(['skipped', ''])('that nothing was changed, and how the role comes into being, where the deployment was not begun: %j', (OUTCOME) => {
    const summary = summaryOf(run, { OUTCOME });

    expect(summary).toMatch(/^## Not deployed to staging\n\nNothing was changed/);
    expect(summary).toContain('Somebody who may deploy to account 111122223333 deploys it: `npx cdk deploy Staging/Delivery`\n');
  });
});

test('has the time limit of its environment', () => {
  const app = new App();
  pipelineIn(app).deploy(stageIn(app, 'Dev'), { jobTimeout: Duration.minutes(30) });
  const job = workflowIn(app, 'deploy.yml').jobs['deploy-dev'];

  expect(job['timeout-minutes']).toBe(30);
  expect(stepOf(job, 'Assume the role of the environment').with['role-duration-seconds']).toBe(3600);
});

test('names a stage by its path, wherever it stands', () => {
  const app = new App();
  const delivery = pipelineIn(app);
  const { environment } = stageIn(new App(), 'Dev');
  delivery.deploy(new PlatformStage(delivery, 'Dev', { environment }));

  expect(stepOf(workflowIn(app, 'deploy.yml').jobs['deploy-dev'], 'Deploy').run).toContain("cdk deploy 'Delivery/Dev/**'");
});
