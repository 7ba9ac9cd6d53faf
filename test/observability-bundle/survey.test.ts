import { CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { PlatformNetwork } from '../../src/network/platform-network';
import { ObservabilityBundle } from '../../src/observability-bundle/observability-bundle';
import { type Survey, surveyOf } from '../../src/observability-bundle/survey';
import { PlatformService } from '../../src/platform-service/platform-service';
import { appOf, databaseProps, stackIn, stackOf, vpcIn, webProps } from '../support';

function inVpc(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1', availabilityZones: ['eu-west-1a', 'eu-west-1b'], privateSubnetIds: ['subnet-1', 'subnet-2'], publicSubnetIds: ['subnet-3', 'subnet-4'],
  });
}

function codeOf(stack: Stack, id: string): lambda.Function {
  return new lambda.Function(stack, id, { code: lambda.Code.fromInline('exports.handler = () => {}'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_22_X });
}

/** All that is there, none of it watched, all of it within reach. */
function surveyed(scope: Construct): Survey {
  return surveyOf(scope, { isLeftOut: () => false, isWatched: () => false, elsewhere: () => undefined });
}

/** Plain constructs of the AWS CDK, one for each service; and the alarms that come of each. */
const PLAIN: { readonly [what: string]: [(stack: Stack) => Construct, string[]] } = {
  'a service of ECS': [(stack) => {
    const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
    taskDefinition.addContainer('App', { image: ecs.ContainerImage.fromRegistry('app') });
    return new ecs.FargateService(stack, 'It', { cluster: new ecs.Cluster(stack, 'Cluster', { vpc: inVpc(stack) }), taskDefinition });
  }, ['HighCpu', 'HighMemory']],
  'an application load balancer': [(stack) => new elbv2.ApplicationLoadBalancer(stack, 'It', { vpc: inVpc(stack) }), ['Errors', 'Slow']],
  'a database instance': [(stack) => new rds.DatabaseInstance(stack, 'It', { vpc: inVpc(stack), engine: rds.DatabaseInstanceEngine.POSTGRES }), ['HighCpu', 'LowMemory', 'LowStorage', 'NotReporting']],
  'an Aurora cluster': [(stack) => new rds.DatabaseCluster(stack, 'It', {
    vpc: inVpc(stack), engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_5 }), writer: rds.ClusterInstance.serverlessV2('Writer'),
  }), ['HighCpu', 'NotReporting']],
  'a replication group of ElastiCache': [(stack) => new elasticache.CfnReplicationGroup(stack, 'It', { replicationGroupDescription: 'It', numCacheClusters: 2 }), ['HighCpu', 'LowMemory']],
  'a cache cluster of ElastiCache': [(stack) => new elasticache.CfnCacheCluster(stack, 'It', { cacheNodeType: 'cache.t4g.micro', engine: 'memcached', numCacheNodes: 1 }), ['HighCpu', 'LowMemory']],
  'a queue': [(stack) => new sqs.Queue(stack, 'It', { deadLetterQueue: { queue: new sqs.Queue(stack, 'Dead'), maxReceiveCount: 5 } }), ['DeadLetters', 'Stuck']],
  'a topic': [(stack) => new sns.Topic(stack, 'It'), ['Undelivered']],
  'a bucket': [(stack) => new s3.Bucket(stack, 'It'), []],
  'a bucket that counts requests': [(stack) => new s3.Bucket(stack, 'It', { metrics: [{ id: 'EntireBucket' }] }), ['Errors']],
  'a function': [(stack) => codeOf(stack, 'It'), ['Errors', 'NearTimeout', 'Throttles']],
  'a REST API': [(stack) => {
    const api = new apigateway.RestApi(stack, 'It', { cloudWatchRole: false });
    api.root.addMethod('GET');
    return api;
  }, ['Errors', 'Slow']],
  'an HTTP API': [(stack) => new apigatewayv2.HttpApi(stack, 'It'), ['Errors', 'Slow']],
  'a NAT gateway': [(stack) => new ec2.CfnNatGateway(stack, 'It', { subnetId: 'subnet-1' }), ['NatPacketsDropped', 'NatPortsExhausted']],
};

test.each(Object.entries(PLAIN))('%s is found, and watched by itself', (_, [define, alarms]) => {
  const stack = stackOf();
  define(stack);
  const bundle = new ObservabilityBundle(stack, 'Watch');
  bundle.watchEverything(stack);

  const template = Template.fromStack(stack);
  const names = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.AlarmName);
  expect(names.sort()).toEqual(alarms.map((it) => `Shop-Watch-It-${it}`));
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  expect(bundle.notWatched).toEqual([]);
});

test('a queue for dead letters is part of the queue that fills it', () => {
  const stack = stackOf();
  const dead = new sqs.Queue(stack, 'Dead');
  new sqs.Queue(stack, 'Emails', { deadLetterQueue: { queue: dead, maxReceiveCount: 5 } });

  expect(surveyed(stack).observations.map((it) => it.subject.node.path)).toEqual(['Shop/Emails']);
});

test('a queue for dead letters of something else speaks for itself, of every message in it', () => {
  const stack = stackOf();
  const dead = new sqs.Queue(stack, 'Dead');
  new lambda.Function(stack, 'Handler', { code: lambda.Code.fromInline(' '), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_22_X, deadLetterQueue: dead });

  const { signals } = surveyed(dead).observations[0];

  expect(signals.map(({ id }) => id)).toEqual(['DeadLetters']);
});

test('the queue for dead letters of a queue outside of the scope speaks for itself as well', () => {
  const stack = stackOf();
  const inside = new Construct(stack, 'Inside');
  const dead = new sqs.Queue(inside, 'Dead');
  new sqs.Queue(stack, 'Emails', { deadLetterQueue: { queue: dead, maxReceiveCount: 5 } });

  expect(surveyed(inside).observations.map(({ subject, signals }) => [subject.node.id, signals[0].id])).toEqual([['Dead', 'DeadLetters']]);
});

test('only what the AWS CDK itself calls so is taken for a part of it', () => {
  const stack = stackOf();
  new sqs.Queue(stack, 'framework-jobs');

  expect(surveyed(stack).observations).toHaveLength(1);
});

test('a method of the same name that means something else is no hindrance', () => {
  const stack = stackOf();
  const other = new Construct(stack, 'Other');
  Object.assign(other, { observe: () => undefined });
  new sqs.Queue(other, 'Emails');

  expect(surveyed(stack).observations.map(({ subject }) => subject.node.path)).toEqual(['Shop/Other/Emails']);
});

test('a construct that fails to say how it is is named', () => {
  const stack = stackOf();
  Object.assign(new Construct(stack, 'Broken'), { observe: () => { throw new Error('boom'); } });

  expect(() => surveyed(stack)).toThrow('[Shop/Broken] observe() failed: boom');
});

test('what speaks of a whole stack hides nothing else in it', () => {
  const stack = stackOf();
  const metric = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Orders' });
  Object.assign(new Construct(stack, 'Objective'), { observe: () => ({ subject: stack, title: 'Orders', metrics: [{ title: 'Orders', metric }], signals: [] }) });
  new sqs.Queue(stack, 'Emails');
  const bundle = new ObservabilityBundle(stack, 'Watch');
  bundle.watchEverything(stack);
  bundle.watchEverything(stack);

  Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 1);
});

test('what is out of reach is named, and does not keep the rest from being watched', () => {
  const app = appOf();
  const [shop, edge] = [stackIn(app, 'Shop'), stackIn(app, 'Edge', { account: '444455556666', region: 'us-east-1' })];
  new sqs.Queue(shop, 'Emails');
  new sqs.Queue(edge, 'Logs');
  const bundle = new ObservabilityBundle(shop, 'Watch');
  bundle.watchEverything(app);

  expect(bundle.notWatched).toEqual([{ path: 'Edge/Logs', type: 'aws-cdk-lib.aws_sqs.Queue', reason: 'it must be in the region eu-west-1' }]);
  Template.fromStack(shop).resourceCountIs('AWS::CloudWatch::Alarm', 1);
});

test('a replication group is measured by the nodes that it has, in clusters as well', () => {
  const stack = stackOf();
  new elasticache.CfnReplicationGroup(stack, 'It', { replicationGroupDescription: 'It', numNodeGroups: 2, replicasPerNodeGroup: 1 });
  new ObservabilityBundle(stack, 'Watch').watchEverything(stack);

  const [alarm] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  const nodes = alarm.Properties.Metrics.flatMap((it: any) => it.MetricStat?.Metric.Dimensions.map(({ Value }: any) => Value['Fn::Join'][1][1]) ?? []);
  expect(nodes).toEqual(['-0001-001', '-0001-002', '-0002-001', '-0002-002']);
});

test('a construct of ours speaks for itself, and for all that it is made of', () => {
  const stack = stackOf();
  const { vpc } = new PlatformNetwork(stack, 'Network');
  new PlatformService(stack, 'Api', webProps(stack, vpc));
  new ManagedPostgres(stack, 'Orders', databaseProps(vpc));

  const { observations, omitted } = surveyed(stack);

  expect(observations.map((it) => it.subject.node.id)).toEqual(['Network', 'Api', 'Orders']);
  expect(omitted).toEqual([]);
});

test('what has metrics that nobody here can read is named', () => {
  const stack = stackOf();
  new dynamodb.Table(stack, 'Sessions', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
  new CfnResource(stack, 'Stream', { type: 'AWS::Kinesis::Stream' });
  new CfnResource(stack, 'Nothing', { type: 'AWS::IAM::Role' });

  const reason = 'nobody here knows how to read its metrics';
  expect(surveyed(stack)).toEqual({
    observations: [],
    omitted: [{ path: 'Shop/Sessions/Resource', type: 'AWS::DynamoDB::Table', reason }, { path: 'Shop/Stream', type: 'AWS::Kinesis::Stream', reason }],
  });
});

test('what the AWS CDK needs for its own custom resources is left alone', () => {
  const stack = stackOf();
  vpcIn(stack).node.addMetadata('any', 'thing');
  codeOf(stack, 'AWS679f53fac002430cb0da5b7982bd2287');

  expect(surveyed(stack)).toMatchObject({ observations: [{ subject: { node: { id: 'NATGateway' } } }], omitted: [] });
});
