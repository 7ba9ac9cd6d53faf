import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Log } from '../log';

/** One number for all runs in a database: advisory locks are the database's own. */
const LOCK = '6724903155108834418';

/**
 * Ends a statement whose client is gone within seconds, and with it what it holds. Not every system can tell: then it
 * is refused, and the server notices late.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL
 */
export const NOTICE_LOSS = "SET client_connection_check_interval TO '5s'";

/** How the sessions of a tool are named, whatever it calls itself. */
export const TOOL_SESSION = 'migration-tool';

/**
 * Waits until no other run is under way in this database.
 *
 * Asks again and again and does not wait in a statement: that would hold a snapshot, for which a CREATE INDEX CONCURRENTLY
 * of the run in front waits, and both would wait for ever. The lock goes with the session, also when the task is killed.
 */
export async function takeTurn(session: Client, deadline: number, log: Log, pauseMillis = 1_000): Promise<void> {
  for (let asked = 0; ; asked++) {
    const { rows } = await session.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS taken`);
    if (rows[0].taken) {
      return;
    }
    if (Date.now() + pauseMillis > deadline) {
      throw new Error('another run in this database does not end; look for application_name \'migration-guard\' in pg_stat_activity');
    }
    if (asked === 0) {
      log.info('waits for another run to end');
    }
    await sleep(pauseMillis);
  }
}

/**
 * Ends what a run in front has left behind: a server notices late that a client was killed, and its statement would go on
 * beside ours. Whoever holds the turn is the only one who may have such sessions.
 */
export async function endLeftovers(session: Client, log: Log): Promise<void> {
  for (;;) {
    const { rowCount } = await session.query(
      'SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND application_name = $1',
      [TOOL_SESSION]);
    if (!rowCount) {
      return;
    }
    log.warn('ends sessions that a killed run has left behind', { sessions: rowCount });
    await sleep(200);
  }
}
