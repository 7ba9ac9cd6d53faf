import type { Aws } from './aws';
import { type Command, type CommandInput, type CommandOutput, WrongUsage } from './command';
import { describeService, SERVICE_OPTIONS, serviceIn } from './ecs-service';
import { optional } from './given';
import { INTERRUPTED, Interruption } from './interruption';
import { callerOf, type DescribedTask, type OneOffTask, reasonOf, type RunningTask, withTask } from './one-off-task';
import { TaskLog } from './task-log';
import { InvalidValue } from '../private/invalid';

/** Runs one command as a task beside a service: with its revision, network, variables, secrets and rights. */
export const run: Command = {
  positionals: '-- <command…>',
  summary: 'runs a command once, as a task like those of a service, and ends with its exit code',
  help: [
    'The task has the image, variables, secrets, network and role of the newest revision of the service, and takes no requests.',
    'Its lines are printed as they arrive in CloudWatch Logs. Ctrl-C stops it. It needs the AWS CLI, and takes the profile and region',
    'that AWS_PROFILE and AWS_REGION name.',
  ],
  options: {
    ...SERVICE_OPTIONS,
    container: { value: 'name', help: "the container whose command it is, where there is none called 'app'" },
  },
  run: runOnce,
};

interface ContainerDefinition {
  readonly name: string;
  readonly essential?: boolean;
  readonly logConfiguration?: { readonly logDriver: string; readonly options?: { readonly [name: string]: string } };
}

async function runOnce(input: CommandInput, output: CommandOutput): Promise<number> {
  const command = input.positionals;
  if (command.length === 0) {
    throw new WrongUsage("no command is given after '--'");
  }
  const found = await serviceIn(input);
  const { aws, cluster } = found;
  const service = await describeService(found);
  const container = await containerOf(aws, service.taskDefinition, optional(input, 'container'));
  const request: OneOffTask = {
    cluster,
    taskDefinition: service.taskDefinition,
    networkConfiguration: service.networkConfiguration ?? {},
    capacityProviderStrategy: service.capacityProviderStrategy,
    platformVersion: service.platformVersion,
    containerOverrides: [{ name: container.name, command }],
    purpose: 'run',
    caller: await callerOf(aws),
  };
  return Interruption.during((interruption) => withTask(aws, request, interruption, output,
    (task) => follow(task, interruption, logOf(aws, container, task, output), container.name, output)));
}

async function containerOf(aws: Aws, taskDefinition: string, wanted = 'app'): Promise<ContainerDefinition> {
  const { taskDefinition: { containerDefinitions } } = await aws.ask<{ taskDefinition: { containerDefinitions: ContainerDefinition[] } }>(
    'ecs', 'describe-task-definition', '--task-definition', taskDefinition);
  const found = containerDefinitions.find((it) => it.name === wanted);
  if (!found) {
    throw new InvalidValue(`--container must name one of ${containerDefinitions.map((it) => it.name).join(', ')}, got '${wanted}'`);
  }
  return found;
}

function logOf(aws: Aws, { name, logConfiguration }: ContainerDefinition, task: RunningTask, output: CommandOutput): TaskLog | undefined {
  const { 'awslogs-group': group, 'awslogs-stream-prefix': prefix } = logConfiguration?.options ?? {};
  return group && prefix ? new TaskLog(aws, group, `${prefix}/${name}/${task.id}`, output) : undefined;
}

async function follow(task: RunningTask, interruption: Interruption, log: TaskLog | undefined, container: string, output: CommandOutput): Promise<number> {
  const stopped = await task.until(() => false, interruption, async () => log?.print());
  if (!stopped) {
    return INTERRUPTED;
  }
  await log?.printLast(interruption);
  return exitCodeOf(stopped, container, output);
}

/** A container that never started has none. */
function exitCodeOf(stopped: DescribedTask, container: string, output: CommandOutput): number {
  const { exitCode } = stopped.containers.find(({ name }) => name === container) ?? {};
  if (exitCode === undefined) {
    output.complain(`the task ended without an exit code: ${reasonOf(stopped)}`);
  }
  return exitCode ?? 1;
}
