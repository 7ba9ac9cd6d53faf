import { spawn } from 'node:child_process';
import { ended } from './aws';
import { INTERRUPTED, type Interruption } from './interruption';

/** Runs a program in this terminal, with some variables more, and returns its exit code; not at all where an interruption came first. */
export async function runLocally([program, ...args]: readonly string[], variables: { readonly [name: string]: string }, interruption: Interruption): Promise<number> {
  if (interruption.happened) {
    return INTERRUPTED;
  }
  // A service file of libpq would win over all that is said here: the way to another database.
  const { PGSERVICE: _, PGSERVICEFILE: __, ...inherited } = process.env;
  const child = spawn(program, args, { stdio: 'inherit', env: { ...inherited, ...variables } });
  const off = interruption.whenHappened(() => void child.kill('SIGTERM'));
  try {
    return await ended(child);
  } finally {
    off();
  }
}
