import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { AlarmCondition, type Observation, Severity } from '../contracts';

const PERIOD = Duration.minutes(1);

/** Nodes of one expression: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html */
const MOST_NODES = 10;

/** A group of nodes, of which each is measured by itself: the worst one counts. */
export function observeReplicationGroup(group: elasticache.CfnReplicationGroup): Observation {
  return observeSingleThreaded(group, nodesOf(group).map((suffix) => `${group.ref}-${suffix}`));
}

/** One node, or several of Memcached that are measured together. */
export function observeCacheCluster(cluster: elasticache.CfnCacheCluster): Observation {
  return cluster.engine === 'memcached' ? observeMemcached(cluster) : observeSingleThreaded(cluster, [cluster.ref]);
}

/**
 * Valkey and Redis work on one core: where there are more, the CPU of the host is never busy, however late the cache answers.
 *
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
 */
function observeSingleThreaded(subject: elasticache.CfnReplicationGroup | elasticache.CfnCacheCluster, clusterIds: string[]): Observation {
  const worst = (metricName: string, statistic?: string) => worstOf(clusterIds.map((id) => ofNode(id, metricName, statistic)));
  return observeCache(subject, {
    cpu: worst('EngineCPUUtilization'),
    memory: worst('DatabaseMemoryUsagePercentage'),
    evictions: worst('Evictions', cloudwatch.Stats.SUM),
    connections: worst('CurrConnections'),
  });
}

/**
 * Works on all cores, and says how much memory it has used and not used, but not which share.
 *
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Memcached.html
 */
function observeMemcached(cluster: elasticache.CfnCacheCluster): Observation {
  const metric = (metricName: string, statistic?: string) => ofNode(cluster.ref, metricName, statistic);
  return observeCache(cluster, {
    cpu: metric('CPUUtilization'),
    memory: new cloudwatch.MathExpression({
      label: 'Memory of the fullest node (%)',
      expression: '100 * used / (used + unused)',
      usingMetrics: { used: metric('BytesUsedForCacheItems'), unused: metric('UnusedMemory', cloudwatch.Stats.MINIMUM) },
      period: PERIOD,
    }),
    evictions: metric('Evictions', cloudwatch.Stats.SUM),
    connections: metric('CurrConnections'),
  });
}

interface CacheMetrics {
  readonly cpu: cloudwatch.IMetric;
  readonly memory: cloudwatch.IMetric;
  readonly evictions: cloudwatch.IMetric;
  readonly connections: cloudwatch.IMetric;
}

function observeCache(subject: elasticache.CfnReplicationGroup | elasticache.CfnCacheCluster, { cpu, memory, evictions, connections }: CacheMetrics): Observation {
  return {
    subject,
    title: subject.node.id === 'Resource' ? subject.node.scope!.node.id : subject.node.id,
    metrics: [
      { title: 'CPU of the busiest node (%)', metric: cpu },
      { title: 'Memory of the fullest node (%)', metric: memory },
      { title: 'Evictions (per minute)', metric: evictions },
      { title: 'Connections', metric: connections },
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

/** Measured once a minute by each node, so that the highest value is that of the worst node, where several are measured together. */
function ofNode(clusterId: string, metricName: string, statistic: string = cloudwatch.Stats.MAXIMUM): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace: 'AWS/ElastiCache', metricName, dimensionsMap: { CacheClusterId: clusterId }, statistic, period: PERIOD });
}

/** MAX passes over what is missing: filled with 0, the latest minute, which arrives late, would count as healthy. */
function worstOf(nodes: cloudwatch.Metric[]): cloudwatch.IMetric {
  return nodes.length === 1 ? nodes[0] : new cloudwatch.MathExpression({
    label: `Worst node: ${nodes[0].metricName}`,
    expression: `MAX([${nodes.map((_, index) => `node${index}`).join(', ')}])`,
    usingMetrics: Object.fromEntries(nodes.map((metric, index) => [`node${index}`, metric])),
    period: PERIOD,
  });
}

/** How ElastiCache numbers nodes: `001` in a group of one shard, else `0001-001`; the first ten of them. */
function nodesOf(group: elasticache.CfnReplicationGroup): string[] {
  const replicas = known(group.replicasPerNodeGroup);
  const nodes = number(replicas === undefined ? known(group.numCacheClusters) ?? 1 : replicas + 1, 3);
  const configured = Array.isArray(group.nodeGroupConfiguration) ? group.nodeGroupConfiguration.length : undefined;
  const shards = known(group.numNodeGroups) ?? configured ?? 1;
  const isClustered = shards > 1 || group.clusterMode === 'enabled' || /\.cluster\.on$/.test(group.cacheParameterGroupName ?? '');
  return (isClustered ? number(shards, 4).flatMap((shard) => nodes.map((node) => `${shard}-${node}`)) : nodes).slice(0, MOST_NODES);
}

function number(count: number, digits: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1).padStart(digits, '0'));
}

/** What is a parameter of the template is not known at synth. */
function known(count?: number): number | undefined {
  return Token.isUnresolved(count) ? undefined : count;
}
