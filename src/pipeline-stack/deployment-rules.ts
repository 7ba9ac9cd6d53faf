import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Deployment } from './deployment';
import { Gate } from './gate';
import { jobTimeout } from './pipeline-settings';
import type { DeployOptions } from './pipeline-stack';
import type { PlatformStage } from '../environment/platform-stage';
import { Tier } from '../environment/tier';
import { invalid } from '../private/invalid';

const ASCENDING = [Tier.DEV, Tier.STAGING, Tier.PROD].map(({ name }) => name);

/** Refuses a stage that a workflow cannot name, or that has its turn already. */
export function mustBeDeployable(scope: IConstruct, stage: PlatformStage, earlier: Deployment[]): void {
  const { node: { path, root }, environment } = stage;
  const refuse = (problem: Parameters<typeof invalid>[2], field = '') => invalid(scope, `deploy(${path})${field}`, problem);
  if (root !== scope.node.root) {
    throw refuse({ must: 'must be given a stage of the same app', remedy: 'define the stage in the app of the pipeline' });
  }
  if (earlier.some((it) => it.stage === stage)) {
    throw refuse({ must: 'must not be called twice', remedy: 'leave the second call out' });
  }
  if (!/^[\w./-]+$/.test(path)) {
    throw refuse({ must: 'must be given a stage whose path is of letters, digits, dots, hyphens and underscores', remedy: 'rename the constructs around it' });
  }
  const { name, account, region, tier } = environment;
  Object.entries({ name, account, region }).forEach(([field, value]) => {
    if (Token.isUnresolved(value)) {
      throw refuse({ must: 'must be literal', remedy: 'the workflow and the role name it' }, `.environment.${field}`);
    }
  });
  const twin = earlier.find((it) => it.environment.name === name);
  if (twin) {
    throw refuse({ must: `must not be of the same environment as ${twin.stage.node.path}`, got: name, remedy: 'give each stage an environment of its own' });
  }
  const higher = earlier.find((it) => ranked(it.environment.tier) > ranked(tier));
  if (higher) {
    throw refuse({
      must: `must not come after ${higher.stage.node.path}, which guarantees more`, got: tier.name, remedy: `call deploy() in the order ${ASCENDING.join(', ')}`,
    });
  }
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
export function settledTimeout(scope: IConstruct, stage: PlatformStage, { timeout }: DeployOptions): Duration {
  return jobTimeout(scope, `deploy(${stage.node.path}).timeout`, timeout ?? Duration.hours(2));
}

function ranked({ name }: Tier): number {
  return ASCENDING.indexOf(name);
}
