/** An end that may pass: whoever asked may ask again. */
export class Interruption extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Interruption';
  }
}

/**
 * The server went away, or took the session away: the classes 08 (connection) and 57P (operator intervention).
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isLostConnection(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return /^(08|57P)/.test(code) || /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET)/.test(code)
    || /Connection terminated|connection error and is not queryable|Client was closed/.test(message);
}
