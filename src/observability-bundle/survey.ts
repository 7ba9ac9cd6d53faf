import { CfnResource, Stack } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
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
  const deadLetterQueues = new Set(scope.node.findAll().map((it) => (it as sqs.Queue).deadLetterQueue?.queue).filter((it) => it !== undefined));
  const visit = (construct: IConstruct): void => {
    if (isPassedOver(construct) || isOfTheCdk(construct)) {
      return;
    }
    const observable = isObservable(construct) ? construct : deadLetterQueues.has(construct as unknown as sqs.Queue) ? undefined : watchableOf(construct);
    if (observable) {
      survey.observables.push(observable);
    } else if (CfnResource.isCfnResource(construct) && MEASURED_BY_AWS.test(construct.cfnResourceType) && !deadLetterQueues.has(construct.node.scope as unknown as sqs.Queue)) {
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

/**
 * Constructs of the AWS CDK by the names of their classes. By name, since asking for the class itself would load it, and most
 * apps have but a few of these.
 */
const PLAIN: { readonly [name: string]: (construct: any) => Watchable } = {
  'aws_ecs.BaseService': Watchable.containerService,
  'aws_elasticloadbalancingv2.ApplicationLoadBalancer': Watchable.loadBalancer,
  'aws_rds.DatabaseInstance': Watchable.databaseInstance,
  'aws_rds.DatabaseInstanceReadReplica': Watchable.readReplica,
  'aws_rds.DatabaseCluster': Watchable.databaseCluster,
  'aws_elasticache.CfnReplicationGroup': Watchable.replicationGroup,
  'aws_elasticache.CfnCacheCluster': Watchable.cacheCluster,
  'aws_sqs.Queue': Watchable.queue,
  'aws_sns.Topic': Watchable.topic,
  'aws_s3.Bucket': (bucket: s3.Bucket) => Watchable.bucket(bucket, requestMetricsOf(bucket)),
  'aws_lambda.Function': Watchable.lambdaFunction,
  'aws_apigateway.RestApi': Watchable.restApi,
  'aws_apigatewayv2.HttpApi': Watchable.httpApi,
  'aws_ec2.CfnNatGateway': Watchable.natGateway,
};

/** Where jsii keeps the name of a class. */
const RUNTIME_TYPE = Symbol.for('jsii.rtti');

function watchableOf(construct: IConstruct): Watchable | undefined {
  for (let type = construct.constructor; typeof type === 'function'; type = Object.getPrototypeOf(type)) {
    const { fqn = '' } = (type as { [RUNTIME_TYPE]?: { fqn: string } })[RUNTIME_TYPE] ?? {};
    const read = PLAIN[fqn.replace('aws-cdk-lib.', '')];
    if (read) {
      return read(construct);
    }
  }
  return undefined;
}

/** The metrics configuration of a bucket that leaves no request out. */
function requestMetricsOf(bucket: s3.Bucket): string | undefined {
  const { metricsConfigurations = [] } = bucket.node.defaultChild as s3.CfnBucket;
  const all: s3.CfnBucket.MetricsConfigurationProperty[] = Stack.of(bucket).resolve(metricsConfigurations) ?? [];
  return all.find((it) => !it.prefix && !it.tagFilters && !it.accessPointArn)?.id;
}
