import { type Duration, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { callerSecurityGroup } from './caller-security-group';
import { permitPeople } from './people-permissions';
import type { ReachedDatabase } from './reached-database';
import type { PeopleAccessOutput } from './stack-output';
import { busybox } from '../fargate-task/busybox';
import { encryptedLogGroup } from '../policy/encryption';
import { acknowledge, acknowledgeInlinePolicies, acknowledgeSignIn, PACKS } from '../private/acknowledge';
import { defineCommandOutput, pathInStack } from '../private/command-output';

export interface PeopleTunnelProps extends ReachedDatabase {
  readonly timeLimit: Duration;
  readonly readOnlyRole: string;
  readonly readWriteRole: string;
  readonly operatorRole: string;
}

/** What the agent of ECS Exec needs: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions */
const CHANNELS = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map((it) => `ssmmessages:${it}`);

/**
 * The way on which people reach a database: a task that somebody starts, which waits and ends, and through which Session
 * Manager forwards one port. It knows no credentials.
 *
 * Its names are fixed: policies in other stacks name them, and must not hold on to one revision of the task.
 */
export class PeopleTunnel extends Construct {
  /** What the container wrote, and shells that somebody with other rights opened in it. */
  public readonly logGroup: logs.LogGroup;
  private readonly name: string;
  private readonly definition: ecs.FargateTaskDefinition;

  constructor(scope: Construct, id: string, props: PeopleTunnelProps) {
    super(scope, id);
    this.name = `${props.identifier}-people`;
    this.logGroup = encryptedLogGroup(this, 'Logs', props.key, props.defaults);
    const cluster = new ecs.Cluster(this, 'Cluster', {
      vpc: props.vpc,
      clusterName: this.name,
      containerInsightsV2: ecs.ContainerInsights.ENHANCED,
      executeCommandConfiguration: {
        kmsKey: props.key,
        logging: ecs.ExecuteCommandLogging.OVERRIDE,
        logConfiguration: { cloudWatchLogGroup: this.logGroup, cloudWatchEncryptionEnabled: true },
      },
    });
    this.definition = this.defineTask(props);
    this.defineOutput(props, cluster, callerSecurityGroup(this, { ...props, who: `People at ${scope.node.path}`, https: 'The image, logs and Session Manager' }));
  }

  /** Lets somebody open the way, and close it: not sign in. */
  public grant(grantee: iam.IGrantable): iam.Grant {
    return permitPeople(this, grantee, {
      cluster: this.name, family: this.name, roles: [this.definition.taskRole, this.definition.obtainExecutionRole()],
    });
  }

  private defineTask({ timeLimit, key }: PeopleTunnelProps): ecs.FargateTaskDefinition {
    const definition = new ecs.FargateTaskDefinition(this, 'Definition', {
      family: this.name,
      cpu: 256,
      memoryLimitMiB: 512,
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
    });
    definition.addContainer('Wait', {
      containerName: 'wait',
      image: busybox(this, ecs.CpuArchitecture.ARM64),
      // Whoever starts a task can replace its command, and never its entry point: what is added is not looked at.
      entryPoint: ['/bin/sh', '-c', `exec /bin/sleep ${timeLimit.toSeconds()}`],
      user: '65534:65534',
      readonlyRootFilesystem: false,
      privileged: false,
      linuxParameters: new ecs.LinuxParameters(this, 'Linux', { initProcessEnabled: true }),
      logging: ecs.LogDrivers.awsLogs({
        streamPrefix: 'wait', logGroup: this.logGroup, mode: ecs.AwsLogDriverMode.NON_BLOCKING, maxBufferSize: Size.mebibytes(1),
      }),
    });
    acknowledge(definition, 'The agent of Session Manager writes into the file system of the container, and AWS supports no other way: '
      + 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations. The container does nothing but sleep, and ends with its time.',
    'GoldenPath-ECSReadonlyRoot');
    this.permitTask(definition, key);
    return definition;
  }

  /** Channels of Session Manager, and the log that the cluster demands of a shell: without it ECS would refuse one unrecorded. */
  private permitTask(definition: ecs.FargateTaskDefinition, key: kms.IKey): void {
    const { taskRole } = definition;
    [taskRole, definition.obtainExecutionRole()].forEach(acknowledgeInlinePolicies);
    acknowledgeSignIn(definition.obtainExecutionRole());
    taskRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: [...CHANNELS, 'logs:DescribeLogGroups'], resources: ['*'] }));
    taskRole.addToPrincipalPolicy(new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn],
    }));
    key.grantDecrypt(taskRole);
    acknowledge(taskRole, 'Channels of Session Manager and the list of log groups take no resource: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html.',
      `${PACKS.aws}-IAM5[Resource::*]`);
  }

  private defineOutput(props: PeopleTunnelProps, cluster: ecs.Cluster, securityGroup: ec2.SecurityGroup): void {
    const { vpc, instance, port, database, readOnlyRole, readWriteRole, operatorRole, timeLimit } = props;
    const subnets = vpc.selectSubnets({ subnetType: vpc.privateSubnets.length > 0 ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PRIVATE_ISOLATED });
    defineCommandOutput<PeopleAccessOutput>(this, 'Connect', 'Where cdk-golden-path connect finds the database', {
      kind: 'cdk-golden-path/people-access',
      database: pathInStack(this.node.scope as Construct),
      region: Stack.of(this).region,
      cluster: cluster.clusterName,
      taskDefinition: this.definition.taskDefinitionArn,
      subnets: subnets.subnetIds,
      securityGroups: [securityGroup.securityGroupId],
      host: instance.dbInstanceEndpointAddress,
      port,
      databaseName: database,
      readOnlyRole,
      readWriteRole,
      operatorRole,
      timeLimitSeconds: timeLimit.toSeconds(),
    });
  }
}
