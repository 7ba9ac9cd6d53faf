import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = join(__dirname, '..', '..');

/** How the AWS CLI is started; once for all tests, and outside of their time limits: the first run ever installs it. */
const AWS_CLI = awsCli();

/** Describes what needs the real AWS CLI. Without a usable Python it fails in CI; elsewhere it is skipped, and the reason printed. */
export const describeWithAwsCli = AWS_CLI.missing === undefined ? describe : describe.skip;

/** Whether the AWS CLI is there. */
export const hasAwsCli = AWS_CLI.missing === undefined;

/** The Python that has the AWS CLI, and the variables that it needs. */
export function pythonOfAwsCli(): { command: string; env: { [name: string]: string } } {
  return { command: AWS_CLI.command!, env: AWS_CLI.PYTHONPATH === undefined ? {} : { PYTHONPATH: AWS_CLI.PYTHONPATH } };
}

/** A terminal of somebody who has the AWS CLI, its plugin and credentials, with AWS at a local address. */
export class Person {
  readonly directory = mkdtempSync(join(tmpdir(), 'person-'));
  private readonly processes: Terminal[] = [];

  constructor(private readonly endpoint: string, private readonly variables: { readonly [name: string]: string } = {}) {
    const bin = join(this.directory, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'aws'), `#!/bin/sh\nexec '${AWS_CLI.command}' -S -E '${join(__dirname, 'aws-cli-client.py')}' '${serverOfAwsCli()}' '${AWS_CLI.command}' "$@"\n`);
    chmodSync(join(bin, 'aws'), 0o755);
    symlinkSync(join(__dirname, 'session-manager-plugin.cjs'), join(bin, 'session-manager-plugin'));
  }

  /** Types a command of the package. */
  types(...args: string[]): Terminal {
    const terminal = new Terminal(spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src/cli/cdk-golden-path.ts'), ...args], {
      cwd: ROOT, env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'],
    }));
    this.processes.push(terminal);
    return terminal;
  }

  /** Types a line of a shell that asks AWS. */
  typesLine(line: string): Terminal {
    const terminal = new Terminal(spawn('sh', ['-c', line], { env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'] }));
    this.processes.push(terminal);
    return terminal;
  }

  /** Types a line of a shell, with the same variables, and waits: AWS, which is in this process, does not answer meanwhile. */
  shell(line: string): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8', env: this.environment() });
    return { status, output: stdout + stderr };
  }

  leave(): void {
    this.processes.forEach((it) => it.end());
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** What their terminal has, and no more. */
  environment(): NodeJS.ProcessEnv {
    return {
      PATH: [join(this.directory, 'bin'), process.env.PATH].join(delimiter),
      HOME: this.directory,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_MAX_ATTEMPTS: '1',
      ...AWS_CLI.PYTHONPATH !== undefined && { PYTHONPATH: AWS_CLI.PYTHONPATH },
      ...this.variables,
    };
  }
}

/** One command, and what it has written so far. */
export class Terminal {
  said = '';
  complained = '';
  private readonly closed: Promise<unknown[]>;

  constructor(private readonly child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (it: string) => { this.said += it; });
    child.stderr!.setEncoding('utf8').on('data', (it: string) => { this.complained += it; });
    this.closed = once(child, 'close');
  }

  /** Waits for the end, and returns the exit code. */
  async code(): Promise<number> {
    const [code] = await this.closed;
    return code as number;
  }

  /** Waits until it has written this; fails with all that it wrote where it ends without. */
  async writes(text: string | RegExp): Promise<void> {
    for (const deadline = Date.now() + 50_000; !`${this.said}${this.complained}`.match(text); await sleep(50)) {
      if (this.child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`it did not write ${text}: ${this.said}${this.complained}`);
      }
    }
  }

  /** As `… | head` does. */
  stopsReading(): void {
    this.child.stdout!.destroy();
  }

  pressesCtrlC(): void {
    this.child.kill('SIGINT');
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}

let [server, socket]: [ChildProcess?, string?] = [];
afterAll(() => {
  server?.kill();
  if (socket !== undefined) {
    rmSync(dirname(socket), { recursive: true, force: true });
  }
});

/** Where the AWS CLI waits for command lines, with all that it imports in its memory already; it ends with the tests of this file. */
function serverOfAwsCli(): string {
  if (socket === undefined) {
    const directory = mkdtempSync(join(tmpdir(), 'aws-cli-'));
    socket = join(directory, 'socket');
    const { command, env } = pythonOfAwsCli();
    server = spawn(command, [join(__dirname, 'aws-cli-server.py'), socket], { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return socket;
}

function awsCli(): { command?: string; PYTHONPATH?: string; missing?: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'aws-cli.mjs')], { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(stderr);
  }
  const found = JSON.parse(stdout) as { command?: string; PYTHONPATH?: string; missing?: string };
  if (found.missing !== undefined) {
    process.stderr.write(`tests with the AWS CLI: skipped, ${found.missing}\n`);
  }
  return found;
}
