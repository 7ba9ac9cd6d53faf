import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Tier } from '../../src/environment/tier';
import { PlatformService } from '../../src/platform-service/platform-service';
import { stackOf, vpcIn, workerProps } from '../support';

const containerInsightsV2 = ecs.ContainerInsights.ENHANCED;

/** A stack with a service in a cluster of the user's. */
function serviceIn(clusterOf: (vpc: ec2.Vpc) => ecs.ICluster, tier: Tier = Tier.PROD) {
  const stack = stackOf(tier);
  const vpc = vpcIn(stack);
  const cluster = clusterOf(vpc);
  new PlatformService(stack, 'Worker', { ...workerProps(vpc), cluster });
  return { stack, cluster };
}

const own = (props: Partial<ecs.ClusterProps>) => (vpc: ec2.Vpc) => new ecs.Cluster(vpc.stack, 'Own', { vpc, ...props });
const NO_INSIGHTS = Match.stringLikeRegexp('The cluster Shop/Own has no Container Insights, so that the alarm TooFewTasks of this service never ends');

describe('a cluster of the app', () => {
  test.each([[Tier.PROD, 'FARGATE'], [Tier.DEV, 'FARGATE and FARGATE_SPOT']])('is refused without the capacity providers of the service in tier %s', (tier, providers) => {
    const { stack } = serviceIn(own({ containerInsightsV2 }), tier);

    expect(() => Template.fromStack(stack)).toThrow(
      `[Shop/Worker] 'cluster' must have the capacity providers ${providers}, got 'Shop/Own'; give it 'enableFargateCapacityProviders', or leave 'cluster' out`,
    );
  });

  test('is refused where an other cluster has them', () => {
    const { stack } = serviceIn(own({ containerInsightsV2 }));
    new ecs.Cluster(stack, 'Other', { enableFargateCapacityProviders: true });

    expect(() => Template.fromStack(stack)).toThrow(/'cluster' must have the capacity providers FARGATE,/);
  });

  test.each<[string, (cluster: ecs.Cluster) => void]>([
    ['by its method', (cluster) => cluster.enableFargateCapacityProviders()],
    ['by an association', (cluster) => {
      new ecs.CfnClusterCapacityProviderAssociations(cluster.stack, 'Providers', {
        cluster: cluster.clusterName, capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: [],
      });
    }],
    ['by its property', (cluster) => { (cluster.node.defaultChild as ecs.CfnCluster).capacityProviders = ['FARGATE']; }],
  ])('may get them later: %s', (_, give) => {
    const { stack, cluster } = serviceIn(own({ containerInsightsV2 }));
    give(cluster as ecs.Cluster);

    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test.each([
    ['none', {}, true],
    ['those that are off', { containerInsightsV2: ecs.ContainerInsights.DISABLED }, true],
    ['those without tasks', { containerInsightsV2: ecs.ContainerInsights.ENABLED }, false],
    ['those with tasks', { containerInsightsV2 }, false],
  ])('with %s of the Container Insights warns: %o', (_, props, warns) => {
    const { stack } = serviceIn(own({ enableFargateCapacityProviders: true, ...props }));

    const found = Annotations.fromStack(stack).findWarning('/Shop/Worker', NO_INSIGHTS);

    expect(found.length > 0).toBe(warns);
  });
});

test('of an imported cluster it is not known', () => {
  const { stack } = serviceIn((vpc) => ecs.Cluster.fromClusterAttributes(vpc.stack, 'Own', { vpc, clusterName: 'theirs' }));

  expect(() => Template.fromStack(stack)).not.toThrow();
  Annotations.fromStack(stack).hasNoWarning('/Shop/Worker', NO_INSIGHTS);
});
