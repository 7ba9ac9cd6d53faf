import { templateIn } from './assembly';
import { Aws } from './aws';
import { type Command, type CommandInput, type CommandOutput, WrongUsage } from './command';
import { optional, required, whole } from './given';
import { INTERRUPTED, Interruption } from './interruption';
import { releaseIn } from './migration-release';
import { callerOf, privateNetwork, reasonOf, type RunningTask, withTask } from './one-off-task';
import { pseudoParameters } from './pseudo-parameters';
import { outputOf } from './stack-outputs';
import { TaskLog } from './task-log';
import { withRevision } from './task-revision';
import { EXIT, type MigrationGuardEnvironment, type MigrationOutcome, OUTCOME } from '../handlers/migration-guard/contract';
import type { MigrationTaskOutput } from '../managed-postgres/stack-output';

/** Runs the migrations of a release before its deployment, for a plan that takes longer than CloudFormation waits. */
export const migrate: Command = {
  positionals: '',
  summary: 'runs the migrations of a release before its deployment, which then finds nothing to do',
  help: [
    'For a plan that takes longer than 55 minutes. The image of the release must be published before. The same program holds the same lock, and',
    'writes the same record. Ctrl-C stops it: what was not committed is undone. It ends with 0 when the schema is where the release wants it,',
    'with 1 when it is not, with 75 when the task was stopped by somebody else. It needs the AWS CLI, and takes the profile and region that AWS_PROFILE and',
    'AWS_REGION name.',
  ],
  options: {
    'app': { value: 'directory', help: 'what cdk synth wrote for the release; cdk.out unless it is given' },
    'stack': { value: 'name', help: 'the stack of the database, which must have been deployed before' },
    'database': { value: 'id', help: 'the id of its construct, where the stack has several' },
    'image': { value: 'uri', help: 'another image than that of the release' },
    'action': { value: 'up|down', help: "'down' takes back what the newest run of the release applied; 'up' unless it is given" },
    'time-limit': { value: 'hours', help: 'when it is stopped, done or not: 24 unless it is given, at most 168' },
  },
  run: migrateBefore,
};

/** How long the record may take to arrive, in looks of some seconds. */
const LATE_LOOKS = 12;
const PAUSE_MILLIS = 2500;

async function migrateBefore(input: CommandInput, output: CommandOutput): Promise<number> {
  if (input.positionals.length > 0) {
    throw new WrongUsage(`expected options only, got ${input.positionals.join(', ')}`);
  }
  const action = optional(input, 'action') ?? 'up';
  if (action !== 'up' && action !== 'down') {
    throw new WrongUsage(`--action must be 'up' or 'down', got '${action}'`);
  }
  const hours = whole(input, 'time-limit', 1, 168, 24);
  const stack = required(input, 'stack');
  const template = templateIn(optional(input, 'app') ?? 'cdk.out', stack);
  const { key, value: deployed } = await outputOf<MigrationTaskOutput>(new Aws(), stack, {
    kind: 'cdk-golden-path/migration-task',
    option: 'database',
    given: optional(input, 'database'),
    nameOf: ({ database }) => database,
    without: 'was not deployed with migrations yet: there is no task, network or role to run them with. Deploy it first, with the short migrations',
  });
  const aws = new Aws(deployed.region);
  const caller = await callerOf(aws);
  const [, partition,,, account] = caller.split(':');
  const { image, variables } = releaseIn(template, key, deployed.container, pseudoParameters(account, partition, deployed.region), optional(input, 'image'));
  const change = { name: deployed.container, image, variables: { ...variables, MIGRATION_IMAGE: image } };

  return Interruption.during((interruption) => withRevision(aws, deployed.taskDefinition, change, output, (taskDefinition) => withTask(aws, {
    cluster: deployed.cluster,
    taskDefinition,
    networkConfiguration: privateNetwork(deployed),
    containerOverrides: [{ name: deployed.container, environment: environmentOf(action, caller, hours) }],
    purpose: 'migrate',
    caller,
  }, interruption, output, (task) => watch(aws, task, interruption, deployed, output))));
}

function environmentOf(action: 'up' | 'down', caller: string, hours: number): { name: keyof MigrationGuardEnvironment; value: string }[] {
  return [
    { name: 'MIGRATION_ACTION', value: action },
    { name: 'MIGRATION_RUN', value: `manual-${Math.floor(Date.now() / 1000)}` },
    { name: 'MIGRATION_STARTED_BY', value: caller },
    { name: 'MIGRATION_DEADLINE', value: String(Date.now() + hours * 3_600_000) },
  ];
}

async function watch(aws: Aws, task: RunningTask, interruption: Interruption, deployed: MigrationTaskOutput, output: CommandOutput): Promise<number> {
  const log = new TaskLog(aws, deployed.logGroup, `${deployed.logStreamPrefix}/${deployed.container}/${task.id}`, output);
  const stopped = await task.until(() => false, interruption, () => log.print());
  if (!stopped) {
    output.complain('interrupted: the task is stopped, and what was not committed is undone');
    return INTERRUPTED;
  }
  for (let looks = 0; looks < LATE_LOOKS && !outcomeIn(log.lines) && !log.isUnreadable; looks++) {
    await interruption.pause(PAUSE_MILLIS);
    await log.print();
  }
  return conclude(log, stopped.containers.find(({ name }) => name === deployed.container)?.exitCode, reasonOf(stopped), output);
}

function conclude(log: TaskLog, exitCode: number | undefined, stopped: string, output: CommandOutput): number {
  const outcome = outcomeIn(log.lines);
  if (!outcome && log.isUnreadable) {
    output.complain(`the task ended with ${exitCode ?? 'no exit code'}, and its words could not be read: ${stopped}`);
    return exitCode ?? EXIT.failed;
  }
  if (!outcome) {
    output.complain(`the task ended without a word: ${stopped}`);
    return exitCode || EXIT.failed;
  }
  const { outcome: how, migrations, seconds, reason } = outcome;
  output.say(`${how}${migrations.length > 0 ? `: ${migrations.join(', ')}` : ''}, in ${seconds} s${reason ? `: ${reason}` : ''}`);
  return exitCode ?? EXIT.failed;
}

function outcomeIn(lines: readonly string[]): MigrationOutcome | undefined {
  const last = lines.filter((it) => it.includes(`"${OUTCOME}"`)).map((it) => {
    try {
      return JSON.parse(it) as MigrationOutcome & { message?: string };
    } catch {
      return undefined; // a line of the tool
    }
  });
  return last.filter((it) => it?.message === OUTCOME).at(-1);
}
