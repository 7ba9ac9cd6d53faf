import type { QueryRunner } from './typeorm';

const NAME = '(?:"(?:[^"]|"")+"|[\\p{L}_][\\p{L}\\p{N}_$]*)';
const CREATION = new RegExp(`^[\\s;]*CREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+(?:CONCURRENTLY\\s+)?(?:IF\\s+NOT\\s+EXISTS\\s+)?(${NAME})\\s+ON\\s+(?:ONLY\\s+)?(${NAME}(?:\\.${NAME})?)`, 'iu');

/**
 * The index, quoted and with its schema, that a build which was cut off has left under the name of the one that this
 * statement is to build: CREATE INDEX would find the name taken, and with IF NOT EXISTS pass over an index that serves no
 * query, or does not keep what should be unique so.
 *
 * @see https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
 */
export async function leftoverOf(sql: string, query: QueryRunner['query']): Promise<string | undefined> {
  const [, name, table] = CREATION.exec(sql) ?? [];
  if (name === undefined) {
    return undefined;
  }
  const [found] = await query(`
    SELECT format('%I.%I', n.nspname, c.relname) AS id
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relname = $1 AND i.indrelid = to_regclass($2) AND pg_get_userbyid(c.relowner) = current_user
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid)`, [plain(name), table]) as { readonly id: string }[];
  return found?.id;
}

/** A name as the catalogue has it. */
function plain(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}
