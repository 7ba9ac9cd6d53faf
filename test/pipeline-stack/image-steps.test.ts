import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { bareStageIn, emptyDirectory, type Outcome, pipelineIn, removeDirectories, runScript, stageIn, stepOf, workflowIn } from './shop';
import { EMULATORS } from '../../src/pipeline-stack/action-pins';
import type { PipelineStackProps } from '../../src/pipeline-stack/pipeline-stack';

afterAll(removeDirectories);

const REGISTRY = { host: 'ghcr.io', usernameSecret: 'GHCR_USER', passwordSecret: 'GHCR_TOKEN' };
const CHECK = 'Check that the secrets of the build are there';

interface Image {
  readonly platform?: Platform;
  readonly buildSecrets?: { [name: string]: string };
}

/** The job of an environment whose stack builds these images. */
function jobWith(images: Image[], props: Partial<PipelineStackProps> = {}): any {
  const app = new App();
  const stage = bareStageIn(app, 'Dev');
  const stack = new Stack(stage, 'Shop');
  images.forEach((image, index) => {
    const directory = emptyDirectory();
    writeFileSync(join(directory, 'Dockerfile'), `FROM scratch\nLABEL image=${index}\n`);
    new DockerImageAsset(stack, `Image${index}`, { directory, ...image });
  });
  pipelineIn(app, props).deploy(stage);
  return workflowIn(app, 'deploy.yml').jobs['deploy-dev'];
}

function names({ steps }: any): string[] {
  return steps.map((it: any) => it.name);
}

test('a job that builds no image sets nothing up for it, whatever the pipeline knows', () => {
  const app = new App();
  pipelineIn(app, { registries: [REGISTRY] }).deploy(stageIn(app, 'Dev'));
  const job = workflowIn(app, 'deploy.yml').jobs['deploy-dev'];

  expect(JSON.stringify(job)).not.toContain('secrets.');
  expect(names(job).filter((it) => it.startsWith('Emulate'))).toEqual([]);
});

test('emulates the processor of an image where the runner has another one, without a cache and with a pinned image', () => {
  expect(stepOf(jobWith([{ platform: Platform.LINUX_ARM64 }]), 'Emulate linux/arm64')).toEqual({
    name: 'Emulate linux/arm64',
    if: "runner.arch != 'ARM64'",
    uses: 'docker/setup-qemu-action@96fe6ef7f33517b61c61be40b68a1882f3264fb8',
    with: { 'image': EMULATORS, 'platforms': 'arm64', 'cache-image': false },
  });
  expect(EMULATORS).toMatch(/@sha256:[0-9a-f]{64}$/);
});

test('emulates each processor that images are for', () => {
  const job = jobWith([{ platform: Platform.LINUX_ARM64 }, { platform: Platform.LINUX_AMD64 }, { platform: Platform.LINUX_ARM64 }, {}]);

  expect(job.steps.filter((it: any) => it.name.startsWith('Emulate')).map((it: any) => it.if)).toEqual(["runner.arch != 'X64'", "runner.arch != 'ARM64'"]);
});

test('hands the secrets that images name to the deployment, which builds them, and to the step that looks whether they are there', () => {
  const job = jobWith([{ buildSecrets: { NPM_TOKEN: 'env=NPM_TOKEN' } }, { buildSecrets: { pip: 'type=env,env=PIP_INDEX', file: 'src=token' } }, {}]);
  const secrets = { NPM_TOKEN: '${{ secrets.NPM_TOKEN }}', PIP_INDEX: '${{ secrets.PIP_INDEX }}' };

  expect(stepOf(job, 'Deploy').env).toEqual(secrets);
  expect(stepOf(job, CHECK).env).toEqual({ BUILD_SECRETS: 'NPM_TOKEN PIP_INDEX', ...secrets });
  expect(job.steps.filter((it: any) => JSON.stringify(it).includes('secrets.')).map((it: any) => it.name)).toEqual([CHECK, 'Deploy']);
});

test('looks for the secrets, and signs in, before a role is assumed', () => {
  const job = jobWith([{ buildSecrets: { NPM_TOKEN: 'env=NPM_TOKEN' } }], { registries: [REGISTRY] });

  expect(names(job).slice(4, 8)).toEqual([CHECK, 'Sign in to ghcr.io', 'Assume the role of the environment', 'Check that nothing newer is deployed']);
});

describe('the check of the secrets', () => {
  const { env, run } = stepOf(jobWith([{}], { registries: [REGISTRY] }), CHECK);

  test('passes where all are there', () => {
    expect(runScript(run, emptyDirectory(), { ...env, GHCR_USER: 'acme', GHCR_TOKEN: 'a b' })).toEqual({ status: 0, output: '' });
  });

  test('fails for each that is empty, as GitHub gives one that is not there', () => {
    expect(runScript(run, emptyDirectory(), { ...env, GHCR_USER: '', GHCR_TOKEN: '' })).toEqual({
      status: 1,
      output: ['GHCR_USER', 'GHCR_TOKEN'].map((it) => '::error title=A secret is missing::'
        + `${it} is a secret of neither the environment nor the repository.\n`).join(''),
    });
  });
});

describe('signing in', () => {
  const { env, run } = stepOf(jobWith([{}], { registries: [REGISTRY] }), 'Sign in to ghcr.io');

  /** With a `docker` that writes down what it was told. */
  function signIn(status: number): Outcome & { told: string } {
    const directory = emptyDirectory();
    mkdirSync(join(directory, 'bin'));
    writeFileSync(join(directory, 'bin/docker'), `#!/bin/sh\nprintf '%s\\n' "$@" > told\ncat >> told\nexit ${status}\n`);
    chmodSync(join(directory, 'bin/docker'), 0o755);
    const variables = { ...env, PATH: `${directory}/bin:${process.env.PATH}`, REGISTRY_USERNAME: 'acme bot', REGISTRY_PASSWORD: 'a $secret' };
    return { ...runScript(run, directory, variables), told: readFileSync(join(directory, 'told'), 'utf8') };
  }

  test('takes user and password from the secrets, and does not show the password to other processes', () => {
    expect(env).toEqual({ REGISTRY: 'ghcr.io', REGISTRY_USERNAME: '${{ secrets.GHCR_USER }}', REGISTRY_PASSWORD: '${{ secrets.GHCR_TOKEN }}' });
    expect(signIn(0)).toEqual({ status: 0, output: '', told: 'login\nghcr.io\n--username\nacme bot\n--password-stdin\na $secret\n' });
  });

  test('fails where the registry refuses', () => {
    expect(signIn(1).status).toBe(1);
  });
});
