import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseConfiguration } from '../../src/configuration/database-configuration.js';
import type { LogLine } from './log-capture.js';

const DIST = join(import.meta.dirname, '..', '..', 'dist');

export function environmentFor({
  host,
  port,
  database,
  user,
  password,
}: DatabaseConfiguration): Record<string, string> {
  return {
    PORT: '0',
    PGHOST: host,
    PGPORT: String(port),
    PGDATABASE: database,
    PGUSER: user,
    PGPASSWORD: password,
    PGSSLMODE: 'disable',
    STRIPE_API_KEY: 'sk_test_for_the_tests',
  };
}

/** A built entry point in a process of its own, with no environment but what it is given. */
export class ServiceProcess {
  output = '';
  errors = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<[number | null, NodeJS.Signals | null]>;

  constructor(entryPoint: 'main.js' | 'worker.js', environment: Record<string, string>) {
    this.child = spawn(process.execPath, [join(DIST, entryPoint)], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.on('data', (chunk) => (this.output += chunk));
    this.child.stderr!.on('data', (chunk) => (this.errors += chunk));
    this.exited = once(this.child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  get lines(): LogLine[] {
    return this.output
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LogLine);
  }

  async line(message: RegExp): Promise<LogLine> {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(20)) {
      const found = this.output
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as LogLine)
        .find((line) => message.test(line.message));
      if (found) return found;
    }
    throw new Error(`No line ${message} in:\n${this.output}${this.errors}`);
  }

  /** The port the server chose. */
  async listening(): Promise<number> {
    const { message } = await this.line(/Server listening at/);
    await this.line(/database connected/);
    return Number(/:(\d+)$/.exec(message)![1]);
  }

  terminate(): void {
    this.child.kill('SIGTERM');
  }

  async exitCode(): Promise<number | null> {
    const [code] = await this.exited;
    return code;
  }

  /** For the end of a test that may have failed half-way. */
  kill(): void {
    this.child.kill('SIGKILL');
  }
}
