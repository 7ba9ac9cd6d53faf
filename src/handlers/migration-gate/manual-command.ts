import type { MigrationGateProperties } from './contract';
import type { MigrationGuardEnvironment } from '../migration-guard/contract';

/** What a task definition of the gate says, of all that DescribeTaskDefinition returns. */
const DEFINITION = ['family', 'taskRoleArn', 'executionRoleArn', 'networkMode', 'requiresCompatibilities', 'runtimePlatform', 'cpu', 'memory', 'volumes', 'containerDefinitions'];

/** The command with which a person takes back what the failed deployment applied: same task, lock and record. */
export function manualDown(order: MigrationGateProperties, since?: number): string {
  const deadline = '$(($(date +%s) + 3300))000';
  const environment: { name: keyof MigrationGuardEnvironment; value: string }[] = [
    { name: 'MIGRATION_ACTION', value: 'down' },
    { name: 'MIGRATION_RUN', value: "manual-'$(date +%s)'" },
    { name: 'MIGRATION_STARTED_BY', value: "'$(aws sts get-caller-identity --query Arn --output text)'" },
    { name: 'MIGRATION_DEADLINE', value: `'${deadline}'` },
    ...since === undefined ? [] : [{ name: 'MIGRATION_SINCE' as const, value: String(since) }],
  ];
  return [
    'aws ecs run-task --launch-type FARGATE',
    `--cluster ${order.Cluster} --task-definition "$(${registeredAnew(order.TaskDefinition)})"`,
    `--network-configuration 'awsvpcConfiguration={subnets=[${order.Subnets.join(',')}],securityGroups=[${order.SecurityGroups.join(',')}],assignPublicIp=DISABLED}'`,
    `--overrides '${JSON.stringify({ containerOverrides: [{ name: order.Container, environment }] })}'`,
  ].join(' ');
}

/**
 * CloudFormation deregisters the definition as soon as the stack has gone back, and ECS then starts nothing of it.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html
 */
function registeredAnew(definition: string): string {
  const described = `aws ecs describe-task-definition --task-definition ${definition} --query 'taskDefinition.{${DEFINITION.map(it => `${it}:${it}`).join(',')}}' --output json`;
  return `aws ecs register-task-definition --cli-input-json "$(${described})" --query taskDefinition.taskDefinitionArn --output text`;
}
