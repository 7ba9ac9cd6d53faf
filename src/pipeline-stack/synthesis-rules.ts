import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { assumedRolesOf, bootstrapRolesOf, stacksOf } from './bootstrap-roles';
import type { Deployment } from './deployment';
import { CLI, type PipelineSettings } from './pipeline-settings';
import { trialMinutes } from './rollout-time';
import { invalid } from '../private/invalid';

/** What a deployment takes beside the trials of its services: images to build, change sets, databases. */
const MARGIN_MINUTES = 30;

/** What can be said of a pipeline only once all its stages are synthesised. */
export function problemsOf(scope: IConstruct, settings: PipelineSettings, deployments: Deployment[]): Error[] {
  if (deployments.length === 0) {
    return [invalid(scope, 'deploy', { must: 'must be called', remedy: 'name what to deploy, or leave the pipeline out' })];
  }
  return [strangeProvider(scope, settings, deployments), oldCli(scope, settings, deployments), ...deployments.map((it) => problemOf(scope, it))]
    .filter((it) => it !== undefined);
}

function strangeProvider(scope: IConstruct, { accountsWithProvider }: PipelineSettings, deployments: Deployment[]): Error | undefined {
  const stranger = accountsWithProvider.find((it) => !deployments.some(({ environment: { account } }) => account === it));
  return stranger === undefined ? undefined : invalid(scope, 'accountsWithProvider', {
    must: 'must be accounts that are deployed to', got: stranger, remedy: 'correct or remove it',
  });
}

/** An older CLI does not read what a newer aws-cdk-lib writes. */
function oldCli(scope: IConstruct, { cliVersion }: PipelineSettings, [{ stage }]: Deployment[]): Error | undefined {
  const schema = Number(stage.synth().version.split('.')[0]);
  return cliVersion !== CLI.version || schema <= CLI.schema ? undefined : invalid(scope, 'cliVersion', {
    must: `must be given: this aws-cdk-lib writes assemblies of schema ${schema}, and CDK CLI ${CLI.version} reads them up to ${CLI.schema}`,
    remedy: "take the version of 'aws-cdk' in the lock file",
  });
}

/** The first thing that is wrong with a stage. */
function problemOf(scope: IConstruct, deployment: Deployment): Error | undefined {
  return [strangeAccount, strangeRole, tooLongTrials].map((find) => find(scope, deployment)).find((it) => it !== undefined);
}

function strangeAccount(scope: IConstruct, { stage, environment: { account } }: Deployment): Error | undefined {
  const stack = stacksOf(stage).find((it) => it.account !== account || Token.isUnresolved(it.region));
  return stack && invalid(scope, `deploy(${stage.node.path})`, {
    must: `must be given stacks in account ${account} and in a literal region`,
    got: stack.node.path,
    remedy: 'the role of an environment deploys to its own account only',
  });
}

function strangeRole(scope: IConstruct, { stage }: Deployment): Error | undefined {
  const granted: (string | undefined)[] = bootstrapRolesOf(stage);
  const [strange] = stacksOf(stage).flatMap((stack) => assumedRolesOf(stack).filter((it) => !granted.includes(it)).map((role = 'none') => ({ stack, role })));
  return strange && invalid(scope, `deploy(${stage.node.path})`, {
    must: `must be given stacks that are deployed by the roles of 'cdk bootstrap', got ${strange.role} for ${strange.stack.node.path}`,
    remedy: 'use a DefaultStackSynthesizer without role names; a qualifier is fine',
  });
}

function tooLongTrials(scope: IConstruct, { stage, timeout }: Deployment): Error | undefined {
  const trials = stacksOf(stage).map((it) => ({ path: it.node.path, minutes: trialMinutes(it) })).filter(({ minutes }) => minutes > 0);
  const needed = trials.reduce((sum, { minutes }) => sum + minutes, MARGIN_MINUTES);
  const sum = [...trials.map(({ path, minutes }) => `${minutes} for the trial of new versions in ${path}`), `${MARGIN_MINUTES} for all else`].join(', ');
  return needed <= timeout.toMinutes() ? undefined : invalid(scope, `deploy(${stage.node.path}).timeout`, {
    must: `must be at least ${needed} minutes (${sum})`, got: `${timeout.toMinutes()} minutes`, remedy: 'raise it, up to 6 hours, or shorten the bake times',
  });
}
