import { CfnResource, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { Watchable } from './watchable';
import type { IObservable } from '../contracts';

/** What is there to watch. */
export interface Survey {
  /** What can be watched. */
  readonly observables: IObservable[];
  /** What has metrics in CloudWatch that nobody here knows how to read, by path and type. */
  readonly unknown: string[];
}

/**
 * Types with metrics of their own for which there is no reading.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html
 */
const MEASURED_BY_AWS = new RegExp(`^AWS::(${[
  'AmazonMQ::Broker', 'ApiGateway::RestApi', 'ApiGatewayV2::Api', 'AppRunner::Service', 'AppSync::GraphQLApi', 'AutoScaling::AutoScalingGroup', 'Batch::JobQueue',
  'CloudFront::Distribution', 'CodeBuild::Project', 'Cognito::UserPool', 'DocDB::DBCluster', 'DynamoDB::(Global)?Table', 'EC2::Instance', 'EC2::NatGateway', 'EC2::TransitGateway',
  'EC2::VPNConnection', 'ECS::Service', 'EFS::FileSystem', 'EKS::Cluster', 'ElastiCache::(CacheCluster|ReplicationGroup|ServerlessCache)', 'ElasticLoadBalancing(V2)?::LoadBalancer',
  'Elasticsearch::Domain', 'Events::Rule', 'FSx::FileSystem', 'Glue::Job', 'Kinesis::Stream', 'KinesisFirehose::DeliveryStream', 'Lambda::Function', 'MSK::(Cluster|ServerlessCluster)',
  'MemoryDB::Cluster', 'Neptune::DBCluster', 'OpenSearchService::Domain', 'Pipes::Pipe', 'RDS::(DBCluster|DBInstance|DBProxy)', 'Redshift::Cluster', 'Route53::HealthCheck',
  'S3::Bucket', 'SNS::Topic', 'SQS::Queue', 'SageMaker::Endpoint', 'Scheduler::Schedule', 'StepFunctions::StateMachine', 'Synthetics::Canary', 'Transfer::Server', 'WAFv2::WebACL',
].join('|')})$`);

/** Walks through a tree, from the outside to the inside, and into nothing that speaks for itself or that is passed over. */
export function surveyOf(scope: IConstruct, isPassedOver: (construct: IConstruct) => boolean): Survey {
  const survey: Survey = { observables: [], unknown: [] };
  const deadLetterQueues = new Set(scope.node.findAll().filter((it): it is sqs.Queue => it instanceof sqs.Queue).map((it) => it.deadLetterQueue?.queue));
  const visit = (construct: IConstruct): void => {
    if (isPassedOver(construct) || isOfTheCdk(construct)) {
      return;
    }
    const observable = isObservable(construct) ? construct : deadLetterQueues.has(construct as sqs.Queue) ? undefined : watchableOf(construct);
    if (observable) {
      survey.observables.push(observable);
    } else if (CfnResource.isCfnResource(construct) && MEASURED_BY_AWS.test(construct.cfnResourceType) && !deadLetterQueues.has(construct.node.scope as sqs.Queue)) {
      survey.unknown.push(`${construct.node.path} (${construct.cfnResourceType})`);
    }
    if (!observable) {
      construct.node.children.forEach(visit);
    }
  };
  visit(scope);
  return survey;
}

function isObservable(construct: IConstruct): construct is IConstruct & IObservable {
  return typeof (construct as unknown as IObservable).observe === 'function';
}

/** The functions behind custom resources of the AWS CDK: CloudFormation waits for them, so that their failure is no secret. */
function isOfTheCdk({ node }: IConstruct): boolean {
  return /^Custom::|^AWS[0-9a-f]{32}$|^LogRetention[0-9a-f]{32}$|^framework-/.test(node.id);
}

function watchableOf(construct: IConstruct): Watchable | undefined {
  if (construct instanceof ecs.BaseService) return Watchable.containerService(construct);
  if (construct instanceof elbv2.ApplicationLoadBalancer) return Watchable.loadBalancer(construct);
  if (construct instanceof rds.DatabaseInstance) return Watchable.databaseInstance(construct);
  if (construct instanceof rds.DatabaseInstanceReadReplica) return Watchable.readReplica(construct);
  if (construct instanceof rds.DatabaseCluster) return Watchable.databaseCluster(construct);
  if (construct instanceof elasticache.CfnReplicationGroup) return Watchable.replicationGroup(construct);
  if (construct instanceof elasticache.CfnCacheCluster) return Watchable.cacheCluster(construct);
  if (construct instanceof sqs.Queue) return Watchable.queue(construct);
  if (construct instanceof sns.Topic) return Watchable.topic(construct);
  if (construct instanceof s3.Bucket) return Watchable.bucket(construct, requestMetricsOf(construct));
  if (construct instanceof lambda.Function) return Watchable.lambdaFunction(construct);
  if (construct instanceof apigateway.RestApi) return Watchable.restApi(construct);
  if (construct instanceof apigatewayv2.HttpApi) return Watchable.httpApi(construct);
  if (construct instanceof ec2.CfnNatGateway) return Watchable.natGateway(construct);
  return undefined;
}

/** The metrics configuration of a bucket that leaves no request out. */
function requestMetricsOf(bucket: s3.Bucket): string | undefined {
  const { metricsConfigurations = [] } = bucket.node.defaultChild as s3.CfnBucket;
  const all: s3.CfnBucket.MetricsConfigurationProperty[] = Stack.of(bucket).resolve(metricsConfigurations) ?? [];
  return all.find((it) => !it.prefix && !it.tagFilters && !it.accessPointArn)?.id;
}
