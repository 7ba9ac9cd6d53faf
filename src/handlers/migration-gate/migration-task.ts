import { createHash } from 'node:crypto';
import type { Failure, Task } from '@aws-sdk/client-ecs';
import type { GateClients } from './clients';
import { type MigrationGateProperties, RUN_LIMIT_SECONDS } from './contract';
import type { Progress } from './progress';
import type { MigrationGuardEnvironment } from '../migration-guard/contract';

/** What started a task, or why ECS has not started one. */
export type Started = { readonly task: string } | { readonly refused: string };

/**
 * Starts the task, once for each attempt, however often it is asked: a reply that was lost is given again.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
 */
export async function startTask({ ecs }: GateClients, order: MigrationGateProperties, requestId: string, stackId: string, progress: Progress): Promise<Started> {
  const { tasks: [task] = [], failures: [failure] = [] } = await ecs.runTask({
    clientToken: createHash('sha256').update(`${requestId} ${progress.action} ${progress.attempt}`).digest('hex'),
    cluster: order.Cluster,
    taskDefinition: order.TaskDefinition,
    launchType: 'FARGATE',
    count: 1,
    startedBy: `migrations-${requestId}`.slice(0, 128),
    enableECSManagedTags: true,
    networkConfiguration: { awsvpcConfiguration: { subnets: [...order.Subnets], securityGroups: [...order.SecurityGroups], assignPublicIp: 'DISABLED' } },
    overrides: { containerOverrides: [{ name: order.Container, environment: environmentOf(requestId, stackId, progress) }] },
  });
  return task?.taskArn ? { task: task.taskArn } : { refused: wordsOf(failure) };
}

function environmentOf(requestId: string, stackId: string, { action, deadline, since }: Progress): { name: keyof MigrationGuardEnvironment; value: string }[] {
  return [
    { name: 'MIGRATION_ACTION', value: action },
    { name: 'MIGRATION_RUN', value: requestId },
    { name: 'MIGRATION_STARTED_BY', value: `CloudFormation, stack ${stackId.split('/')[1] ?? stackId}` },
    { name: 'MIGRATION_DEADLINE', value: String(deadline) },
    { name: 'MIGRATION_SINCE', value: String(since ?? deadline - RUN_LIMIT_SECONDS * 1000) },
  ];
}

function wordsOf(failure?: Failure): string {
  return failure ? [failure.reason, failure.detail].filter(Boolean).join(': ') : 'no reason was given';
}

/** The task as ECS sees it; undefined while it does not, which right after its start may be so. */
export async function lookAtTask({ ecs }: GateClients, { Cluster }: MigrationGateProperties, task: string): Promise<Task | undefined> {
  const { tasks: [found] = [] } = await ecs.describeTasks({ cluster: Cluster, tasks: [task] });
  return found;
}

/** Asks ECS to stop the task. */
export async function stopTask({ ecs }: GateClients, { Cluster }: MigrationGateProperties, task: string, reason: string): Promise<void> {
  await ecs.stopTask({ cluster: Cluster, task, reason });
}

/** The id at the end of a task's ARN, which its log stream is named after. */
export function idOf(task: string): string {
  return task.split('/').at(-1)!;
}
