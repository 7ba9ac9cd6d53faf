import * as fs from 'fs';
import * as path from 'path';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as rds from 'aws-cdk-lib/aws-rds';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IDependable } from 'constructs';
import { callerSecurityGroup } from './caller-security-group';
import { gateMachine } from './gate-machine';
import { permitGate } from './gate-permissions';
import type { ServiceFile } from '../contracts';
import type { SettledMigrations } from './migrations/settled-migrations';
import type { ReachedDatabase } from './reached-database';
import type { MigrationTaskOutput } from './stack-output';
import { FargateTask } from '../fargate-task/fargate-task';
import { MIGRATION_GATE_RESOURCE_TYPE, type MigrationGateProperties, SERVICE_TIMEOUT_SECONDS } from '../handlers/migration-gate/contract';
import { MigrationGateFunction } from '../handlers/migration-gate/migration-gate-function';
import type { MigrationGuardEnvironment } from '../handlers/migration-guard/contract';
import { encryptedLogGroup, machineLogGroup } from '../policy/encryption';
import { acknowledge, acknowledgeInlinePolicies, acknowledgeWildcard, inNistAndHipaa, PACKS } from '../private/acknowledge';
import { defineCommandOutput, pathInStack } from '../private/command-output';
import { description } from '../private/description';

export interface MigrationGateProps extends ReachedDatabase {
  readonly migrations: SettledMigrations;
  readonly ownerSecret: rds.DatabaseSecret;
  readonly authorities?: ServiceFile;
  /** When the owner can sign in. */
  readonly rolesReady: IDependable;
}

/** The program that holds the lock while the tool works, as it is laid into the task. */
const GUARD: ServiceFile = {
  path: '/opt/cdk-golden-path/migration-guard.js',
  get content() {
    return fs.readFileSync(path.join(__dirname, '../../assets/handlers/migration-guard/main/migration-guard.js'), 'utf8');
  },
};

/**
 * The one place where migrations are run: a deployment passes it before any service that uses the database starts tasks.
 *
 * The team's image runs as a task of its own, as the owner of the schema. A function calls it for CloudFormation, and a state
 * machine calls the function until the answer is given.
 */
export class MigrationGate extends Construct {
  /** Finished when the schema is where the services want it. */
  public readonly ready: IDependable;
  /** The record of all runs: who, what, from where to where, how long, and how it ended. */
  public readonly logGroup: logs.LogGroup;
  /** The task that migrates. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;

  constructor(scope: Construct, id: string, props: MigrationGateProps) {
    super(scope, id);
    this.logGroup = encryptedLogGroup(this, 'Logs', props.key, props.defaults);
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc: props.vpc, containerInsightsV2: ecs.ContainerInsights.ENHANCED });
    const securityGroup = callerSecurityGroup(this, { ...props, who: `Migrations of ${scope.node.path}`, https: 'The image, logs and secrets' });
    const task = this.defineTask(props);
    this.taskDefinition = task.definition;
    const handler = this.defineFunction(props);
    const machine = this.defineMachine(handler, props);
    permitGate(this, handler.role!, {
      cluster, definition: task.definition, logGroup: this.logGroup, instanceIdentifier: props.identifier, reverts: props.migrations.onRollback === 'revert',
    });
    this.ready = this.defineGate(props, { cluster, securityGroup, task, handler, machine });
  }

  private defineTask({ migrations, instance, identifier, port, database, ownerSecret, authorities }: MigrationGateProps): FargateTask {
    const { image, architecture, cpu, memoryLimitMiB, user, variables } = migrations;
    const task = new FargateTask(this, 'Task', {
      image, architecture, cpu, memoryLimitMiB, user, command: ['node', GUARD.path], writablePaths: ['/tmp'], logGroup: this.logGroup,
    });
    const guard: Omit<MigrationGuardEnvironment, 'MIGRATION_ACTION' | 'MIGRATION_RUN' | 'MIGRATION_STARTED_BY' | 'MIGRATION_DEADLINE'> = {
      MIGRATION_RELEASE: migrations.release,
      MIGRATION_IMAGE: task.container.imageName,
      MIGRATION_DATABASE: identifier,
      MIGRATION_DATA_SOURCE: migrations.dataSource,
      MIGRATION_NEWEST: migrations.newest,
    };
    const libpq = {
      PGHOST: instance.dbInstanceEndpointAddress,
      PGPORT: String(port),
      PGDATABASE: database,
      PGSSLMODE: 'verify-full',
      ...authorities && { PGSSLROOTCERT: authorities.path, NODE_EXTRA_CA_CERTS: authorities.path },
    };
    Object.entries({ ...variables, ...libpq, ...guard }).forEach(([name, value]) => task.addVariable(name, value));
    task.addSecret('PGUSER', { secret: ownerSecret, field: 'username' });
    task.addSecret('PGPASSWORD', { secret: ownerSecret, field: 'password' });
    [GUARD, ...authorities ? [authorities] : []].forEach((file) => task.addFile(file));
    return task;
  }

  private defineFunction({ key, defaults }: MigrationGateProps): MigrationGateFunction {
    const handler = new MigrationGateFunction(this, 'Function', {
      description: description(`Runs the migrations of the database ${this.node.scope!.node.path}`),
      timeout: Duration.minutes(2),
      memorySize: 256,
      environmentEncryption: key,
      logGroup: encryptedLogGroup(this, 'FunctionLogs', key, defaults),
    });
    acknowledge(handler, 'CloudFormation calls this function with one event at a time and waits for the answer, and a state machine repeats its calls one by one: '
      + 'calls never pile up, and CloudFormation is told what failed.',
    ...inNistAndHipaa('LambdaDLQ'), ...inNistAndHipaa('LambdaConcurrency'));
    acknowledge(handler, 'The function calls APIs of AWS and nothing else: there is nothing in the VPC that it has to reach.', ...inNistAndHipaa('LambdaInsideVPC'), `${PACKS.pci}-LambdaInsideVPC`);
    acknowledge(handler.role!, 'AWS maintains this policy for functions: it lets them write logs, and nothing else.',
      `${PACKS.aws}-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]`);
    acknowledgeInlinePolicies(handler.role!);
    return handler;
  }

  private defineMachine(handler: MigrationGateFunction, { key, defaults }: MigrationGateProps): sfn.StateMachine {
    const machine: sfn.StateMachine = new sfn.StateMachine(this, 'Machine', {
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(gateMachine(handler.functionArn))),
      logs: { destination: machineLogGroup(this, 'MachineLogs', key, defaults, () => machine), level: sfn.LogLevel.ALL, includeExecutionData: false },
      tracingEnabled: true,
    });
    handler.grantInvoke(machine);
    acknowledgeInlinePolicies(machine.role);
    acknowledge(machine.role, 'Log deliveries and traces take no resource: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html and https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html.',
      `${PACKS.aws}-IAM5[Resource::*]`);
    acknowledgeWildcard(machine.role, `${handler.functionArn}:*`, 'All versions of one function: the grant of the AWS CDK names them beside the function.');
    return machine;
  }

  private defineGate({ migrations, instance, identifier, vpc, target, rolesReady }: MigrationGateProps, gate: GateParts): IDependable {
    const { cluster, securityGroup, task, handler, machine } = gate;
    // In a policy of its own: the function must not wait for the machine, which names the function.
    const start = new iam.Policy(this, 'Start', {
      roles: [handler.role!],
      statements: [new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] })],
    });
    acknowledgeInlinePolicies(start);
    const subnets = vpc.selectSubnets({ subnetType: vpc.privateSubnets.length > 0 ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PRIVATE_ISOLATED });
    const properties: MigrationGateProperties = {
      StateMachine: machine.stateMachineArn,
      Release: migrations.release,
      TaskDefinition: task.definition.taskDefinitionArn,
      Container: task.container.containerName,
      Cluster: cluster.clusterName,
      Subnets: subnets.subnetIds,
      SecurityGroups: [securityGroup.securityGroupId],
      LogGroup: this.logGroup.logGroupName,
      LogStreamPrefix: 'app',
      Image: task.container.imageName,
      Database: identifier,
      Host: instance.dbInstanceEndpointAddress,
      RestorePoint: migrations.restorePoint,
      OnRollback: migrations.onRollback,
    };
    this.defineOutput(properties);
    const resource = new CustomResource(this, 'Resource', {
      resourceType: MIGRATION_GATE_RESOURCE_TYPE,
      serviceToken: handler.functionArn,
      serviceTimeout: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
      properties: { ...properties },
    });
    // A task that may not pull its image yet, or reach the database, would fail the deployment.
    resource.node.addDependency(rolesReady, start, handler.role!, task.definition.obtainExecutionRole(), securityGroup, ...target.connections.securityGroups, subnets.internetConnectivityEstablished);
    return resource;
  }

  /** For a plan that takes longer than CloudFormation waits: `cdk-golden-path migrate` runs the same task before the deployment. */
  private defineOutput({ Cluster, TaskDefinition, Container, Subnets, SecurityGroups, LogGroup, LogStreamPrefix }: MigrationGateProperties): void {
    defineCommandOutput<MigrationTaskOutput>(this, 'Migrate', 'Where cdk-golden-path migrate finds the task', {
      kind: 'cdk-golden-path/migration-task',
      database: pathInStack(this.node.scope as Construct),
      region: Stack.of(this).region,
      cluster: Cluster,
      taskDefinition: TaskDefinition,
      container: Container,
      subnets: Subnets,
      securityGroups: SecurityGroups,
      logGroup: LogGroup,
      logStreamPrefix: LogStreamPrefix,
    });
  }
}

interface GateParts {
  readonly cluster: ecs.Cluster;
  readonly securityGroup: ec2.SecurityGroup;
  readonly task: FargateTask;
  readonly handler: MigrationGateFunction;
  readonly machine: sfn.StateMachine;
}
