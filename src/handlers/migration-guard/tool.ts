import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Interruption } from './interruption';
import type { Plan, Reply, Request } from './tool-messages';
import type { Log } from '../log';

/** How many of the tool's last lines are kept for whoever has to find out what went wrong. */
const TAIL = 20;

/** How much of a line is kept. */
const LINE = 1_000;

/** How long a tool that is asked to end may take. */
const GRACE_MILLIS = 2_000;

/** The tool as a child process: what it writes is logged, what it says is told, and it ends with the guard. */
export class Tool {
  static start(file: string, args: readonly string[], environment: NodeJS.ProcessEnv, log: Log): Tool {
    return new Tool(fork(file, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }), log);
  }

  readonly tail: string[] = [];
  private readonly ended: Promise<never>;
  private stopping?: Error;

  private constructor(private readonly child: ChildProcess, private readonly log: Log) {
    [child.stdout, child.stderr].forEach(stream => this.read(stream!));
    this.ended = new Promise((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(this.stopping ?? new Interruption(`the tool ended with ${signal ?? `exit code ${code}`} before it was done`)));
    });
    this.ended.catch(() => undefined);
  }

  /** What is executed and what is pending. */
  async plan(): Promise<Plan> {
    let plan!: Plan;
    await this.ask({ ask: 'plan' }, reply => {
      if (reply.say === 'plan') {
        plan = reply.plan;
      }
      return reply.say === 'plan';
    });
    return plan;
  }

  /** Does it, and returns what is executed afterwards. */
  async work(request: Request, told: (reply: Reply) => void): Promise<readonly string[]> {
    let executed: readonly string[] = [];
    await this.ask(request, reply => {
      told(reply);
      if (reply.say === 'done') {
        executed = reply.executed;
      }
      return reply.say === 'done';
    });
    return executed;
  }

  /** Ends it, by force if need be: whoever waits for an answer is told the reason. */
  async stop(reason: Error): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return;
    }
    this.stopping = reason;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const force = setTimeout(() => this.child.kill('SIGKILL'), GRACE_MILLIS);
    await gone;
    clearTimeout(force);
  }

  private async ask(request: Request, isLast: (reply: Reply) => boolean): Promise<void> {
    let listener!: (reply: Reply) => void;
    const answered = new Promise<void>((resolve, reject) => {
      listener = reply => {
        if (reply.say === 'failed') {
          reject(reply.lost ? new Interruption(reply.reason) : new Error(reply.reason));
        } else if (isLast(reply)) {
          resolve();
        }
      };
      this.child.on('message', listener);
    });
    try {
      this.child.send(request, () => undefined); // a child that is gone has said so
      await Promise.race([answered, this.ended]);
    } finally {
      this.child.off('message', listener);
    }
  }

  private read(stream: Readable): void {
    createInterface({ input: stream }).on('line', line => {
      const safe = this.log.redacted(line).slice(0, LINE);
      this.tail.push(safe);
      this.tail.splice(0, this.tail.length - TAIL);
      this.log.info('tool', { line: safe });
    });
  }
}
