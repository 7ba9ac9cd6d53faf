import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { App, Stack } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { parse } from 'yaml';
import { PlatformEnvironment, type PlatformEnvironmentProps } from '../../src/environment/platform-environment';
import { PlatformStage } from '../../src/environment/platform-stage';
import { Tier } from '../../src/environment/tier';
import { type DeployOptions, PipelineStack, type PipelineStackProps } from '../../src/pipeline-stack/pipeline-stack';

/** The smallest props that synth does not warn of. */
export const PROPS: PipelineStackProps = { repository: 'acme/shop', ownerId: '123', repositoryId: '456' };

/** A product with one stack in the environment of this name; the tier goes by the name. */
export function stageIn(scope: Construct, id: string, props: Partial<PlatformEnvironmentProps> = {}): PlatformStage {
  const stage = bareStageIn(scope, id, props);
  new sqs.Queue(new Stack(stage, 'Shop'), 'Queue');
  return stage;
}

/** A product without anything in it. */
export function bareStageIn(scope: Construct, id: string, props: Partial<PlatformEnvironmentProps> = {}): PlatformStage {
  const name = props.name ?? id.toLowerCase();
  return new PlatformStage(scope, id, {
    environment: new PlatformEnvironment({
      name,
      tier: props.tier ?? Tier.named(name.replace(/-.*/, '')),
      account: name.startsWith('prod') ? '444455556666' : '111122223333',
      region: 'eu-west-1',
      zones: ['a', 'b'].map((it) => `${props.region ?? 'eu-west-1'}${it}`),
      ...props,
    }),
  });
}

/** The pipeline of an app of its own. */
export function pipelineOf(props: Partial<PipelineStackProps> = {}): PipelineStack {
  return pipelineIn(new App(), props);
}

export function pipelineIn(app: App, props: Partial<PipelineStackProps> = {}): PipelineStack {
  return new PipelineStack(app, 'Delivery', { ...PROPS, ...props });
}

/** An app that is deployed to dev, staging and prod. */
export function shopApp(props: Partial<PipelineStackProps> = {}, app: App = new App()): App {
  const delivery = pipelineIn(app, props);
  ['Dev', 'Staging', 'Prod'].forEach((id) => delivery.deploy(stageIn(app, id)));
  return app;
}

/** Deploys these stages of one app, one after the other. */
export function deployed(...stages: [string, Partial<PlatformEnvironmentProps>?, DeployOptions?][]): App {
  const app = new App();
  const delivery = pipelineIn(app);
  stages.forEach(([id, props, options]) => delivery.deploy(stageIn(app, id, props), options));
  return app;
}

/** The error of a synthesis that refuses the pipeline; the CDK writes the path. */
export function refusal(...texts: string[]): Error {
  return new Error(['Validation failed with the following errors:', ...texts.map((it) => `  [Delivery] ${it}`)].join('\n'));
}

/** The text of the workflow whose file ends so. */
export function textIn(app: App, ending: string): string {
  const directory = join(app.synth().directory, 'workflows');
  return readFileSync(join(directory, readdirSync(directory).find((it) => it.endsWith(ending))!), 'utf8');
}

/** The same as data. */
export function workflowIn(app: App, ending: string): any {
  return parse(textIn(app, ending));
}

/** The step of this name. */
export function stepOf(job: any, name: string): any {
  return job.steps.find((it: any) => it.name === name);
}

export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a step's script as GitHub does, with its own environment and what the runner adds. */
export function runScript(script: string, cwd: string, env: { [name: string]: string }): Outcome {
  const file = join(cwd, 'step.sh');
  writeFileSync(file, script);
  const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
    cwd, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: cwd, ...env },
  });
  rmSync(file);
  return { status, output: `${stdout}${stderr}` };
}

/** The same, while servers of this process answer it. */
export async function runScriptBeside(script: string, env: { [name: string]: string | undefined }): Promise<Outcome> {
  const cwd = emptyDirectory();
  writeFileSync(join(cwd, 'step.sh'), script);
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', 'step.sh'], { cwd, env: { PATH: process.env.PATH, HOME: cwd, ...env } });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { status, output: `${stdout}${stderr}` };
}

const directories: string[] = [];

/** An empty directory that goes with the test. */
export function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pipeline-'));
  directories.push(directory);
  return directory;
}

/** Removes all directories of the tests of a file. */
export function removeDirectories(): void {
  directories.splice(0).forEach((it) => rmSync(it, { recursive: true, force: true }));
}
