import { Duration, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { lookAtSynth } from './given-cluster';
import type { Ingress } from './ingress';
import type { PlatformServiceProps } from './platform-service-props';
import { Rollout } from './rollout';
import { Scaling } from './scaling';
import { isShorter } from './service-times';
import type { Tier } from '../environment/tier';
import { defaultsOf, type TierDefaults } from '../policy/tier-defaults';
import { invalid } from '../private/invalid';

/** What CloudFormation accepts: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-linearconfiguration.html */
const MAX_BAKE_MINUTES = 33 * 60;

export function settledCluster(
  scope: Construct, { cluster, vpc }: PlatformServiceProps, strategies: readonly ecs.CapacityProviderStrategy[],
): ecs.ICluster | undefined {
  if (cluster && cluster.vpc.vpcId !== vpc.vpcId) {
    throw invalid(scope, 'cluster', { must: `must be in the service's VPC, ${vpc.node.path}`, got: cluster.vpc.node.path, remedy: 'pass a cluster of this VPC' });
  }
  if (cluster) {
    lookAtSynth(scope, cluster, strategies);
  }
  return cluster;
}

export function settledRollout(scope: Construct, { rollout, ingress }: PlatformServiceProps, defaults: TierDefaults): Rollout {
  if (ingress) {
    return behindLoadBalancer(scope, rollout ?? (defaults.canary ? Rollout.canary() : Rollout.blueGreen()), ingress);
  }
  if (rollout?.twoSets) {
    throw invalid(scope, 'rollout', { must: 'must be rolling without an ingress', got: rollout._name, remedy: 'there is no traffic to shift: leave it out for a worker' });
  }
  return rollout ?? Rollout.rolling();
}

/**
 * After the idle timeout nobody waits for an answer any more.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
 */
function behindLoadBalancer(scope: Construct, rollout: Rollout, ingress: Ingress): Rollout {
  const { idleTimeout = Duration.seconds(60) } = ingress;
  const settled = rollout._behindLoadBalancer(idleTimeout);
  if (!isShorter(settled.maxLatency, idleTimeout)) {
    throw invalid(scope, 'rollout.maxLatency', {
      must: `must be shorter than the 'idleTimeout' of the ingress, ${idleTimeout.toHumanString()}`,
      got: settled.maxLatency.toHumanString(),
      remedy: 'raise that: the load balancer gives up then, and no alarm goes off',
    });
  }
  return settled;
}

/**
 * What ECS is told of the rollout. Where tasks roll and nobody asks for a bake there is none, not even of 0 minutes:
 * CloudFormation waits for 3 hours then, else for 36.
 */
export function settledDeployment(
  scope: Construct, rollout: Rollout, defaults: TierDefaults,
): Pick<ecs.BaseServiceOptions, 'deploymentStrategy' | 'bakeTime' | 'canaryConfiguration' | 'linearConfiguration'> {
  const { strategy, percent, stepBake } = rollout;
  const bake = rollout.bake ?? (rollout.twoSets ? defaults.bake : Duration.minutes(0));
  mustNotBakeTooLong(scope, rollout, bake);
  return {
    deploymentStrategy: strategy,
    bakeTime: rollout.twoSets || bake.toMinutes() > 0 ? bake : undefined,
    canaryConfiguration: strategy === ecs.DeploymentStrategy.CANARY ? { stepPercent: percent, stepBakeTime: stepBake } : undefined,
    linearConfiguration: strategy === ecs.DeploymentStrategy.LINEAR ? { stepPercent: percent, stepBakeTime: stepBake } : undefined,
  };
}

/** The formula is CloudFormation's: no share is waited for once it is the whole. */
function mustNotBakeTooLong(scope: Construct, { strategy, percent, stepBake }: Rollout, bakeTime: Duration): void {
  const [bake, step] = [bakeTime, stepBake].map((it) => it?.toMinutes() ?? 0);
  const steps = strategy === ecs.DeploymentStrategy.LINEAR ? Math.ceil(1000 / Math.round(percent! * 10)) - 1 : 1;
  const sum = bake + steps * step;
  if (sum > MAX_BAKE_MINUTES) {
    throw invalid(scope, 'rollout', {
      must: `must bake for at most 33 hours, ${MAX_BAKE_MINUTES} minutes`,
      got: stepBake ? `${bake} + ${steps} × ${step} = ${sum} minutes` : `${bake} minutes`,
      remedy: 'shorten it: CloudFormation gives up after 36 hours',
    });
  }
}

export function settledTasks(scope: Construct, scaling: Scaling = Scaling.cpu(), tier: Tier): { min: number; max: number } {
  const defaults = defaultsOf(tier);
  const min = scaling.min ?? defaults.minTasks;
  const max = scaling.max ?? Math.max(defaults.maxTasks, min * 2);
  const [name, least] = scaling.min === undefined ? ['max', max] : ['min', min];
  if (least < defaults.minTasks) {
    throw invalid(scope, `scaling.${name}`, { must: `must be at least ${defaults.minTasks} in tier '${tier.name}'`, got: least, remedy: 'raise it or choose a lower tier' });
  }
  return { min, max };
}

export function privateSubnets(scope: Construct, vpc: ec2.IVpc): ec2.SubnetSelection {
  if (vpc.privateSubnets.length > 0) {
    return { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  }
  if (vpc.isolatedSubnets.length > 0) {
    return { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  }
  throw invalid(scope, 'vpc', { must: 'must have private subnets', got: vpc.node.path, remedy: 'tasks have no public addresses: add subnets with a route to a NAT gateway' });
}

/**
 * One subnet in each zone, of which a load balancer wants two.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
 */
export function loadBalancerSubnets(scope: Construct, vpc: ec2.IVpc, internetFacing: boolean): ec2.SubnetSelection {
  if (internetFacing && vpc.publicSubnets.length === 0) {
    throw invalid(scope, 'vpc', {
      must: 'must have public subnets',
      got: vpc.node.path,
      remedy: 'its load balancer has public addresses: add such subnets, or choose an audience inside the network',
    });
  }
  const ofKind = internetFacing ? { subnetType: ec2.SubnetType.PUBLIC } : privateSubnets(scope, vpc);
  const selection = { ...ofKind, onePerAz: true };
  const { availabilityZones: zones } = vpc.selectSubnets(selection);
  if (zones.length < 2 && !zones.some(isUnknown)) {
    throw invalid(scope, 'vpc', {
      must: `must have ${internetFacing ? 'public' : 'private'} subnets in at least two zones`,
      got: zones.join(', '),
      remedy: 'a load balancer stands in no fewer: add a subnet in another zone',
    });
  }
  return selection;
}

/** A zone, or a list of zones that stands for itself in a list, which only the deployment knows. */
function isUnknown(zone: string): boolean {
  return Token.isUnresolved(zone) || Token.isUnresolved([zone]);
}

/** Named from the first day on: going from a launch type to capacity providers later replaces the service. */
export function capacity({ spot }: TierDefaults, min: number): ecs.CapacityProviderStrategy[] {
  return spot
    ? [{ capacityProvider: 'FARGATE', base: min, weight: 0 }, { capacityProvider: 'FARGATE_SPOT', weight: 1 }]
    : [{ capacityProvider: 'FARGATE', weight: 1 }];
}
