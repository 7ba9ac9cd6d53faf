/** What a log line carries beside its message. */
export interface LogFields {
  readonly [name: string]: unknown;
}

/** Names of fields whose value is never printed. A ResponseURL is presigned: whoever reads it can answer for us. */
const SECRET_FIELD = /password|responseurl|secretstring|verifier/i;

const HIDDEN = '***';

/**
 * One JSON object per line on standard output, where CloudWatch Logs Insights finds the fields by name.
 *
 * Secrets are kept out twice: fields with a telling name are blanked, and every value given to `hide()` is blanked
 * wherever it turns up, because the text of somebody else's error is not ours to choose.
 *
 * Writes to stdout and not to the console: in Lambda the console adds its own prefix to the line.
 */
export class Log {
  constructor(
    private readonly fields: LogFields,
    private readonly write: (line: string) => void = line => { process.stdout.write(line); },
    private readonly hidden = new Set<string>(),
  ) {}

  /** From now on `secret` is blanked in every line and in `redacted()`. */
  hide(secret: string): void {
    if (secret !== '') {
      this.hidden.add(secret);
    }
  }

  /** The text without the secrets, for what leaves by another way than the log. */
  redacted(text: string): string {
    return [...this.hidden].reduce((safe, secret) => safe.replaceAll(secret, HIDDEN), text);
  }

  info(message: string, fields: LogFields = {}): void {
    this.line('INFO', message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.line('WARN', message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.line('ERROR', message, fields);
  }

  private line(level: string, message: string, fields: LogFields): void {
    const line = { level, message, time: new Date().toISOString(), ...this.fields, ...fields };
    this.write(`${JSON.stringify(line, (name, value: unknown) => this.printed(name, value))}\n`);
  }

  private printed(name: string, value: unknown): unknown {
    if (SECRET_FIELD.test(name)) {
      return HIDDEN;
    }
    return typeof value === 'string' ? this.redacted(value) : value;
  }
}
