import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { assumedRolesOf, bootstrapRolesOf, isIsolated, shareBootstrap, stacksOf } from './bootstrap-roles';
import type { Deployment } from './deployment';
import { CLI, type PipelineSettings } from './pipeline-settings';
import { trialMinutes } from './rollout-time';
import { invalid, type InvalidValue } from '../private/invalid';

/** What a deployment takes beside the trials of its services: images to build, change sets, databases. */
const MARGIN_MINUTES = 30;

/** What can be said of a pipeline only once all its stages are synthesised. */
export function problemsOf(scope: IConstruct, settings: PipelineSettings, deployments: Deployment[]): InvalidValue[] {
  if (deployments.length === 0) {
    return [invalid(scope, 'deploy', { must: 'must be called', remedy: 'name what to deploy, or leave the pipeline out' })];
  }
  return [strangeProvider(scope, settings, deployments), oldCli(scope, settings, deployments), ...deployments.map((it) => problemOf(scope, it, deployments))]
    .filter((it) => it !== undefined);
}

function strangeProvider(scope: IConstruct, { accountsWithGitHubProvider }: PipelineSettings, deployments: Deployment[]): InvalidValue | undefined {
  const stranger = accountsWithGitHubProvider.find((it) => !deployments.some(({ environment: { account } }) => account === it));
  return stranger === undefined ? undefined : invalid(scope, 'accountsWithGitHubProvider', {
    must: 'must be accounts that are deployed to', got: stranger, remedy: 'correct or remove it',
  });
}

/** An older CLI does not read what a newer aws-cdk-lib writes. */
function oldCli(scope: IConstruct, { cliVersion }: PipelineSettings, [{ stage }]: Deployment[]): InvalidValue | undefined {
  const schema = Number(stage.synth().version.split('.')[0]);
  return cliVersion !== CLI.version || schema <= CLI.schema ? undefined : invalid(scope, 'cliVersion', {
    must: `must be given: this aws-cdk-lib writes assemblies of schema ${schema}, and CDK CLI ${CLI.version} reads them up to ${CLI.schema}`,
    remedy: "take the version of 'aws-cdk' in the lock file",
  });
}

/** The first thing that is wrong with a stage. */
function problemOf(scope: IConstruct, deployment: Deployment, all: Deployment[]): InvalidValue | undefined {
  return [strangeAccount, unreachableRegion, strangeRole, sideDoor, tooLongTrials].map((find) => find(scope, deployment, all)).find((it) => it !== undefined);
}

function strangeAccount(scope: IConstruct, { stage, environment: { account } }: Deployment): InvalidValue | undefined {
  const stack = stacksOf(stage).find((it) => it.account !== account || Token.isUnresolved(it.region));
  return stack && invalid(scope, `deploy(${stage.node.path})`, {
    must: `must be given stacks in account ${account} and in a literal region`,
    got: stack.node.path,
    remedy: 'the role of an environment deploys to its own account only',
  });
}

function unreachableRegion(scope: IConstruct, { stage }: Deployment): InvalidValue | undefined {
  const stack = stacksOf(stage).find((it) => isIsolated(it.region));
  return stack && invalid(scope, `deploy(${stage.node.path})`, {
    must: `must be given stacks in regions that GitHub Actions can reach, got '${stack.region}' for ${stack.node.path}`,
    remedy: 'an isolated partition is deployed to from within',
  });
}

function strangeRole(scope: IConstruct, { stage }: Deployment): InvalidValue | undefined {
  const granted: (string | undefined)[] = bootstrapRolesOf(stage);
  const [strange] = stacksOf(stage).flatMap((stack) => assumedRolesOf(stack).filter((it) => !granted.includes(it)).map((role = 'none') => ({ stack, role })));
  return strange && invalid(scope, `deploy(${stage.node.path})`, {
    must: `must be given stacks that are deployed by the roles of 'cdk bootstrap', got ${strange.role} for ${strange.stack.node.path}`,
    remedy: 'use a DefaultStackSynthesizer without role names; a qualifier is fine',
  });
}

/** Any branch can name an environment without a gate, and would then assume what the one with a gate is deployed by. */
function sideDoor(scope: IConstruct, { stage, gate, environment: { account } }: Deployment, all: Deployment[]): InvalidValue | undefined {
  const gated = gate.needsApproval ? undefined : all.find((it) => it.gate.needsApproval && shareBootstrap(it.stage, stage));
  return gated && invalid(scope, `deploy(${stage.node.path}).gate`, {
    must: `must be an approval, since it deploys to account ${account} by the same bootstrap as ${gated.stage.node.path}, which has one`,
    got: gate.toString(),
    remedy: `give ${gated.stage.node.path} an account or a bootstrap qualifier of its own, or ${stage.node.path} Gate.approval()`,
  });
}

function tooLongTrials(scope: IConstruct, { stage, jobTimeout }: Deployment): InvalidValue | undefined {
  const trials = stacksOf(stage).map((it) => ({ path: it.node.path, minutes: trialMinutes(it) })).filter(({ minutes }) => minutes > 0);
  const needed = trials.reduce((sum, { minutes }) => sum + minutes, MARGIN_MINUTES);
  const sum = [...trials.map(({ path, minutes }) => `${minutes} for the trial of new versions in ${path}`), `${MARGIN_MINUTES} for all else`].join(', ');
  return needed <= jobTimeout.toMinutes() ? undefined : invalid(scope, `deploy(${stage.node.path}).jobTimeout`, {
    must: `must be at least ${needed} minutes (${sum})`, got: `${jobTimeout.toMinutes()} minutes`, remedy: 'raise it, up to 6 hours, or shorten the bake times',
  });
}
