import { spawn } from 'node:child_process';
import { ended } from './aws';
import type { Interruption } from './interruption';

/** Runs a program in this terminal, with some variables more, and returns its exit code. */
export async function runLocally([program, ...args]: readonly string[], variables: { readonly [name: string]: string }, interruption: Interruption): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...variables } });
  const stop = () => void child.kill('SIGTERM');
  interruption.signal.addEventListener('abort', stop);
  try {
    return await ended(child);
  } finally {
    interruption.signal.removeEventListener('abort', stop);
  }
}
