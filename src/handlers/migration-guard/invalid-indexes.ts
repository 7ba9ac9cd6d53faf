import type { Client } from 'pg';
import type { Log } from '../log';

/** An index that a CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY which did not end has left behind. */
export interface InvalidIndex {
  readonly name: string;
  /** Quoted, with its schema. */
  readonly id: string;
  /** The statement that would make it. */
  readonly definition: string;
}

/** What REINDEX CONCURRENTLY builds beside the index, and leaves behind when it does not end. */
const LEFTOVER = /_cc(new|old)\d*$/;

/** Those of the owner's, which nobody is building at this moment. What PostgreSQL keeps beside a table (TOAST) is not the owner's to repair. */
async function invalidIndexes(session: Client): Promise<InvalidIndex[]> {
  const { rows } = await session.query<InvalidIndex>(`
    SELECT c.relname AS name, format('%I.%I', n.nspname, c.relname) AS id, pg_get_indexdef(c.oid) AS definition
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT i.indisvalid AND c.relkind = 'i' AND pg_get_userbyid(c.relowner) = current_user AND n.nspname !~ '^pg_'
       AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.relid = i.indrelid)
     ORDER BY c.relname`);
  return rows;
}

/**
 * Takes away what is in the way of a migration that will build it anew, and what REINDEX has left of itself; builds the
 * others anew. An invalid index serves no query and costs every write; CREATE INDEX IF NOT EXISTS passes over it in silence.
 *
 * Returns those that a migration is expected to build. One that cannot be repaired is told of, and holds up nothing.
 *
 * @see https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
 */
export async function repairIndexes(session: Client, willBeBuilt: (name: string) => boolean, log: Log): Promise<InvalidIndex[]> {
  const invalid = await invalidIndexes(session);
  for (const { name, id } of invalid) {
    await repair(session, name, LEFTOVER.test(name) || willBeBuilt(name) ? `DROP INDEX CONCURRENTLY ${id}` : `REINDEX INDEX CONCURRENTLY ${id}`, log);
  }
  for (const { name, id } of (await invalidIndexes(session)).filter(it => LEFTOVER.test(it.name))) {
    await repair(session, name, `DROP INDEX CONCURRENTLY ${id}`, log);
  }
  return invalid.filter(({ name }) => !LEFTOVER.test(name) && willBeBuilt(name));
}

/** Builds those that no migration has built after all, as they were. */
export async function rebuildMissing(session: Client, expected: readonly InvalidIndex[], log: Log): Promise<void> {
  for (const { name, id, definition } of expected) {
    const { rows: [{ isThere }] } = await session.query<{ isThere: boolean }>('SELECT to_regclass($1) IS NOT NULL AS "isThere"', [id]);
    if (!isThere) {
      await repair(session, name, definition.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX CONCURRENTLY '), log);
    }
  }
}

/** The owner waits for a lock for five seconds elsewhere. Here nobody waits behind it, and a transaction of others may take longer. */
async function repair(session: Client, index: string, statement: string, log: Log): Promise<void> {
  log.warn('finds an index that a run which was cut off has left invalid', { index, statement });
  await session.query('SET lock_timeout TO 0');
  try {
    await session.query(statement);
  } catch (error) {
    log.warn('cannot repair the index, which serves no query and costs every write: see to it by hand', { index, statement, reason: (error as Error).message });
  } finally {
    await session.query('RESET lock_timeout');
  }
}
