import { createLogger } from '../logging/logger.js';

/** Runs a process entry point. A failed start is one readable log line and exit code 1, not a stack trace on stderr. */
export async function start(service: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    createLogger({ level: 'fatal', service }).fatal(`cannot start: ${reason}`);
    process.exit(1);
  }
}
