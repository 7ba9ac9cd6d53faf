import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestReport } from './contract';

const GRACE_MILLIS = 5_000;

/**
 * Runs the tests of the previous release by the shell, in the working directory; what they write is shown on the standard
 * error, so that the standard output stays the report's. They end with the rehearsal.
 */
export async function previousTests(command: string, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<TestReport> {
  signal.throwIfAborted(); // a signal that was heard tells nobody who comes later
  const start = performance.now();
  const child = spawn(command, { shell: true, env: environment, stdio: ['ignore', 2, 2], detached: true });
  const kill = (name: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, name); // the shell and all that it started
    } catch {
      // it is gone
    }
  };
  let force: NodeJS.Timeout | undefined;
  const stop = () => {
    kill('SIGTERM');
    force = setTimeout(() => kill('SIGKILL'), GRACE_MILLIS);
  };
  signal.addEventListener('abort', stop);
  try {
    const [code] = await once(child, 'exit') as [number | null];
    signal.throwIfAborted();
    return { command, exitCode: code ?? 1, seconds: Math.round((performance.now() - start) / 100) / 10 };
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(force);
    kill('SIGKILL'); // what they have left behind
  }
}
