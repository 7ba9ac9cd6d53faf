import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { Interruption } from './interruption';
import { NOTICE_LOSS } from './turn';
import { SignInFailure } from '../database-roles/sign-in-failure';
import type { Log } from '../log';

/** How long a server that cannot be reached, or has no free connection, is waited for. */
const PATIENCE_MILLIS = 300_000;
const LONGEST_PAUSE_MILLIS = 10_000;

/** Makes a client that is not connected yet, of the driver in the image. */
export type MakeClient = (config: ClientConfig) => Client;

/** Signs in as the environment of libpq says, and waits for a server that is not there yet or full. */
export async function openSession(
  makeClient: MakeClient, environment: NodeJS.ProcessEnv, deadline: number, log: Log, patienceMillis = PATIENCE_MILLIS,
): Promise<Client> {
  const { PGHOST: host, PGPORT: port, PGDATABASE: database, PGUSER: user = '', PGPASSWORD: password } = environment;
  const until = Math.min(deadline, Date.now() + patienceMillis);
  for (let pause = 250; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS)) {
    const client = makeClient({
      host,
      port: Number(port),
      database,
      user,
      password,
      ssl: tlsOf(environment),
      application_name: 'migration-guard',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    client.on('error', () => undefined); // a lost connection also ends the session, which is watched
    try {
      await client.connect();
      await client.query(NOTICE_LOSS).catch(() => undefined);
      return client;
    } catch (cause) {
      const failure = new SignInFailure(user, `'${database}' at ${host}:${port}`, cause);
      const passes = failure.problem === 'not reachable' || failure.problem === 'no free connection';
      if (!passes || Date.now() + pause > until) {
        // A task is given the password when it starts: another one may be given that of a rotation which was under way.
        throw passes || failure.problem === 'wrong password' ? new Interruption(failure.message) : failure;
      }
      log.warn('cannot sign in yet', { problem: failure.problem, reason: failure.message });
    }
    await sleep(pause);
  }
}

/** How often the session that holds the lock is asked whether it is still there, and how long it may take to say so. */
const PULSE_MILLIS = 10_000;
const SILENCE_MILLIS = 30_000;

/**
 * Calls `lost` when the session does not answer any more, until it is told to stop. A server that is gone without a farewell, as in a
 * fail-over, would else be noticed after a quarter of an hour, and the lock is gone with it.
 */
export function feelPulse(session: Client, lost: () => void, everyMillis = PULSE_MILLIS): () => void {
  let silence: NodeJS.Timeout | undefined;
  const pulse = setInterval(() => {
    silence ??= setTimeout(lost, SILENCE_MILLIS);
    session.query('SELECT 1').then(() => {
      clearTimeout(silence);
      silence = undefined;
    }, lost);
  }, everyMillis);
  return () => {
    clearInterval(pulse);
    clearTimeout(silence);
  };
}

/** The modes of libpq that can be told from each other here: a certificate that is checked, or no TLS. */
function tlsOf({ PGSSLMODE, PGSSLROOTCERT }: NodeJS.ProcessEnv): ClientConfig['ssl'] {
  return PGSSLMODE === 'disable' ? false : { rejectUnauthorized: true, ca: PGSSLROOTCERT ? fs.readFileSync(PGSSLROOTCERT, 'utf8') : undefined };
}
