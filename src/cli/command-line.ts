import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Command, type CommandInput, type CommandOutput, WrongUsage } from './command';
import { connect } from './connect';
import { lock } from './lock';
import { migrate } from './migrate';
import { rehearse } from './rehearse';
import { rollback } from './rollback';
import { run } from './run';
import { secrets } from './secrets';
import { InvalidValue } from '../private/invalid';

const NAME = 'cdk-golden-path';

/** What the program can do, by the word that asks for it. */
const COMMANDS: { readonly [name: string]: Command } = { lock, rehearse, migrate, connect, run, rollback, secrets };

/** What the program ends with: done, refused with the reason, or not understood. */
export enum ExitCode {
  DONE = 0,
  REFUSED = 1,
  USAGE = 2,
}

/** Runs the command that the arguments ask for. What went wrong is said in words; only a fault of the program itself is thrown. */
export async function runCommandLine(args: readonly string[], output: CommandOutput): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === '--version') {
      output.say(version());
    } else if (name === '--help' || name === '-h' || name === 'help') {
      help().forEach((line) => output.say(line));
    } else {
      return await runCommand(name, rest, output);
    }
    return ExitCode.DONE;
  } catch (error) {
    if (error instanceof InvalidValue) {
      output.complain(error.message);
      return ExitCode.REFUSED;
    }
    if (error instanceof WrongUsage) {
      output.complain(`${NAME}: ${error.message}`);
      output.complain(`See '${NAME}${isCommand(name) ? ` ${name}` : ''} --help'.`);
      return ExitCode.USAGE;
    }
    throw error;
  }
}

async function runCommand(name: string | undefined, args: readonly string[], output: CommandOutput): Promise<number> {
  if (!isCommand(name)) {
    throw new WrongUsage(`${name === undefined ? 'no command is given' : `there is no command '${name}'`}; there is ${Object.keys(COMMANDS).join(', ')}`);
  }
  const command = COMMANDS[name];
  const input = parsed(command, args);
  if (input === 'help') {
    helpOf(name, command).forEach((line) => output.say(line));
    return ExitCode.DONE;
  }
  return await command.run(input, output) ?? ExitCode.DONE;
}

function isCommand(name: string | undefined): name is string {
  return name !== undefined && Object.hasOwn(COMMANDS, name);
}

function parsed(command: Command, args: readonly string[]): CommandInput | 'help' {
  const own = Object.entries(command.options).map(([it, { value }]) => [it, { type: value === undefined ? 'boolean' as const : 'string' as const, multiple: true as const }] as const);
  try {
    const { values: { help: isHelp, ...options }, positionals } = parseArgs({
      args: [...args], allowPositionals: true, options: { ...Object.fromEntries(own), help: { type: 'boolean', short: 'h' } },
    });
    return isHelp ? 'help' : { positionals, options: Object.fromEntries(Object.entries(options).map(([it, given]) => [it, [given].flat().map(String)])) };
  } catch (error) {
    // The first sentence of its messages says what is wrong.
    throw (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') ? new WrongUsage((error as Error).message.split('. ')[0]) : error;
  }
}

function help(): string[] {
  return [
    `Usage: ${NAME} <command> [options]`,
    '',
    ...Object.entries(COMMANDS).map(([name, { positionals, summary }]) => `  ${name} ${positionals}  ${summary}`),
    '',
    `'${NAME} <command> --help' says more. Ends with 0 when it is done, with 1 when it refuses, with 2 when it does not understand.`,
  ];
}

function helpOf(name: string, { positionals, summary, help: more, options }: Command): string[] {
  return [
    `Usage: ${NAME} ${name} ${positionals} [options]`,
    '',
    `It ${summary}.`,
    ...more,
    '',
    ...Object.entries(options).map(([option, { value, help: text }]) => `  --${option}${value === undefined ? '' : ` <${value}>`}  ${text}`),
  ];
}

function version(): string {
  return (JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string }).version;
}
