import type { Client } from 'pg';
import type { Log } from '../log';

/** An index that a CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY which did not end has left behind. */
export interface InvalidIndex {
  readonly name: string;
  /** Quoted, with its schema. */
  readonly id: string;
}

/** Those of the owner's, which nobody is building at this moment. */
export async function invalidIndexes(session: Client): Promise<InvalidIndex[]> {
  const { rows } = await session.query<InvalidIndex>(`
    SELECT c.relname AS name, format('%I.%I', n.nspname, c.relname) AS id
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT i.indisvalid AND c.relkind = 'i' AND pg_get_userbyid(c.relowner) = current_user
       AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.relid = i.indrelid)
     ORDER BY c.relname`);
  return rows;
}

/**
 * Takes away what is in the way of a migration that will build it anew, and what REINDEX has left of itself; builds the
 * others anew. An invalid index serves no query and costs every write; CREATE INDEX IF NOT EXISTS passes over it in silence.
 *
 * @see https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
 */
export async function repairIndexes(session: Client, willBeBuilt: (name: string) => boolean, log: Log): Promise<void> {
  for (const { name, id } of await invalidIndexes(session)) {
    const leftover = /_cc(new|old)\d*$/.test(name);
    const statement = leftover || willBeBuilt(name) ? `DROP INDEX CONCURRENTLY ${id}` : `REINDEX INDEX CONCURRENTLY ${id}`;
    log.warn('finds an index that a run which was cut off has left invalid', { index: name, statement });
    // The owner waits for five seconds elsewhere. Here nobody waits behind it, and a transaction of others may take longer.
    await session.query('SET lock_timeout TO 0');
    await session.query(statement);
    await session.query('RESET lock_timeout');
  }
}
