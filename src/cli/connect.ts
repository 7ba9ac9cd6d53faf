import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Aws } from './aws';
import { type Command, type CommandInput, type CommandOutput, WrongUsage } from './command';
import { optional, required, whole } from './given';
import { INTERRUPTED, Interruption } from './interruption';
import { runLocally } from './local-program';
import { callerOf, type DescribedTask, privateNetwork, reasonOf, type RunningTask, withTask } from './one-off-task';
import { PortForwarding } from './port-forwarding';
import { outputOf } from './stack-outputs';
import type { PeopleAccessOutput } from '../managed-postgres/stack-output';
import { InvalidValue } from '../private/invalid';

/** Opens a way to a database for one person and one occasion. */
export const connect: Command = {
  positionals: '[-- <program…>]',
  summary: 'opens a way to a database, for as long as it runs',
  help: [
    'It starts a task that waits, and forwards a port of this machine through it by Session Manager; at the end, also by Ctrl-C, the task is',
    'stopped. With a program after -- (psql, pg_dump) it runs that with PGHOST, PGPORT, PGUSER, PGPASSWORD and the like set, and ends with its',
    'exit code; without one it prints a line to copy. The password is a token of IAM, valid for 15 minutes for signing in. It needs the AWS CLI',
    'with its Session Manager plugin, and takes the profile and region that AWS_PROFILE and AWS_REGION name.',
  ],
  options: {
    'stack': { value: 'name', help: 'the stack of the database' },
    'database': { value: 'id', help: 'the id of its construct, where the stack has several' },
    'read-write': { help: 'sign in as the role that may write rows, instead of the one that reads' },
    'operator': { help: 'sign in as the role that sees all sessions, ends them and vacuums' },
    'local-port': { value: 'port', help: 'the port of this machine; 5433 unless it is given' },
  },
  run: open,
};

/** The certificate authorities of Amazon RDS that this package carries. */
const AUTHORITIES = join(__dirname, '../../assets/rds-certificates');

async function open(input: CommandInput, output: CommandOutput): Promise<number> {
  const localPort = whole(input, 'local-port', 1, 65535, 5433);
  const stack = required(input, 'stack');
  const { value: access } = await outputOf<PeopleAccessOutput>(new Aws(), stack, {
    kind: 'cdk-golden-path/people-access',
    option: 'database',
    given: optional(input, 'database'),
    nameOf: ({ database }) => database,
    without: "has no database with 'peopleAccess': set PeopleAccess.bySessionManager() and deploy it",
  });
  const aws = new Aws(access.region);
  const user = roleOf(input, access, stack);
  const request = {
    cluster: access.cluster,
    taskDefinition: access.taskDefinition,
    networkConfiguration: privateNetwork(access),
    enableExecuteCommand: true,
    purpose: 'connect',
    caller: await callerOf(aws),
  };
  return Interruption.during((interruption) => withTask(aws, request, interruption, output, async (task) => {
    const running = await task.until(isReady, interruption);
    const forwarding = running && await PortForwarding.open(aws, targetOf(running, access, task), access, localPort, interruption);
    if (!forwarding) {
      return INTERRUPTED;
    }
    try {
      return await use(aws, { ...access, user, localPort }, input.positionals, forwarding, interruption, output);
    } finally {
      forwarding.close();
    }
  }));
}

function roleOf({ options }: CommandInput, { readOnlyRole, readWriteRole, operatorRole }: PeopleAccessOutput, stack: string): string {
  if (options['read-write'] && options.operator) {
    throw new WrongUsage('--read-write and --operator exclude each other');
  }
  if (options.operator && operatorRole === undefined) {
    throw new InvalidValue(`the stack ${stack} was deployed before there was a role for operators: deploy it again`);
  }
  return options.operator ? operatorRole! : options['read-write'] ? readWriteRole : readOnlyRole;
}

/** Session Manager reaches a task when its agent runs, some seconds after the container. */
function isReady({ containers }: DescribedTask): boolean {
  return containers.some(({ managedAgents = [] }) => managedAgents.some(({ name, lastStatus }) => name === 'ExecuteCommandAgent' && lastStatus === 'RUNNING'));
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html */
function targetOf(running: DescribedTask, { cluster }: PeopleAccessOutput, task: RunningTask): string {
  if (running.lastStatus === 'STOPPED') {
    throw new InvalidValue(`the task ended before somebody could connect: ${reasonOf(running)}`);
  }
  return `ecs:${cluster}_${task.id}_${running.containers[0].runtimeId}`;
}

interface SignIn extends PeopleAccessOutput {
  readonly user: string;
  readonly localPort: number;
}

async function use(aws: Aws, signIn: SignIn, program: readonly string[], forwarding: PortForwarding, interruption: Interruption, output: CommandOutput): Promise<number> {
  if (program.length === 0) {
    lines(signIn).forEach((line) => output.say(line));
    return forwarding.untilOver(interruption, signIn.timeLimitSeconds);
  }
  interruption.ignoreKeyboard(true);
  return runLocally(program, { ...variables(signIn), PGPASSWORD: await token(aws, signIn) }, interruption);
}

/** The server's certificate is made out to its own name: so that is the host, and the tunnel only its address. */
function variables({ host, localPort, databaseName, user, region }: SignIn): { [name: string]: string } {
  const bundle = join(AUTHORITIES, `${region}.pem`);
  const authorities = process.env.PGSSLROOTCERT ?? (existsSync(bundle) ? bundle : undefined);
  return {
    PGHOST: host,
    PGHOSTADDR: '127.0.0.1',
    PGPORT: String(localPort),
    PGDATABASE: databaseName,
    PGUSER: user,
    PGSSLMODE: 'verify-full',
    ...authorities !== undefined && { PGSSLROOTCERT: authorities },
  };
}

/** Signed on this machine: nothing is asked of AWS, and the token stands in no list of processes. */
async function token(aws: Aws, { host, port, user }: SignIn): Promise<string> {
  return (await aws.text('rds', 'generate-db-auth-token', '--hostname', host, '--port', String(port), '--username', user)).trim();
}

function lines(signIn: SignIn): string[] {
  const { host, port, user, region } = signIn;
  const settings = Object.entries(variables(signIn));
  const names: { [variable: string]: string } = { PGDATABASE: 'dbname' };
  const conninfo = settings.map(([name, value]) => `${names[name] ?? name.slice(2).toLowerCase()}=${quoted(value)}`).join(' ');
  return [
    `${signIn.database} is at 127.0.0.1:${signIn.localPort}, for ${Math.round(signIn.timeLimitSeconds / 60)} minutes at most. In another terminal:`,
    '',
    `PGPASSWORD="$(aws rds generate-db-auth-token --region ${region} --hostname ${host} --port ${port} --username ${user})" psql "${conninfo}"`,
    '',
    'Ctrl-C closes it.',
  ];
}

/** @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE */
function quoted(value: string): string {
  return /^[\w./:-]+$/.test(value) ? value : `'${value.replace(/['\\]/g, '\\$&')}'`;
}
