import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { DeployRoleStack } from './deploy-role-stack';
import type { Deployment } from './deployment';
import { Gate } from './gate';
import { keptTimeout } from './pipeline-settings';
import type { DeployOptions } from './pipeline-stack';
import type { PlatformStage } from '../environment/platform-stage';
import { Tier } from '../environment/tier';
import { brandOf } from '../private/brand';
import { invalid, type Problem } from '../private/invalid';

const ASCENDING = [Tier.DEV, Tier.STAGING, Tier.PROD].map(({ name }) => name);

/** Refuses a stage that a workflow cannot name, or that has its turn already. */
export function mustBeDeployable(scope: IConstruct, stage: PlatformStage, earlier: Deployment[]): void {
  // In JavaScript it may be anything.
  if (brandOf(stage) !== 'PlatformStage') {
    throw invalid(scope, 'deploy', { must: 'must be given a PlatformStage', got: stage, remedy: 'the environment of one says where it is deployed to' });
  }
  const problem = misplaced(scope, stage, earlier) ?? misnamed(stage);
  if (problem) {
    throw refusal(scope, stage, problem);
  }
  mustBeLiteral(scope, stage);
  const outOfTurn = misordered(stage, earlier);
  if (outOfTurn) {
    throw refusal(scope, stage, outOfTurn);
  }
}

function refusal(scope: IConstruct, { node }: PlatformStage, problem: Problem, field = ''): Error {
  return invalid(scope, `deploy(${node.path})${field}`, problem);
}

function misplaced(scope: IConstruct, stage: PlatformStage, earlier: Deployment[]): Problem | undefined {
  if (stage.node.root !== scope.node.root) {
    return { must: 'must be given a stage of the same app', remedy: 'define the stage in the app of the pipeline' };
  }
  if (earlier.some((it) => it.stage === stage)) {
    return { must: 'must not be called twice', remedy: 'leave the second call out' };
  }
  const outer = earlier.find((it) => isInside(stage, it.stage));
  const inner = earlier.find((it) => isInside(it.stage, stage));
  const [where, other] = outer ? ['inside', outer] : ['around', inner];
  return other && { must: `must not be given a stage ${where} ${other.stage.node.path}`, remedy: 'define the two beside each other: the job of the outer one would deploy both' };
}

function misnamed({ node }: PlatformStage): Problem | undefined {
  if (!/^[\w./-]+$/.test(node.path)) {
    return { must: 'must be given a stage whose path is of letters, digits, dots, hyphens and underscores', remedy: 'rename the constructs around it' };
  }
  return node.tryFindChild(DeployRoleStack.ID) && {
    must: `must be given a stage without a '${DeployRoleStack.ID}' of its own`, remedy: 'rename that: the stack with the role for GitHub Actions is called so',
  };
}

function mustBeLiteral(scope: IConstruct, stage: PlatformStage): void {
  const { name, account, region } = stage.environment;
  Object.entries({ name, account, region }).forEach(([field, value]) => {
    if (Token.isUnresolved(value)) {
      throw refusal(scope, stage, { must: 'must be literal', remedy: 'the workflow and the role name it' }, `.environment.${field}`);
    }
  });
}

function misordered({ environment: { name, tier } }: PlatformStage, earlier: Deployment[]): Problem | undefined {
  const twin = earlier.find((it) => it.environment.name === name);
  if (twin) {
    return { must: `must not be of the same environment as ${twin.stage.node.path}`, got: name, remedy: 'give each stage an environment of its own' };
  }
  const higher = earlier.find((it) => ranked(it.environment.tier) > ranked(tier));
  return higher && {
    must: `must not come after ${higher.stage.node.path}, which guarantees more`, got: tier.name, remedy: `call deploy() in the order ${ASCENDING.join(', ')}`,
  };
}

/** The gate of the stage, by its tier where none is given. Another environment of the tier that was approved may go without, for a reason. */
export function settledGate(scope: IConstruct, stage: PlatformStage, { gate }: DeployOptions, earlier: Deployment[]): Gate {
  const settled = gate ?? Gate._of(stage.environment.tier);
  const gated = earlier.find((it) => it.gate.needsApproval);
  const isWalkedRound = gated && !settled.needsApproval && (settled.because === undefined || ranked(stage.environment.tier) > ranked(gated.environment.tier));
  if (isWalkedRound) {
    throw invalid(scope, `deploy(${stage.node.path}).gate`, {
      must: `must be an approval, as that of ${gated.stage.node.path} before it`, got: settled.toString(), remedy: 'GitHub lets any workflow name an environment without a gate',
    });
  }
  return settled;
}

/** The time limit of the stage's job. */
export function settledTimeout(scope: IConstruct, stage: PlatformStage, { jobTimeout }: DeployOptions): Duration {
  return keptTimeout(scope, `deploy(${stage.node.path}).jobTimeout`, jobTimeout ?? Duration.hours(2));
}

function isInside(inner: IConstruct, outer: IConstruct): boolean {
  return inner.node.scopes.slice(0, -1).includes(outer);
}

function ranked({ name }: Tier): number {
  return ASCENDING.indexOf(name);
}
