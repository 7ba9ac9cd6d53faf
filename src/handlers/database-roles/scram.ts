import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** PostgreSQL's own default (`scram_iterations`); drivers refuse counts that are very high. */
const ITERATIONS = 4096;

/**
 * What PostgreSQL stores instead of a password. It takes one as it is in `PASSWORD '…'`.
 *
 * Made here, so that the password itself is never in a statement: servers log statements, with `log_statement` or pgAudit.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5802#section-3
 * @see https://www.rfc-editor.org/rfc/rfc7677
 * @see https://www.postgresql.org/docs/current/catalog-pg-authid.html
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16), iterations = ITERATIONS): string {
  if (!/^[\x20-\x7e]+$/.test(password)) {
    // RFC 4013 normalises other characters before hashing, and drivers do not agree on how far they follow it
    throw new Error('a password may only hold printable ASCII characters; others are not hashed alike by all drivers');
  }
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const storedKey = createHash('sha256').update(keyed(salted, 'Client Key')).digest('base64');
  const serverKey = keyed(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

function keyed(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
