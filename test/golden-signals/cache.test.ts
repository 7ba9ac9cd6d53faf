import { CfnParameter } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import { AlarmCondition, type Observation, Severity } from '../../src/contracts';
import { observeCacheCluster, observeReplicationGroup } from '../../src/golden-signals/cache';
import { evaluate, goesOff } from '../platform-service/metric-math';
import { stackOf } from '../support';

function groupOf(props: Partial<elasticache.CfnReplicationGroupProps>): Observation {
  return observeReplicationGroup(new elasticache.CfnReplicationGroup(stackOf(), 'Sessions', { replicationGroupDescription: 'Sessions', ...props }));
}

function clusterOf(engine: string, numCacheNodes = 1): Observation {
  return observeCacheCluster(new elasticache.CfnCacheCluster(stackOf(), 'Sessions', { engine, cacheNodeType: 'cache.t4g.micro', numCacheNodes }));
}

/** The metrics that are read, alone or in an expression. */
function readBy(metric: cloudwatch.IMetric) {
  const { mathExpression } = metric.toMetricConfig();
  return (mathExpression ? Object.values(mathExpression.usingMetrics) : [metric]).map((it) => it.toMetricConfig().metricStat!);
}

function namesIn({ metrics }: Observation): string[][] {
  return metrics.map(({ metric }) => [...new Set(readBy(metric).map(({ metricName, statistic }) => `${metricName} ${statistic}`))]);
}

/** How ElastiCache calls the nodes, after the name of the group. */
function nodesIn(observation: Observation): string[] {
  const { node: { root } } = observation.subject as Construct;
  const values = readBy(observation.signals[0].metric).flatMap(({ dimensions = [] }) => dimensions.map(({ name, value }) => `${name}=${JSON.stringify((root.node.findChild('Shop') as any).resolve(value))}`));
  return values.map((it) => /^CacheClusterId=\{"Fn::Join":\["",\[\{"Ref":"Sessions"\},"(.*)"\]\]\}$/.exec(it)?.[1] ?? it);
}

const twoNodes = groupOf({ numCacheClusters: 2 });
const { expression } = twoNodes.signals[0].metric.toMetricConfig().mathExpression!;

test('looks at the one core on which Redis and Valkey work, and not at the host, which is idle beside it', () => {
  const singleThreaded = [['EngineCPUUtilization Maximum'], ['DatabaseMemoryUsagePercentage Maximum'], ['Evictions Sum'], ['CurrConnections Maximum']];

  expect(namesIn(twoNodes)).toEqual(singleThreaded);
  expect(namesIn(clusterOf('redis'))).toEqual(singleThreaded);
});

test('looks at the whole host of Memcached, and works out the share of memory that it does not report', () => {
  expect(namesIn(clusterOf('memcached'))).toEqual([
    ['CPUUtilization Maximum'], ['BytesUsedForCacheItems Maximum', 'UnusedMemory Minimum'], ['Evictions Sum'], ['CurrConnections Maximum'],
  ]);
});

test.each([
  ['HighCpu', AlarmCondition.above(90), 15, Severity.P2, 'cache/high-cpu'],
  ['LowMemory', AlarmCondition.above(90), 10, Severity.P2, 'cache/low-memory'],
])('has the signal %s, for every engine', (id, condition, evaluationPeriods, severity, runbook) => {
  [twoNodes, clusterOf('redis'), clusterOf('memcached')].forEach(({ signals }) => {
    expect(signals.find((it) => it.id === id)).toMatchObject({ condition, evaluationPeriods, severity, runbook });
  });
});

test('reads every metric by the minute from the namespace of ElastiCache', () => {
  [twoNodes, clusterOf('redis'), clusterOf('memcached', 3)].flatMap(({ metrics }) => metrics).flatMap(({ metric }) => readBy(metric)).forEach((it) => {
    expect([it.namespace, it.period.toSeconds(), it.dimensions!.map(({ name }) => name)]).toEqual(['AWS/ElastiCache', 60, ['CacheClusterId']]);
  });
});

test.each<[string, Partial<elasticache.CfnReplicationGroupProps>, string[]]>([
  ['a primary and a replica', { numCacheClusters: 2 }, ['-001', '-002']],
  ['one shard with replicas', { numNodeGroups: 1, replicasPerNodeGroup: 2 }, ['-001', '-002', '-003']],
  ['two shards', { numNodeGroups: 2, replicasPerNodeGroup: 1 }, ['-0001-001', '-0001-002', '-0002-001', '-0002-002']],
  ['one shard of a cluster', { clusterMode: 'enabled', numNodeGroups: 1, replicasPerNodeGroup: 1 }, ['-0001-001', '-0001-002']],
  ['one shard of a cluster, by its parameters', { cacheParameterGroupName: 'default.redis7.cluster.on', replicasPerNodeGroup: 1 }, ['-0001-001', '-0001-002']],
  ['shards that are listed', { nodeGroupConfiguration: [{ slots: '0-8191' }, { slots: '8192-16383' }] }, ['-0001-001', '-0002-001']],
  ['nothing', {}, ['-001']],
])('knows the nodes of a group that says %s', (_, props, nodes) => {
  expect(nodesIn(groupOf(props))).toEqual(nodes);
});

test('watches ten nodes of more, which is what an alarm can', () => {
  const nodes = nodesIn(groupOf({ numNodeGroups: 5, replicasPerNodeGroup: 2 }));

  expect(nodes).toHaveLength(10);
  expect(new Set(nodes).size).toBe(10);
});

test('watches the first node where the number is a parameter of the template', () => {
  const stack = stackOf();
  const { valueAsNumber } = new CfnParameter(stack, 'Replicas', { type: 'Number' });
  const group = new elasticache.CfnReplicationGroup(stack, 'Sessions', { replicationGroupDescription: 'Sessions', replicasPerNodeGroup: valueAsNumber });

  expect(nodesIn(observeReplicationGroup(group))).toEqual(['-001']);
});

test('reads one node without an expression', () => {
  const { signals } = groupOf({ numCacheClusters: 1 });

  expect(signals.map(({ metric }) => metric.toMetricConfig().mathExpression)).toEqual([undefined, undefined]);
});

test('does not hide one bad node behind the good ones', () => {
  const minutes = (value: number) => Array.from({ length: 15 }, () => value);

  const worst = evaluate(expression, { node0: minutes(5), node1: minutes(99) }, 15);

  expect(worst).toEqual(minutes(99));
  expect(goesOff(worst, { threshold: 90, periods: 15, datapoints: 15 })).toBe(true);
});

test('does not hide a bad node behind one that is gone, nor take a minute that is not reported yet for a healthy one', () => {
  expect(evaluate(expression, { node0: [undefined, undefined, undefined], node1: [99, 99, undefined] }, 3)).toEqual([99, 99, undefined]);
});

test('works out how full Memcached is', () => {
  const memory = clusterOf('memcached').signals.find(({ id }) => id === 'LowMemory')!.metric.toMetricConfig().mathExpression!;

  expect(evaluate(memory.expression, { used: [91, 9, undefined], unused: [9, 91, undefined] }, 3)).toEqual([91, 9, undefined]);
});

test('calls a cache as the people do who defined it', () => {
  const cache = new Construct(stackOf(), 'Carts');
  const inside = new elasticache.CfnReplicationGroup(cache, 'Resource', { replicationGroupDescription: 'Carts' });

  expect(observeReplicationGroup(inside)).toMatchObject({ subject: inside, title: 'Carts' });
  expect(twoNodes.title).toBe('Sessions');
});
