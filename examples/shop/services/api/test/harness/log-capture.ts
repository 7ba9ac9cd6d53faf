import { createLogger, type Logger } from '../../src/logging/logger.js';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly traceId?: string;
  readonly [field: string]: unknown;
}

/** A logger whose lines can be read back. */
export class LogCapture {
  readonly written: string[] = [];
  readonly logger: Logger;

  constructor(secrets: string[] = []) {
    const destination = { write: (line: string) => void this.written.push(line) };
    this.logger = createLogger({ level: 'debug', service: 'test', secrets, destination });
  }

  get lines(): LogLine[] {
    return this.written.map((line) => JSON.parse(line) as LogLine);
  }
}

export function silentLogger(): Logger {
  return createLogger({ level: 'silent', service: 'test' });
}
