import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { InvalidValue } from '../private/invalid';

/**
 * The AWS CLI of whoever runs the command, with their credentials, profile and region: so this package carries no SDK, and
 * what was asked of AWS can be repeated by hand.
 */
export class Aws {
  constructor(private readonly region?: string) {}

  /** What AWS answers. Throws, in the words of the AWS CLI, for what AWS refuses. */
  async ask<Answer>(...args: string[]): Promise<Answer> {
    const text = await this.text(...args, '--output', 'json');
    return (text.trim() === '' ? {} : JSON.parse(text)) as Answer;
  }

  /** What the AWS CLI prints. */
  async text(...args: string[]): Promise<string> {
    const child = this.start(args, ['ignore', 'pipe', 'pipe']);
    const output = { said: '', complained: '' };
    child.stdout!.setEncoding('utf8').on('data', (it: string) => { output.said += it; });
    child.stderr!.setEncoding('utf8').on('data', (it: string) => { output.complained += it; });
    const code = await ended(child);
    if (code !== 0) {
      throw new InvalidValue(`aws ${args[0]} ${args[1]}: ${output.complained.trim() || `ended with ${code}`}`);
    }
    return output.said;
  }

  /**
   * Starts the AWS CLI in a process group of its own: Ctrl-C reaches whoever started it, and nobody else.
   *
   * A profile that signs in by a browser does so on the first call.
   */
  start(args: readonly string[], stdio: StdioOptions): ChildProcess {
    return spawn('aws', [...args, ...this.region === undefined ? [] : ['--region', this.region]], {
      stdio, detached: true, env: { ...process.env, AWS_PAGER: '' },
    });
  }
}

/** What a process ended with; 128 and the signal's number for one that was ended by a signal, as shells count. */
export function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT'
      ? new InvalidValue(`there is no program '${child.spawnfile}' on the PATH${child.spawnfile === 'aws' ? '; install the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html' : ''}`)
      : error));
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGKILL' ? 9 : 15)));
  });
}

/** Ends a process of a group of its own, with all that it started. */
export function end(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw error;
      }
    }
  }
}
