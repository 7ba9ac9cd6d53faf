import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elasticache from 'aws-cdk-lib/aws-elasticache';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as rds from 'aws-cdk-lib/aws-rds';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { IObservable, Observation } from '../contracts';
import { observeHttpApi, observeRestApi } from '../golden-signals/api';
import { observeBucket } from '../golden-signals/bucket';
import { observeCacheCluster, observeReplicationGroup } from '../golden-signals/cache';
import { observeContainerService } from '../golden-signals/container-service';
import { observeDatabaseCluster, observeDatabaseInstance } from '../golden-signals/database';
import { observeFunction } from '../golden-signals/function';
import { observeLoadBalancer } from '../golden-signals/load-balancer';
import { observeNatGateways } from '../golden-signals/nat-gateway';
import { maxAgeOf, observeQueue } from '../golden-signals/queue';
import { observeTopic } from '../golden-signals/topic';
import { mustBeOf } from '../private/argument';

/**
 * Constructs of the AWS CDK that a bundle can watch, beside those that can say for themselves what matters.
 *
 * `bundle.watchEverything()` finds all of them by itself.
 */
export class Watchable implements IObservable {
  /** A service of Amazon ECS: CPU and memory of its tasks. */
  public static containerService(service: ecs.BaseService): Watchable {
    mustBeOf('Watchable.containerService', 'ecs.BaseService', service, 'service');
    return new Watchable(() => observeContainerService(service));
  }

  /** An application load balancer: requests, errors, response time. */
  public static loadBalancer(loadBalancer: elbv2.IApplicationLoadBalancer): Watchable {
    mustBeOf('Watchable.loadBalancer', 'elasticloadbalancingv2.IApplicationLoadBalancer', loadBalancer, 'loadBalancer');
    return new Watchable(() => observeLoadBalancer(loadBalancer));
  }

  /** A database instance of Amazon RDS: CPU, memory, storage, connections, how far a replica is behind, and whether it reports at all. */
  public static databaseInstance(instance: rds.IDatabaseInstance): Watchable {
    mustBeOf('Watchable.databaseInstance', 'rds.IDatabaseInstance', instance, 'instance');
    return new Watchable(() => observeDatabaseInstance(instance));
  }

  /** An Aurora cluster: CPU, memory, connections, deadlocks, and whether it reports at all. */
  public static databaseCluster(cluster: rds.IDatabaseCluster): Watchable {
    mustBeOf('Watchable.databaseCluster', 'rds.IDatabaseCluster', cluster, 'cluster');
    return new Watchable(() => observeDatabaseCluster(cluster));
  }

  /** A replication group of Amazon ElastiCache: CPU, memory and evictions of its worst node, of the first ten. */
  public static replicationGroup(group: elasticache.CfnReplicationGroup): Watchable {
    mustBeOf('Watchable.replicationGroup', 'elasticache.CfnReplicationGroup', group, 'group');
    return new Watchable(() => observeReplicationGroup(group));
  }

  /** A cache cluster of Amazon ElastiCache. */
  public static cacheCluster(cluster: elasticache.CfnCacheCluster): Watchable {
    mustBeOf('Watchable.cacheCluster', 'elasticache.CfnCacheCluster', cluster, 'cluster');
    return new Watchable(() => observeCacheCluster(cluster));
  }

  /** A queue of Amazon SQS: messages that wait for too long, a quarter of an hour or all attempts at them, and its dead letters. */
  public static queue(queue: sqs.IQueue): Watchable {
    mustBeOf('Watchable.queue', 'sqs.IQueue', queue, 'queue');
    return new Watchable(() => observeQueue({ subject: queue, queue, deadLetterQueue: (queue as Partial<sqs.Queue>).deadLetterQueue?.queue, maxAge: maxAgeOf(queue) }));
  }

  /** A queue of Amazon SQS to which others send what they could not work off: any message in it. */
  public static deadLetterQueue(queue: sqs.IQueue): Watchable {
    mustBeOf('Watchable.deadLetterQueue', 'sqs.IQueue', queue, 'queue');
    return new Watchable(() => observeQueue({ subject: queue, queue, deadLetterQueue: queue }));
  }

  /** A topic of Amazon SNS: notifications that fail. */
  public static topic(topic: sns.ITopic): Watchable {
    mustBeOf('Watchable.topic', 'sns.ITopic', topic, 'topic');
    return new Watchable(() => observeTopic(topic));
  }

  /**
   * A bucket of Amazon S3: its size.
   *
   * @param requestMetrics the id of a metrics configuration that counts all requests; without one S3 counts none, and nothing can be an alarm
   */
  public static bucket(bucket: s3.IBucket, requestMetrics?: string): Watchable {
    mustBeOf('Watchable.bucket', 's3.IBucket', bucket, 'bucket');
    return new Watchable(() => observeBucket({ subject: bucket, bucket, requestMetrics }));
  }

  /** A function of AWS Lambda: errors, throttles, duration. */
  public static lambdaFunction(handler: lambda.IFunction): Watchable {
    mustBeOf('Watchable.lambdaFunction', 'lambda.IFunction', handler, 'handler');
    return new Watchable(() => observeFunction(handler));
  }

  /** A REST API of Amazon API Gateway: requests, errors, response time. */
  public static restApi(api: apigateway.RestApi): Watchable {
    mustBeOf('Watchable.restApi', 'apigateway.RestApi', api, 'api');
    return new Watchable(() => observeRestApi(api));
  }

  /** An HTTP API of Amazon API Gateway: requests, errors, response time. */
  public static httpApi(api: apigatewayv2.HttpApi): Watchable {
    mustBeOf('Watchable.httpApi', 'apigatewayv2.HttpApi', api, 'api');
    return new Watchable(() => observeHttpApi(api));
  }

  /** A NAT gateway: connections for which it has no port, and packets that it drops. */
  public static natGateway(gateway: ec2.CfnNatGateway): Watchable {
    mustBeOf('Watchable.natGateway', 'ec2.CfnNatGateway', gateway, 'gateway');
    return new Watchable(() => observeNatGateways({ subject: gateway, title: `NAT of ${gateway.node.scope!.node.id}`, gatewayIds: [gateway.attrNatGatewayId] }));
  }

  private constructor(private readonly answer: () => Observation) {}

  /** Says what to look at, and what to be woken up for. */
  public observe(): Observation {
    return this.answer();
  }
}
