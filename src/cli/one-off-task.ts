import type { Aws } from './aws';
import type { CommandOutput } from './command';
import { INTERRUPTED, type Interruption } from './interruption';
import { Patience } from './patience';
import { InvalidValue } from '../private/invalid';

/** What ECS is asked to run once. */
export interface OneOffTask {
  readonly cluster: string;
  readonly taskDefinition: string;
  /** As `aws ecs run-task` takes it. */
  readonly networkConfiguration: object;
  /** As a service has it; Fargate where it says nothing. */
  readonly capacityProviderStrategy?: readonly object[];
  readonly platformVersion?: string;
  readonly containerOverrides?: readonly object[];
  readonly enableExecuteCommand?: boolean;
  /** What it is for: `run`, and the beginning of `startedBy`. */
  readonly purpose: string;
  /** The ARN of whoever starts it. */
  readonly caller: string;
}

/** A task, as ECS describes it. */
export interface DescribedTask {
  readonly taskArn: string;
  readonly lastStatus: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  readonly containers: readonly {
    readonly name: string;
    readonly runtimeId?: string;
    readonly exitCode?: number;
    readonly reason?: string;
    readonly managedAgents?: readonly { readonly name: string; readonly lastStatus: string }[];
  }[];
}

/** Milliseconds between two looks at a task. */
const POLL_MILLIS = 2000;

/** Looks for which ECS may not know a task that it has just started. */
const LATE_LOOKS = 12;

/** A task that was started for one occasion, and is stopped when the occasion is over, however it ends. */
export class RunningTask {
  private unknown = 0;
  private readonly patience = new Patience();
  private hasStopped = false;

  constructor(readonly arn: string, private readonly aws: Aws, private readonly cluster: string) {}

  /** The id at the end of its ARN. */
  get id(): string {
    return this.arn.split('/').at(-1)!;
  }

  /** As ECS sees it; undefined while it does not, which right after the start may be so. */
  async look(): Promise<DescribedTask | undefined> {
    const { tasks: [task] } = await this.aws.ask<{ tasks: DescribedTask[] }>('ecs', 'describe-tasks', '--cluster', this.cluster, '--tasks', this.arn);
    if (!task && ++this.unknown > LATE_LOOKS) {
      throw new InvalidValue(`ECS does not know the task ${this.arn} that it has started`);
    }
    return task;
  }

  /** Looks until it fits, or the task has stopped, or there is an interruption. */
  async until(fits: (task: DescribedTask) => boolean, interruption: Interruption, between: () => Promise<unknown> = async () => undefined): Promise<DescribedTask | undefined> {
    for (; !interruption.happened; await interruption.pause(POLL_MILLIS)) {
      const task = await this.patience.look(() => this.look());
      await between();
      this.hasStopped = task?.lastStatus === 'STOPPED';
      if (interruption.happened) {
        break;
      }
      if (task && (this.hasStopped || fits(task))) {
        return task;
      }
    }
    return undefined;
  }

  /** Stops it, unless it has ended by itself. */
  async stop(reason: string): Promise<void> {
    if (this.hasStopped) {
      return;
    }
    await this.aws.ask('ecs', 'stop-task', '--cluster', this.cluster, '--task', this.arn, '--reason', reason);
  }
}

/** Starts a task, does something with it, and stops it in any case, also when the program is interrupted; starts none where that came first. */
export async function withTask(
  aws: Aws, request: OneOffTask, interruption: Interruption, output: CommandOutput, work: (task: RunningTask) => Promise<number>,
): Promise<number> {
  if (interruption.happened) {
    output.complain('interrupted: no task was started');
    return INTERRUPTED;
  }
  let task: RunningTask | undefined;
  try {
    task = await start(aws, request);
    output.complain(`started the task ${task.arn}`);
    return await work(task);
  } finally {
    await task?.stop(`${request.purpose} is over`).catch((error: Error) => output.complain(`warning: the task ${task!.arn} could not be stopped: ${error.message}`));
  }
}

/** Who asks, as AWS sees it. */
export async function callerOf(aws: Aws): Promise<string> {
  return (await aws.ask<{ Arn: string }>('sts', 'get-caller-identity')).Arn;
}

/** Subnets and security groups as ECS takes them; nothing here has a public address. */
export function privateNetwork({ subnets, securityGroups }: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] }): object {
  return { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp: 'DISABLED' } };
}

/** Why a task stopped, in the words of ECS. */
export function reasonOf({ stopCode, stoppedReason, containers }: DescribedTask): string {
  return [stopCode, stoppedReason, ...containers.map(({ name, reason }) => reason && `${name}: ${reason}`)].filter(Boolean).join('; ');
}

async function start(aws: Aws, request: OneOffTask): Promise<RunningTask> {
  const { tasks: [task], failures: [failure] } = await aws.ask<{ tasks: DescribedTask[]; failures: { reason?: string; detail?: string }[] }>('ecs', 'run-task', '--cli-input-json', JSON.stringify({
    cluster: request.cluster,
    taskDefinition: request.taskDefinition,
    ...request.capacityProviderStrategy?.length ? { capacityProviderStrategy: request.capacityProviderStrategy } : { launchType: 'FARGATE' },
    platformVersion: request.platformVersion,
    count: 1,
    networkConfiguration: request.networkConfiguration,
    overrides: { containerOverrides: request.containerOverrides ?? [] },
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    startedBy: startedBy(request),
  }));
  if (!task) {
    throw new InvalidValue(`ECS started no task: ${[failure?.reason, failure?.detail].filter(Boolean).join(': ') || 'no reason was given'}`);
  }
  return new RunningTask(task.taskArn, aws, request.cluster);
}

/**
 * Who, in the characters that ECS takes: `run/assumed-role/Developer/jane-example-com`.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 */
function startedBy({ purpose, caller }: OneOffTask): string {
  return `${purpose}/${caller.split(':').at(-1)!}`.replace(/[^a-zA-Z0-9/_-]/g, '-').slice(0, 128);
}
