import type { Log } from '../log';

/** Returns the SecretString of a secret's current version. */
export type ReadSecret = (arn: string) => Promise<string>;

/** Who signs in, and how. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

/**
 * Reads the two fields that all of AWS's database secrets share, and hides the password from the log.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
 */
export async function readCredential(readSecret: ReadSecret, arn: string, log: Log): Promise<Credential> {
  const { username, password } = parsed(await readOrExplain(readSecret, arn), arn);
  if (typeof username !== 'string' || typeof password !== 'string' || username === '' || password === '') {
    throw new Error(`secret ${arn} must hold JSON with a 'username' and a 'password'`);
  }
  log.hide(password);
  return { username, password };
}

async function readOrExplain(readSecret: ReadSecret, arn: string): Promise<string> {
  try {
    return await readSecret(arn);
  } catch (error) {
    const { name, message } = error as Error;
    throw new Error(`secret ${arn} cannot be read (${name}: ${message}); `
      + 'the function needs secretsmanager:GetSecretValue, kms:Decrypt and a way to Secrets Manager: an interface endpoint or NAT');
  }
}

/** The parser's own message is dropped: it quotes the text that it could not parse. */
function parsed(text: string, arn: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {};
  } catch {
    throw new Error(`secret ${arn} does not hold JSON`);
  }
}
