import { Annotations, Resource, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct, IConstruct } from 'constructs';
import { invalid } from '../private/invalid';

/**
 * Synth fails where a cluster that was passed in lacks the capacity providers of the service, and warns where it has no
 * Container Insights. Both may be given to it after the service is defined. What is imported is not known.
 */
export function lookAtSynth(service: Construct, cluster: ecs.ICluster, strategies: readonly ecs.CapacityProviderStrategy[]): void {
  if (Resource.isOwnedResource(cluster)) {
    const needed = strategies.map((it) => it.capacityProvider);
    service.node.addValidation({ validate: () => [...lackingProviders(service, cluster, needed), ...warnWithoutInsights(service, cluster)] });
  }
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html */
function lackingProviders(service: Construct, cluster: ecs.ICluster, needed: string[]): string[] {
  const known = providersOf(cluster);
  const lacking = needed.filter((it) => !known.includes(it));
  return lacking.length === 0 ? [] : [invalid(service, 'cluster', {
    must: `must have the capacity providers ${needed.join(' and ')}`,
    got: cluster.node.path,
    remedy: "give it 'enableFargateCapacityProviders', or leave 'cluster' out",
  }).words];
}

/** Those of the cluster itself, and those that its stack associates with it. */
function providersOf(cluster: ecs.ICluster): string[] {
  const stack = Stack.of(cluster);
  const name: unknown = stack.resolve(cluster.clusterName);
  const associations = stack.node.findAll().filter(isAssociation)
    .filter((it) => JSON.stringify(stack.resolve(it.cluster)) === JSON.stringify(name));
  return [cluster.node.defaultChild as ecs.CfnCluster, ...associations].flatMap((it) => stack.resolve(it.capacityProviders) as string[] ?? []);
}

function isAssociation(node: IConstruct): node is ecs.CfnClusterCapacityProviderAssociations {
  return node instanceof ecs.CfnClusterCapacityProviderAssociations;
}

/** TooFewTasks asks them, and takes silence for an outage. */
function warnWithoutInsights(service: Construct, cluster: ecs.ICluster): string[] {
  const { clusterSettings } = cluster.node.defaultChild as ecs.CfnCluster;
  const settings = Stack.of(cluster).resolve(clusterSettings) as ecs.CfnCluster.ClusterSettingsProperty[] | undefined ?? [];
  if (!settings.some(({ name, value }) => name === 'containerInsights' && value !== 'disabled')) {
    Annotations.of(service).addWarningV2('cdk-golden-path:noContainerInsights',
      `The cluster ${cluster.node.path} has no Container Insights, so that the alarm TooFewTasks of this service never ends: give it `
      + "'containerInsightsV2', or acknowledge this where the account has them by default");
  }
  return [];
}
