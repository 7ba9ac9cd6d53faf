import { Lazy, Names } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FeatureFlags } from './feature-flags';
import type { Ingress } from './ingress';
import type { PlatformServiceProps } from './platform-service-props';
import { mustRollBack } from './rollback-alarm-check';
import { RollbackAlarms } from './rollback-alarms';
import type { Rollout } from './rollout';
import { isScaled, rangeOf } from './scalable-target';
import type { Scaling } from './scaling';
import { ServiceEnvironment } from './service-environment';
import { ServiceLoadBalancer } from './service-load-balancer';
import { observeService } from './service-observation';
import { settledTimes, type ServiceTimes } from './service-times';
import { capacity, privateSubnets, settledCluster, settledDeployment, settledRollout, settledTasks } from './service-validation';
import { SharedPlatform } from './shared-platform';
import { prepareWayBack } from './way-back';
import { IConnectedService, IObservable, IServiceDependency, NetworkRule, Observation } from '../contracts';
import { ServiceConfig } from '../environment/service-config';
import { Tier } from '../environment/tier';
import { FargateTask } from '../fargate-task/fargate-task';
import { encryptedLogGroup } from '../policy/encryption';
import { defaultsOf, type TierDefaults } from '../policy/tier-defaults';
import { mustBeOf, mustFit } from '../private/argument';
import { description } from '../private/description';
import { invalid } from '../private/invalid';

/**
 * A service on AWS Fargate: reached by HTTPS if it has an ingress, else a worker.
 *
 * A new version that does not start, or that sets off a rollback alarm, is taken back by Amazon ECS without anybody's
 * help. The process is not root, cannot change its file system, and has only the permissions that it was granted.
 */
export class PlatformService extends Construct implements IConnectedService, IObservable {
  /** The ECS service. */
  public readonly service: ecs.FargateService;
  /** The task definition. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;
  /** The container of the image. */
  public readonly container: ecs.ContainerDefinition;
  /** Where the container's output goes. */
  public readonly logGroup: logs.LogGroup;
  /** The load balancer, if the service has an ingress. */
  public readonly loadBalancer?: elbv2.ApplicationLoadBalancer;
  /** Who may reach the tasks, and whom they may reach. */
  public readonly connections: ec2.Connections;
  /** The role of the tasks. */
  public readonly grantPrincipal: iam.IPrincipal;
  private readonly mostTasks: number;
  private readonly environment: ServiceEnvironment;
  private readonly observation: () => Observation;
  private readonly dependencies = new Set<IServiceDependency>();
  private readonly rollbackAlarmNames = new Set<string>();

  /**
   * Throws, in words, for what AWS would refuse or what lowers a guard: sizes that Fargate does not offer, root, fewer
   * tasks than the tier wants, traffic to shift without an ingress, a second VPC in the stack's cluster, a name that
   * another service of the app has. Synth fails for a cluster of the app without the capacity providers of Fargate.
   */
  constructor(scope: Construct, id: string, props: PlatformServiceProps) {
    super(scope, id);
    mustFit(this, 'PlatformServiceProps', props);
    const tier = Tier._settle(this, props.tier);
    const defaults = defaultsOf(tier);
    const shared = SharedPlatform.of(this, tier);
    const rollout = settledRollout(this, props, defaults);
    const times = settledTimes(this, props, rollout);
    const { min, max } = settledTasks(this, props.scaling, tier);
    this.mostTasks = max;

    this.logGroup = encryptedLogGroup(this, 'Logs', shared.key, defaults);
    const task = new FargateTask(this, 'Task', {
      image: props.image,
      architecture: props.architecture ?? ecs.CpuArchitecture.ARM64,
      cpu: props.cpu ?? 512,
      memoryLimitMiB: props.memoryLimitMiB ?? 1024,
      command: props.command,
      healthCommand: props.healthCommand,
      startPeriod: times.startPeriod,
      stopTimeout: props.stopTimeout,
      port: props.ingress?.port,
      user: props.user ?? '1000:1000',
      writablePaths: props.writablePaths ?? ['/tmp'],
      logGroup: this.logGroup,
    });
    this.taskDefinition = task.definition;
    this.container = task.container;
    this.grantPrincipal = task.definition.taskRole;

    const strategies = capacity(defaults, min);
    const cluster = settledCluster(this, props, strategies) ?? shared.clusterIn(props.vpc, this);
    const subnets = privateSubnets(this, props.vpc);
    const securityGroup = this.defineSecurityGroup(props.vpc);
    this.service = new ecs.FargateService(this, 'Service', {
      cluster,
      taskDefinition: task.definition,
      // A deployment would take back what scaling has done, also where somebody else scales what is fixed here.
      desiredCount: min < max ? undefined : Lazy.number({ produce: () => isScaled(this.service) ? undefined : min }),
      vpcSubnets: subnets,
      assignPublicIp: false,
      securityGroups: [securityGroup],
      capacityProviderStrategies: strategies,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      ...settledDeployment(this, rollout, defaults),
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
      healthCheckGracePeriod: times.healthCheckGracePeriod,
      enableECSManagedTags: true,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    this.connections = this.service.connections;
    // A task that starts before it may pull its image, or reach its database, counts as a failed one.
    this.cfnService.node.addDependency(
      securityGroup, task.definition.obtainExecutionRole(), props.cluster ?? shared.capacityProviders, props.vpc.selectSubnets(subnets).internetConnectivityEstablished,
    );
    prepareWayBack(this, { service: this.service, definition: task.definition, logGroup: this.logGroup });
    this.passAlarmsOnce();
    this.countEveryFailure();
    this.scale(min, max, props.scaling);

    const front = props.ingress && this.defineFront(props.vpc, props.ingress, rollout, times, shared, defaults);
    this.loadBalancer = front?.loadBalancer;
    this.environment = this.defineEnvironment(task, props.config ?? new ServiceConfig(), shared);
    this.observation = () => observeService({
      subject: this,
      service: this.service,
      logGroup: this.logGroup,
      minTasks: rangeOf(this.service)?.min ?? min,
      rollout,
      front,
      restart: this.environment.restart,
    });
  }

  /** The most tasks that may run at once, whoever scales them: during a rollout the second set counts as well. */
  public get maxTasks(): number {
    return 2 * (rangeOf(this.service)?.max ?? this.mostTasks);
  }

  /**
   * Gives the service what it needs of each dependency: its address, its secrets, its files, the open port, and that it
   * is ready before tasks start.
   *
   * Connecting to the same thing twice is the same as once. Throws when two dependencies set the same variable, or lay
   * different files into the same place.
   */
  public connectTo(...dependencies: IServiceDependency[]): void {
    mustBeOf(this, 'IServiceDependency[]', dependencies, 'connectTo');
    dependencies.filter((it) => !this.dependencies.has(it)).forEach((dependency) => {
      const binding = dependency.bindToService(this);
      mustFit(this, 'ServiceBinding', binding, 'connectTo');
      this.environment.addVariables(binding.variables ?? {});
      this.environment.addSecrets(binding.secrets ?? {});
      this.environment.addFiles(binding.files ?? []);
      (binding.rules ?? []).forEach((rule) => this.reach(rule));
      this.cfnService.node.addDependency(...binding.before ?? []);
      this.dependencies.add(dependency);
    });
  }

  /**
   * Rolls a deployment back when this alarm goes off, in addition to the alarms that the service has of its own.
   *
   * It must be green as a rule: if one alarm is red when a deployment starts, ECS ignores all of them until it is over.
   *
   * Use this and not `service.enableDeploymentAlarms()`, which loses all alarms but the first list
   * (https://github.com/aws/aws-cdk/issues/36308). Throws for an alarm without a literal `alarmName`: a reference would
   * be a cycle where the alarm watches this service. Throws for more than 100 percent of the CPU or memory of a service,
   * database or cache: such an alarm never goes off.
   */
  public addRollbackAlarm(alarm: cloudwatch.Alarm): void {
    mustBeOf(this, 'cloudwatch.Alarm', alarm, 'alarm');
    this.rollbackAlarmNames.add(mustRollBack(this, alarm));
  }

  /** Its golden signals: requests, errors, response time, CPU, memory, tasks, and deployments that ECS gave up. */
  public observe(): Observation {
    return this.observation();
  }

  private get cfnService(): ecs.CfnService {
    return this.service.node.defaultChild as ecs.CfnService;
  }

  /** HTTPS out, for the image, logs, secrets and the world's APIs. Everything else is opened by `connectTo`. */
  private defineSecurityGroup(vpc: ec2.IVpc): ec2.SecurityGroup {
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc, description: description(`Tasks of ${this.node.path}`), allowAllOutbound: false,
    });
    securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'AWS APIs and other services by HTTPS');
    return securityGroup;
  }

  private defineFront(
    vpc: ec2.IVpc,
    ingress: Ingress,
    rollout: Rollout,
    { deregistrationDelay }: ServiceTimes,
    shared: SharedPlatform,
    defaults: TierDefaults,
  ): ServiceLoadBalancer {
    const front = new ServiceLoadBalancer(this, 'Ingress', { vpc, ingress, shared, defaults, deregistrationDelay });
    const { blue, green, productionRule } = front;
    this.service.loadBalancerTarget({
      containerName: this.container.containerName,
      containerPort: ingress.port,
      alternateTarget: new ecs.AlternateTarget('Alternate', {
        alternateTargetGroup: green,
        productionListener: ecs.ListenerRuleConfiguration.applicationListenerRule(productionRule),
        role: shared.trafficRole,
      }),
    }).attachToApplicationTargetGroup(blue);

    // A name must not lead to a load balancer without tasks, at first or when another audience has taken another one.
    front.record?.node.addDependency(this.cfnService);
    const alarms = new RollbackAlarms(this, 'RollbackAlarms', { traffic: front, rollout });
    alarms.names.forEach((name) => this.rollbackAlarmNames.add(name));
    this.cfnService.node.addDependency(alarms);
    return front;
  }

  private defineEnvironment(task: FargateTask, config: ServiceConfig, shared: SharedPlatform): ServiceEnvironment {
    const environment = new ServiceEnvironment(this, this.service, task, config.store, shared);
    environment.addVariables(config.variables, config.notSecret);
    environment.addNamedSecrets(config);
    if (config.flags.length > 0) {
      const flags = new FeatureFlags(this, 'Flags', config.flags);
      flags.grantRead(this);
      this.cfnService.node.addDependency(flags);
      environment.addVariables(flags.variables);
    }
    return environment;
  }

  private scale(min: number, max: number, scaling?: Scaling): void {
    if (min < max) {
      this.service.autoScaleTaskCount({ minCapacity: min, maxCapacity: max })
        .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: scaling?.targetPercent ?? 60 });
    }
  }

  /** Rendered once, whatever is added when; and not at all while there is none, since ECS refuses an empty list. */
  private passAlarmsOnce(): void {
    this.cfnService.addPropertyOverride('DeploymentConfiguration.Alarms', Lazy.any({
      produce: () => this.rollbackAlarmNames.size > 0 ? { AlarmNames: [...this.rollbackAlarmNames], Enable: true, Rollback: true } : undefined,
    }));
  }

  /**
   * By default a version whose tasks become healthy and die again, by turns, would never be given up. The L2 has no
   * prop for it.
   */
  private countEveryFailure(): void {
    this.cfnService.addPropertyOverride('DeploymentConfiguration.DeploymentCircuitBreaker.ResetOnHealthyTask', false);
  }

  /**
   * Opens the peer's port to the tasks, from this side: the rule stands in the service's own scope, and the service
   * waits for it. From the other side it would close a cycle between the two stacks, or between the two constructs.
   */
  private reach({ peer, port }: NetworkRule): void {
    if (peer.connections.securityGroups.length === 0) {
      throw invalid(this, 'rules', { must: 'must name a peer with a security group', got: port.toString(), remedy: 'give the dependency a security group' });
    }
    peer.connections.securityGroups.forEach((securityGroup) => {
      const id = `Peer${Names.nodeUniqueId(securityGroup.node)}`;
      const known = this.node.tryFindChild(id) as ec2.ISecurityGroup | undefined;
      const imported = known ?? ec2.SecurityGroup.fromSecurityGroupId(this, id, securityGroup.securityGroupId);
      imported.connections.allowFrom(this.service, port, description(`Tasks of ${this.node.path}`));
      this.cfnService.node.addDependency(imported);
    });
  }
}
