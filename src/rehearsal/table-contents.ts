import type { Client } from 'pg';
import type { Catalogue } from './catalogue';

/** The rows of a table, as far as two readings of them can be told apart. */
export interface TableContents {
  readonly rows: number;
  /** A checksum for each column, of its values together with the primary keys; the order of rows does not matter. */
  readonly columns: { readonly [column: string]: string };
}

/** By table. */
export type Contents = ReadonlyMap<string, TableContents>;

/** Reads every table that has rows, partitions by their parents. */
export async function readContents(session: Client): Promise<Contents> {
  const { rows: tables } = await session.query<{ name: string; columns: string[]; key: string }>(`
    SELECT format('%I.%I', n.nspname, c.relname) AS name,
      array(SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attname) AS columns,
      array_to_string(array(SELECT quote_ident(a.attname) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY a.attname), ', ') AS key
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY 1`);
  const contents = new Map<string, TableContents>();
  for (const { name, columns, key } of tables) {
    const sums = columns.map((column, index) => `sum(hashtextextended(ROW(${key && `${key}, `}${column})::text, 0)::numeric)::text AS c${index}`);
    const { rows: [{ rows, ...sum }] } = await session.query<{ rows: number; [column: string]: unknown }>(
      `SELECT ${['count(*)::float8 AS rows', ...sums].join(', ')} FROM ${name}`);
    if (rows > 0) {
      contents.set(name, { rows, columns: Object.fromEntries(columns.map((column, index) => [column, String(sum[`c${index}`])])) });
    }
  }
  return contents;
}

/** What was lost, in words, by table or column. */
export interface Loss {
  /** `app.articles` or `app.articles.colour`. */
  readonly name: string;
  readonly what: string;
}

/**
 * What of the rows before is not there after. A column that was `away` in between is left out: that its values are gone is
 * said with the migration that dropped it.
 */
export function losses(before: Contents, after: Contents, between: Catalogue): Loss[] {
  return [...before].flatMap(([table, { rows, columns }]): Loss[] => {
    const now = after.get(table);
    if (!between.has(`table ${table}`)) {
      return [];
    }
    if (now?.rows !== rows) {
      return [{ name: table, what: `table ${table} has ${now?.rows ?? 0} rows and had ${rows}` }];
    }
    return Object.keys(columns).filter((it) => between.has(`column ${table}.${it}`) && now.columns[it] !== columns[it])
      .map((it) => ({ name: `${table}.${it}`, what: now.columns[it] === undefined ? `column ${table}.${it} is missing, with its values` : `column ${table}.${it} has other values than before` }));
  });
}
