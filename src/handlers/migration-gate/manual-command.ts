import type { MigrationGateProperties } from './contract';
import type { MigrationGuardEnvironment } from '../migration-guard/contract';

/** The command with which a person takes back what the failed deployment applied: same task, lock and record. */
export function manualDown(order: MigrationGateProperties): string {
  const deadline = '$(($(date +%s) + 3300))000';
  const environment: { name: keyof MigrationGuardEnvironment; value: string }[] = [
    { name: 'MIGRATION_ACTION', value: 'down' },
    { name: 'MIGRATION_RUN', value: "manual-'$(date +%s)'" },
    { name: 'MIGRATION_STARTED_BY', value: "'$(aws sts get-caller-identity --query Arn --output text)'" },
    { name: 'MIGRATION_DEADLINE', value: `'${deadline}'` },
  ];
  return [
    'aws ecs run-task --launch-type FARGATE',
    `--cluster ${order.Cluster} --task-definition ${order.TaskDefinition}`,
    `--network-configuration 'awsvpcConfiguration={subnets=[${order.Subnets.join(',')}],securityGroups=[${order.SecurityGroups.join(',')}],assignPublicIp=DISABLED}'`,
    `--overrides '${JSON.stringify({ containerOverrides: [{ name: order.Container, environment }] })}'`,
  ].join(' ');
}
