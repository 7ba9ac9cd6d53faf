import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, type IDependable } from 'constructs';
import { Firewall } from './firewall';
import { SecretRestart } from './secret-restart';
import type { IObservable, Observation } from '../contracts';
import type { Tier } from '../environment/tier';
import { accessLogBucket } from '../policy/access-logs';
import { admitLogs, dataKey } from '../policy/encryption';
import { keepProviderLogs } from '../policy/provider-logs';
import { defaultsOf, type TierDefaults } from '../policy/tier-defaults';
import { acknowledge, PACKS } from '../private/acknowledge';
import { invalid } from '../private/invalid';

/**
 * What the services of one stack share, so that the second service costs no second cluster, key, bucket or firewall.
 *
 * There is one for each tier that a stack's services have, which is one, unless a service overrides it. Each part is
 * defined when a service first needs it.
 */
export class SharedPlatform extends Construct implements IObservable {
  public static of(scope: Construct, tier: Tier): SharedPlatform {
    const stack = Stack.of(scope);
    const id = `Platform-${tier.name}`;
    return stack.node.tryFindChild(id) as SharedPlatform | undefined ?? new SharedPlatform(stack, id, tier);
  }

  private readonly defaults: TierDefaults;
  private cluster?: ecs.Cluster;
  private dataKey?: kms.Key;
  private accessLogs?: s3.Bucket;
  private firewall?: Firewall;
  private role?: iam.Role;
  private restart?: SecretRestart;

  private constructor(scope: Construct, id: string, tier: Tier) {
    super(scope, id);
    this.defaults = defaultsOf(tier);
  }

  /** What the firewall let through and what it stopped. */
  public observe(): Observation {
    return { subject: this, title: 'Platform', metrics: this.firewall?.metrics ?? [], signals: [] };
  }

  /** The cluster of the stack's services. It belongs to one VPC: a service in another one brings its own cluster. */
  public clusterIn(vpc: ec2.IVpc, service: Construct): ecs.Cluster {
    this.cluster ??= this.defineCluster(vpc);
    if (this.cluster.vpc.vpcId !== vpc.vpcId) {
      throw invalid(service, 'vpc', {
        must: `must be that of the stack's other services, ${this.cluster.vpc.node.path}`, got: vpc.node.path, remedy: "give this service a 'cluster' of its own",
      });
    }
    return this.cluster;
  }

  /** The key of the services' logs and configuration. */
  public get key(): kms.Key {
    if (!this.dataKey) {
      this.dataKey = dataKey(this, 'Key', `Logs and configuration of the services in ${Stack.of(this).node.path}`, this.defaults);
      admitLogs(this.dataKey);
    }
    return this.dataKey;
  }

  /** The role with which ECS moves traffic between two target groups. */
  public get trafficRole(): iam.Role {
    if (!this.role) {
      this.role = new iam.Role(this, 'TrafficRole', {
        description: 'Amazon ECS moves traffic between the two versions of a service',
        assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com'),
        managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonECSInfrastructureRolePolicyForLoadBalancers')],
      });
      acknowledge(this.role, 'AWS maintains this policy for exactly this service role, and Amazon ECS asks for it by name.',
        `${PACKS.aws}-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers]`);
    }
    return this.role;
  }

  /** The firewall in front of services that are open to everybody. */
  public get webAcl(): Firewall {
    this.firewall ??= new Firewall(this, 'Firewall', { logKey: this.key, defaults: this.defaults });
    return this.firewall;
  }

  /** What must be there before a service can name a capacity provider, and must stay until the service is gone. */
  public get capacityProviders(): IDependable {
    return this.node.findChild('CapacityProviders');
  }

  /** What restarts services whose secrets have changed. */
  public get secretRestart(): SecretRestart {
    this.restart ??= new SecretRestart(this, 'SecretRestart', { key: this.key, defaults: this.defaults });
    return this.restart;
  }

  /** Where load balancers write who asked for what. */
  public get accessLogBucket(): s3.Bucket {
    this.accessLogs ??= this.defineAccessLogBucket();
    return this.accessLogs;
  }

  /** The association is our own, since the one of the L2 is defined too late for services to wait for it. */
  private defineCluster(vpc: ec2.IVpc): ecs.Cluster {
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENHANCED });
    new ecs.CfnClusterCapacityProviderAssociations(this, 'CapacityProviders', {
      cluster: cluster.clusterName, capacityProviders: ['FARGATE', 'FARGATE_SPOT'], defaultCapacityProviderStrategy: [],
    });
    return cluster;
  }

  /** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html */
  private defineAccessLogBucket(): s3.Bucket {
    const stack = Stack.of(this);
    const bucket = accessLogBucket(this, 'AccessLogs', this.defaults);
    if (this.defaults.removal === RemovalPolicy.DESTROY) {
      keepProviderLogs(this, 'Custom::S3AutoDeleteObjects', this.key, this.defaults);
    }
    bucket.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'LoadBalancerLogs',
      principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`*/AWSLogs/${stack.account}/*`)],
      conditions: { ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'elasticloadbalancing', resource: 'loadbalancer', resourceName: '*' }) } },
    }));
    return bucket;
  }
}
