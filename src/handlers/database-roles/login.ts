import type { Client } from 'pg';
import { signsInByPassword } from './authentication';
import { type Credential, readCredential } from './credential';
import { fulfil } from './requirement';
import { scramVerifier } from './scram';
import { type DatabaseClients, FIRST_PAUSE_MILLIS, pauseOf, type Place, signIn, TRIES } from './sign-in';
import { SignInFailure } from './sign-in-failure';
import { nameFor } from './subject';
import type { Run } from '../custom-resource/custom-resource';

/** How things stand between a secret and the role that it names. */
export interface Login {
  readonly credential: Credential;
  readonly state: 'missing' | 'fits' | 'wrong password' | 'cannot be checked';
}

/**
 * Finds out by signing in, as that is the one question that matters.
 *
 * A wrong password is believed after three tries, the secret read again before each: a rotation that is under way changes
 * the database a moment before the secret, and setting the old password back would break it.
 */
export async function login(
  clients: DatabaseClients, master: Client, place: Place, secretArn: string, run: Run,
): Promise<Login> {
  for (let attempt = 1; ; attempt++) {
    const credential = await readCredential(clients.readSecret, secretArn, run.log);
    if (!await exists(master, credential.username)) {
      return { credential, state: 'missing' };
    }
    await fulfil(master, signsInByPassword(nameFor(master, credential.username)));
    const state = await tried(clients, place, credential);
    if (state !== 'wrong password' || attempt === TRIES) {
      return { credential, state };
    }
    await pauseOf(clients, FIRST_PAUSE_MILLIS * attempt, run);
  }
}

/** Makes the role with its password. */
export async function createLogin(master: Client, { username, password }: Credential): Promise<void> {
  await master.query(`CREATE ROLE ${master.escapeIdentifier(username)} LOGIN INHERIT PASSWORD '${scramVerifier(password)}'`);
}

/** Gives the role the password of its secret: after a restore the database has that of the day of the snapshot. */
export async function repairPassword(master: Client, { username, password }: Credential): Promise<void> {
  await master.query(`ALTER ROLE ${master.escapeIdentifier(username)} PASSWORD '${scramVerifier(password)}'`);
}

/** Whether a role of this name exists. */
export async function exists(master: Client, username: string): Promise<boolean> {
  const { rowCount } = await master.query('SELECT FROM pg_roles WHERE rolname = $1', [username]);
  return rowCount === 1;
}

async function tried(clients: DatabaseClients, place: Place, credential: Credential): Promise<Login['state']> {
  try {
    await (await signIn(clients, place, credential)).end();
    return 'fits';
  } catch (error) {
    switch (error instanceof SignInFailure ? error.problem : 'other') {
      case 'wrong password':
        return 'wrong password';
      case 'no connect privilege':
        return 'fits'; // PostgreSQL asks for the password first
      case 'no free connection':
        return 'cannot be checked'; // who fills the server up can sign in
      default:
        throw error; // such as NOLOGIN: somebody locked the role, and a deployment must not unlock it
    }
  }
}
