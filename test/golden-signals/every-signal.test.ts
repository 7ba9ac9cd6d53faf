import * as fs from 'node:fs';
import * as path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Observation } from '../../src/contracts';
import { observeHttpApi } from '../../src/golden-signals/api';
import { observeBucket } from '../../src/golden-signals/bucket';
import { observeCacheCluster, observeReplicationGroup } from '../../src/golden-signals/cache';
import { observeContainerService } from '../../src/golden-signals/container-service';
import { observeDatabaseCluster, observeDatabaseInstance } from '../../src/golden-signals/database';
import { observeFunction } from '../../src/golden-signals/function';
import { observeLoadBalancer } from '../../src/golden-signals/load-balancer';
import { observeNatGateways } from '../../src/golden-signals/nat-gateway';
import { observeQueue } from '../../src/golden-signals/queue';
import { observeTopic } from '../../src/golden-signals/topic';
import { stackOf, vpcIn } from '../support';

const RUNBOOKS = path.join(__dirname, '../../docs/runbooks');

const stack = stackOf();
const vpc = vpcIn(stack);
const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
taskDefinition.addContainer('App', { image: ecs.ContainerImage.fromRegistry('app') });
const bucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'uploads');
const queue = new sqs.Queue(stack, 'Queue');
const database = new rds.DatabaseInstance(stack, 'Database', { vpc, engine: rds.DatabaseInstanceEngine.POSTGRES });

const observations: Observation[] = [
  observeHttpApi(new apigatewayv2.HttpApi(stack, 'Api')),
  observeBucket({ subject: bucket, bucket, requestMetrics: 'EntireBucket' }),
  observeReplicationGroup(new elasticache.CfnReplicationGroup(stack, 'Group', { replicationGroupDescription: 'Group', numNodeGroups: 20, replicasPerNodeGroup: 2 })),
  observeCacheCluster(new elasticache.CfnCacheCluster(stack, 'Memcached', { engine: 'memcached', cacheNodeType: 'cache.t4g.micro', numCacheNodes: 3 })),
  observeContainerService(new ecs.FargateService(stack, 'Service', { cluster: new ecs.Cluster(stack, 'Cluster', { vpc }), taskDefinition })),
  observeDatabaseInstance(database),
  observeDatabaseInstance(new rds.DatabaseInstanceReadReplica(stack, 'Replica', { vpc, sourceDatabaseInstance: database, instanceType: new ec2.InstanceType('m7g.large') })),
  observeDatabaseCluster(new rds.DatabaseCluster(stack, 'Aurora', {
    vpc, engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_5 }), writer: rds.ClusterInstance.serverlessV2('Writer'),
  })),
  observeFunction(new lambda.Function(stack, 'Function', { code: lambda.Code.fromInline('exports.handler = () => {}'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_22_X })),
  observeLoadBalancer(new elbv2.ApplicationLoadBalancer(stack, 'Front', { vpc })),
  observeNatGateways({ subject: vpc, title: 'Network', gatewayIds: ['nat-a', 'nat-b', 'nat-c'] }),
  observeQueue({ subject: queue, queue, deadLetterQueue: new sqs.Queue(stack, 'Dead'), maxAge: Duration.minutes(15) }),
  observeTopic(new sns.Topic(stack, 'Topic')),
];

const signals = observations.flatMap((it) => it.signals);

test('has a name of its own beside the other signals of its subject', () => {
  observations.map((it) => it.signals.map(({ id }) => id)).forEach((ids) => expect(new Set(ids).size).toBe(ids.length));
});

test('says in a sentence what it means', () => {
  signals.forEach(({ title }) => expect(title).toMatch(/^[A-Z][^.]{14,}$/));
});

test('leads to a page that is there, that names its subject, what users notice, and what to do', () => {
  new Set(signals.map(({ runbook }) => runbook)).forEach((runbook) => {
    const page = fs.readFileSync(path.join(RUNBOOKS, `${runbook}.md`), 'utf-8');

    expect(page).toMatch(/^# [A-Z][\w ]+: .+\n\n(\*\*SQL.+\n\n)?\*\*Users notice:\*\* [^]+\n\n## Look first\n\n1\. [^]+\n\n## Then\n\n- [^]+\n$/);
  });
});

test('becomes an alarm that CloudWatch accepts: one result, of at most ten metrics, by the same minutes', () => {
  observations.forEach(({ signals: its }, subject) => its.forEach(({ id, metric, condition, evaluationPeriods }) => {
    new cloudwatch.Alarm(stack, `${subject}-${id}`, { metric, evaluationPeriods, comparisonOperator: condition.comparison, threshold: condition.threshold! });
  }));

  const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  expect(alarms).toHaveLength(signals.length);
  alarms.filter((it) => it.Metrics).forEach(({ Metrics: queries }) => {
    const read = queries.filter((it: any) => it.MetricStat);
    expect(queries.filter((it: any) => it.ReturnData !== false)).toHaveLength(1);
    expect(read.length).toBeLessThanOrEqual(10);
    expect(new Set(read.map((it: any) => it.MetricStat.Period)).size).toBe(1);
    queries.forEach((it: any) => expect(it.Id).toMatch(/^[a-z]\w*$/));
  });
});

test('fills no gap in what it decides by, since the latest minute, which arrives late, would count as healthy', () => {
  const expressions = signals.filter(({ datapointsToAlarm }) => datapointsToAlarm === undefined)
    .map(({ metric }) => metric.toMetricConfig().mathExpression?.expression ?? '');

  expressions.forEach((it) => expect(it).not.toMatch(/^FILL|IF\(FILL|\[FILL/));
});
