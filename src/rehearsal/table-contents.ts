import type { Client } from 'pg';

/** The rows of a table, as far as two readings of them can be told apart. */
export interface TableContents {
  readonly rows: number;
  /** The columns of the primary key. */
  readonly key: readonly string[];
  /** A checksum for each column, of its values together with the primary keys; the order of rows does not matter. */
  readonly columns: { readonly [column: string]: string };
  /** A checksum of the rows as wholes, for a table without a primary key. */
  readonly whole: string;
}

/** By the names of tables. */
export type Contents = ReadonlyMap<string, TableContents>;

/** Something that was lost, in words. */
export interface Loss {
  /** `app.articles` or `app.articles.colour`. */
  readonly name: string;
  readonly what: string;
}

/** Reads every table, partitions by their parents. What was read before says which columns count, so that the two can be compared. */
export async function readContents(session: Client, before: Contents = new Map<string, TableContents>()): Promise<Contents> {
  const { rows: tables } = await session.query<{ name: string; columns: string[]; key: string[] }>(`
    SELECT format('%I.%I', n.nspname, c.relname) AS name,
      array(SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attname) AS columns,
      array(SELECT quote_ident(a.attname) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY a.attname) AS key
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND (NOT c.relispartition OR format('%I.%I', n.nspname, c.relname) = ANY ($1)) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY 1`, [[...before.keys()]]);
  const contents = new Map<string, TableContents>();
  for (const { name, ...now } of tables) {
    const old = before.get(name);
    const columns = old ? now.columns.filter((it) => it in old.columns) : now.columns;
    const key = old ? old.key.filter((it) => columns.includes(it)) : now.key;
    const checksum = (parts: readonly string[]) => `sum(hashtextextended(ROW(${parts.join(', ')})::text, 0)::numeric)::text`;
    const { rows: [{ rows, whole, ...sums }] } = await session.query<{ rows: number; whole: string; [column: string]: unknown }>(
      `SELECT count(*)::float8 AS rows, ${checksum(columns)} AS whole${columns.map((it, index) => `, ${checksum([...key, it])} AS c${index}`).join('')} FROM ${name}`);
    contents.set(name, { rows, key, whole: String(whole), columns: Object.fromEntries(columns.map((column, index) => [column, String(sums[`c${index}`])])) });
  }
  return contents;
}

/** What of the rows before is not there after, of the tables and columns that `count`. Rows that came along say nothing of the others. */
export function losses(before: Contents, after: Contents, counts: (key: string) => boolean): Loss[] {
  return [...before].filter(([table]) => counts(`table ${table}`)).flatMap(([table, { rows, columns, whole }]): Loss[] => {
    const now = after.get(table);
    if (!now || now.rows !== rows) {
      return now && now.rows > rows ? [] : [{ name: table, what: `table ${table} has ${now?.rows ?? 0} rows and had ${rows}` }];
    }
    const kept = Object.keys(columns).filter((it) => counts(`column ${table}.${it}`));
    const changed = kept.filter((it) => now.columns[it] !== columns[it])
      .map((it) => ({ name: `${table}.${it}`, what: now.columns[it] === undefined ? `column ${table}.${it} is missing, with its values` : `column ${table}.${it} has other values than before` }));
    const isWhole = changed.length === 0 && whole !== now.whole && [columns, now.columns].every((it) => Object.keys(it).length === kept.length);
    return isWhole ? [{ name: table, what: `rows of table ${table} have exchanged values` }] : changed;
  });
}

/** Tables with more rows than before. */
export function additions(before: Contents, after: Contents): string[] {
  return rowChanges(before, after, (now, then) => now > then);
}

/** Tables with another number of rows than before. */
export function rowChanges(before: Contents, after: Contents, isTold = (now: number, then: number) => now !== then): string[] {
  return [...after].filter(([table, { rows }]) => isTold(rows, before.get(table)?.rows ?? rows))
    .map(([table, { rows }]) => `table ${table} has ${rows} rows and had ${before.get(table)!.rows}`);
}
