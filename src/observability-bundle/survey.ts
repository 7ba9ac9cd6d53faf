import { CfnResource, Stack } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import type { NotWatched } from './observability-bundle';
import { Watchable } from './watchable';
import type { IObservable, Observation } from '../contracts';
import type { Problem } from '../private/invalid';

/** What is there to watch. */
export interface Survey {
  /** What can be watched. */
  readonly observations: Observation[];
  /** What has metrics in CloudWatch and yet cannot be watched. */
  readonly omitted: NotWatched[];
}

/** Who looks around. */
export interface Surveyor {
  /** What is left out, with all that stands in it. */
  isLeftOut(construct: IConstruct): boolean;
  /** What is watched already. */
  isWatched(subject: IConstruct): boolean;
  /** Why something cannot be watched from here. */
  elsewhere(subject: IConstruct): Problem | undefined;
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

/**
 * Walks through a tree, from the outside to the inside, and into nothing that speaks for itself.
 */
export function surveyOf(scope: IConstruct, { isLeftOut, isWatched, elsewhere }: Surveyor): Survey {
  const survey: Survey = { observations: [], omitted: [] };
  const deadLetterQueues = new DeadLetterQueues(scope);
  const visit = (construct: IConstruct): void => {
    if (isLeftOut(construct) || isOfTheCdk(construct) || deadLetterQueues.areFilledBeside(construct)) {
      return;
    }
    const observation = ownObservation(construct) ?? watchableOf(construct, deadLetterQueues)?.observe();
    if (!observation) {
      if (CfnResource.isCfnResource(construct) && MEASURED_BY_AWS.test(construct.cfnResourceType)) {
        survey.omitted.push({ path: construct.node.path, type: construct.cfnResourceType, reason: 'nobody here knows how to read its metrics' });
      }
      construct.node.children.forEach(visit);
    } else if (!isWatched(observation.subject) && observation.metrics.length + observation.signals.length > 0) {
      const problem = elsewhere(observation.subject);
      problem
        ? survey.omitted.push({ path: construct.node.path, type: nameOf(construct.constructor), reason: `it ${problem.must}` })
        : survey.observations.push(observation);
    }
  };
  visit(scope);
  return survey;
}

/** What a construct says of itself; undefined if it says nothing, or `observe` means something else to it. */
function ownObservation(construct: IConstruct): Observation | undefined {
  const { observe } = construct as Partial<IObservable>;
  if (typeof observe !== 'function') {
    return undefined;
  }
  try {
    const observation: Partial<Observation> | undefined = observe.call(construct);
    return observation?.subject && Array.isArray(observation.metrics) && Array.isArray(observation.signals) ? observation as Observation : undefined;
  } catch (error) {
    throw new Error(`[${construct.node.path}] observe() failed: ${(error as Error).message}`, { cause: error });
  }
}

/** The functions behind custom resources of the AWS CDK: CloudFormation waits for them, so that their failure is no secret. */
function isOfTheCdk({ node }: IConstruct): boolean {
  return /^Custom::|^AWS[0-9a-f]{32}$|^(LogRetention|BucketNotificationsHandler)[0-9a-f]{32}$|^framework-on(Event|Timeout)$|^framework-isComplete$/.test(node.id);
}

/** Queues for what could not be worked off. That of a queue beside it is part of that queue; any other speaks for itself. */
class DeadLetterQueues {
  private readonly ofQueues = new Set<IConstruct>();
  private readonly ofOthers = new Set<IConstruct>();

  constructor(scope: IConstruct) {
    const beside = new Set(scope.node.findAll());
    scope.node.root.node.findAll().forEach((it) => {
      const { deadLetterQueue } = it as Partial<sqs.Queue>;
      const queue = deadLetterQueue?.queue ?? deadLetterQueue as unknown as IConstruct | undefined;
      if (queue) {
        (deadLetterQueue?.queue && beside.has(it) ? this.ofQueues : this.ofOthers).add(queue);
      }
    });
  }

  public areFilledBeside(queue: IConstruct): boolean {
    return this.ofQueues.has(queue);
  }

  public has(queue: IConstruct): boolean {
    return this.ofOthers.has(queue);
  }
}

/**
 * Constructs of the AWS CDK by the names of their classes. By name, since asking for the class itself would load it, and most
 * apps have but a few of these.
 */
const PLAIN: { readonly [name: string]: (construct: any) => Watchable } = {
  'aws_ecs.BaseService': Watchable.containerService,
  'aws_elasticloadbalancingv2.ApplicationLoadBalancer': Watchable.loadBalancer,
  'aws_rds.DatabaseInstance': Watchable.databaseInstance,
  'aws_rds.DatabaseInstanceFromSnapshot': Watchable.databaseInstance,
  'aws_rds.DatabaseInstanceReadReplica': Watchable.databaseInstance,
  'aws_rds.DatabaseCluster': Watchable.databaseCluster,
  'aws_rds.DatabaseClusterFromSnapshot': Watchable.databaseCluster,
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

/** As jsii names it, in all languages; a class of the app's own is what it extends. */
function nameOf(type: Function & { [RUNTIME_TYPE]?: { fqn: string } }): string {
  return type[RUNTIME_TYPE]?.fqn ?? type.name;
}

function watchableOf(construct: IConstruct, deadLetterQueues: DeadLetterQueues): Watchable | undefined {
  if (deadLetterQueues.has(construct)) {
    return Watchable.deadLetterQueue(construct as unknown as sqs.IQueue);
  }
  for (let type = construct.constructor; typeof type === 'function'; type = Object.getPrototypeOf(type)) {
    const read = PLAIN[nameOf(type).replace('aws-cdk-lib.', '')];
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
