import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { AlarmCondition, type Observation, Severity } from '../contracts';

const PERIOD = Duration.minutes(1);

/** Nodes of one expression: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const MOST_NODES = 10;

/** A group of nodes, of which each is measured by itself: the worst one counts. */
export function observeReplicationGroup(group: elasticache.CfnReplicationGroup): Observation {
  return observeNodes(group, nodesOf(group).map((suffix) => `${group.ref}-${suffix}`));
}

/** One node, or several of Memcached that are measured together. */
export function observeCacheCluster(cluster: elasticache.CfnCacheCluster): Observation {
  return observeNodes(cluster, [cluster.ref]);
}

/** @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html */
function observeNodes(subject: elasticache.CfnReplicationGroup | elasticache.CfnCacheCluster, clusterIds: string[]): Observation {
  const worst = (label: string, metricName: string, statistic: string = cloudwatch.Stats.AVERAGE) => new cloudwatch.MathExpression({
    label,
    expression: `MAX([${clusterIds.map((_, index) => `FILL(node${index},0)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(clusterIds.map((id, index) => [`node${index}`, new cloudwatch.Metric({
      namespace: 'AWS/ElastiCache', metricName, dimensionsMap: { CacheClusterId: id }, statistic, period: PERIOD,
    })])),
    period: PERIOD,
  });
  const cpu = worst('CPU of the busiest node (%)', 'CPUUtilization');
  const memory = worst('Memory of the fullest node (%)', 'DatabaseMemoryUsagePercentage');
  return {
    subject,
    title: subject.node.id === 'Resource' ? subject.node.scope!.node.id : subject.node.id,
    metrics: [
      { title: 'CPU of the busiest node (%)', metric: cpu },
      { title: 'Memory of the fullest node (%)', metric: memory },
      { title: 'Evictions (per minute)', metric: worst('Evictions (per minute)', 'Evictions', cloudwatch.Stats.SUM) },
      { title: 'Connections', metric: worst('Connections', 'CurrConnections') },
    ],
    signals: [
      {
        id: 'HighCpu',
        title: 'The cache answers late: users will feel it',
        metric: cpu,
        condition: AlarmCondition.above(90),
        evaluationPeriods: 15,
        severity: Severity.P2,
        runbook: 'cache/high-cpu',
      },
      {
        id: 'LowMemory',
        title: 'The cache is nearly full, and begins to throw out what is still needed, or to refuse writes',
        metric: memory,
        condition: AlarmCondition.above(90),
        evaluationPeriods: 10,
        severity: Severity.P2,
        runbook: 'cache/low-memory',
      },
    ],
  };
}

/** How ElastiCache numbers nodes: `001` in a group of one shard, else `0001-001`. */
function nodesOf({ numNodeGroups, replicasPerNodeGroup, numCacheClusters, clusterMode }: elasticache.CfnReplicationGroup): string[] {
  const shards = numNodeGroups ?? 1;
  const nodes = Math.min(replicasPerNodeGroup === undefined ? numCacheClusters ?? 1 : replicasPerNodeGroup + 1, MOST_NODES);
  const number = (count: number, digits: number) => Array.from({ length: count }, (_, index) => String(index + 1).padStart(digits, '0'));
  return shards === 1 && clusterMode !== 'enabled'
    ? number(nodes, 3)
    : number(shards, 4).flatMap((shard) => number(nodes, 3).map((node) => `${shard}-${node}`)).slice(0, MOST_NODES);
}
