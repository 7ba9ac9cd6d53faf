import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { type Credential, readCredential, type ReadSecret } from './credential';
import { SignInFailure } from './sign-in-failure';
import type { Run } from '../custom-resource/custom-resource';

/** Where the database is. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** What the handler reaches the world with. */
export interface DatabaseClients {
  readonly readSecret: ReadSecret;
  /** Makes a client that is not connected yet. */
  readonly client: (config: ClientConfig) => Client;
  /**
   * How long the pauses between attempts are, for tests.
   *
   * @default 1 - as written
   */
  readonly pauseFactor?: number;
  /**
   * The authority that signed the server's certificate, as PEM.
   *
   * @default - those that Node.js trusts, NODE_EXTRA_CA_CERTS among them
   */
  readonly ca?: string;
}

/** How often a wrong password is tried: a rotation that is under way changes the database before the secret. */
export const TRIES = 3;
export const FIRST_PAUSE_MILLIS = 1_000;
const LONGEST_PAUSE_MILLIS = 10_000;
const ATTEMPT_MILLIS = 10_000;

/** Opens a connection, once. The server must show a certificate that is trusted and made out to the host's name. */
export async function signIn(
  clients: DatabaseClients, place: Place, credential: Credential, session: ClientConfig = {},
): Promise<Client> {
  const client = clients.client({
    ...place,
    user: credential.username,
    password: credential.password,
    ssl: { rejectUnauthorized: true, ca: clients.ca },
    connectionTimeoutMillis: ATTEMPT_MILLIS,
    keepAlive: true,
    application_name: 'database-roles',
    ...session,
  });
  client.on('error', () => undefined); // a lost connection also fails the query that waits on it
  try {
    await client.connect();
    return client;
  } catch (cause) {
    throw new SignInFailure(credential.username, `'${place.database}' at ${place.host}:${place.port}`, cause);
  }
}

/**
 * Signs in as the master, and waits for a server that is not up yet for as long as there is time.
 *
 * The secret is read again before each attempt. A password that stays wrong is given up after three.
 */
export async function signInAsMaster(
  clients: DatabaseClients, place: Place, secretArn: string, run: Run,
): Promise<{ client: Client; credential: Credential }> {
  for (let attempt = 1, pause = FIRST_PAUSE_MILLIS; ; attempt++, pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS)) {
    const credential = await readCredential(clients.readSecret, secretArn, run.log);
    try {
      return { client: await signIn(clients, place, credential, patienceOf(run)), credential };
    } catch (error) {
      if (!(error instanceof SignInFailure) || !mayPass(error, attempt) || run.time.left() <= pause) {
        throw error;
      }
      run.log.warn('the master cannot sign in yet', { attempt, problem: error.problem, reason: error.message });
    }
    await pauseOf(clients, pause, run);
  }
}

/** Waits before another attempt; ends with the run. */
export async function pauseOf({ pauseFactor = 1 }: DatabaseClients, millis: number, { signal }: Run): Promise<void> {
  await sleep(millis * pauseFactor, undefined, { signal });
}

function mayPass(failure: SignInFailure, attempt: number): boolean {
  switch (failure.problem) {
    case 'not reachable':
    case 'no free connection':
      return true;
    case 'wrong password':
    case 'not permitted':
      return attempt < TRIES;
    default:
      return false;
  }
}

/** Nothing on the server outlives the function: a lost client is not noticed while a statement waits. */
function patienceOf(run: Run): ClientConfig {
  const left = Math.max(1_000, Math.floor(run.time.left()));
  return { statement_timeout: left, lock_timeout: Math.ceil(left / 2) };
}
