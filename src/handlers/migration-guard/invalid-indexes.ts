import type { Client } from 'pg';
import type { Log } from '../log';

/** An index that a CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY which did not end has left behind. */
interface InvalidIndex {
  readonly name: string;
  /** Quoted, with its schema. */
  readonly id: string;
}

/** What REINDEX CONCURRENTLY builds beside the index, and leaves behind when it does not end. */
const LEFTOVER = /_cc(new|old)\d*$/;

/** How long transactions of others are waited for: a deployment waits for this. */
const PATIENCE_SECONDS = 60;

/** Those of the owner's, which nobody is building at this moment. What PostgreSQL keeps beside a table (TOAST) is not the owner's to repair. */
async function invalidIndexes(session: Client): Promise<InvalidIndex[]> {
  const { rows } = await session.query<InvalidIndex>(`
    SELECT c.relname AS name, format('%I.%I', n.nspname, c.relname) AS id
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT i.indisvalid AND c.relkind = 'i' AND pg_get_userbyid(c.relowner) = current_user AND n.nspname !~ '^pg_'
       AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.relid = i.indrelid)
     ORDER BY c.relname`);
  return rows;
}

/**
 * Builds anew what was left invalid, and takes away what REINDEX has left of itself. An invalid index serves no query and
 * costs every write. One that cannot be repaired is told of, and holds up nothing.
 *
 * @see https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
 */
export async function repairIndexes(session: Client, log: Log): Promise<void> {
  for (const { name, id } of await invalidIndexes(session)) {
    await repair(session, name, `${LEFTOVER.test(name) ? 'DROP' : 'REINDEX'} INDEX CONCURRENTLY ${id}`, log);
  }
  for (const { name, id } of (await invalidIndexes(session)).filter(it => LEFTOVER.test(it.name))) {
    await repair(session, name, `DROP INDEX CONCURRENTLY ${id}`, log);
  }
}

/** The owner waits for a lock for five seconds elsewhere. Here nobody waits behind it, and a transaction of others may take longer. */
async function repair(session: Client, index: string, statement: string, log: Log): Promise<void> {
  log.warn('finds an index that a run which was cut off has left invalid', { index, statement });
  await session.query(`SET lock_timeout TO '${PATIENCE_SECONDS}s'`);
  try {
    await session.query(statement);
  } catch (error) {
    log.warn('cannot repair the index, which serves no query and costs every write: the next run tries again', { index, statement, reason: (error as Error).message });
  } finally {
    await session.query('RESET lock_timeout');
  }
}
