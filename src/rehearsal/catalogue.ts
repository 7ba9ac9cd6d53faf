import type { Client } from 'pg';
import { CATALOGUE_QUERIES } from './catalogue-queries';

/** One object of a database, as the catalogues of PostgreSQL describe it. */
export interface CatalogueObject {
  /** `column`. */
  readonly kind: string;
  /** `app.articles.colour`. */
  readonly name: string;
  /** The table that it is a part of. */
  readonly table?: string;
  readonly definition: { readonly [part: string]: string | number | boolean | null };
}

/** Everything that a migration can change beside rows, by kind and name. */
export type Catalogue = ReadonlyMap<string, CatalogueObject>;

/** What a catalogue has it by. */
export function keyOf({ kind, name }: CatalogueObject): string {
  return `${kind} ${name}`;
}

/** The names in a part that is a list, such as the columns of an index. */
export function listOf({ definition }: CatalogueObject, part: 'columns' | 'labels'): string[] {
  return JSON.parse(String(definition[part] ?? '[]')) as string[];
}

/** How an object differs between two catalogues. */
export interface CatalogueDifference {
  readonly before?: CatalogueObject;
  readonly after?: CatalogueObject;
}

/** Reads the catalogue of the session's database, without what PostgreSQL and extensions brought along. */
export async function readCatalogue(session: Client): Promise<Catalogue> {
  await session.query('SET search_path TO pg_catalog, pg_temp'); // so that all names are written with their schema
  const objects = new Map<string, CatalogueObject>();
  for (const query of CATALOGUE_QUERIES) {
    const { rows } = await session.query<CatalogueObject>(query);
    rows.forEach((it) => objects.set(keyOf(it), it));
  }
  return objects;
}

/** What is not the same in both, in the order of kinds and names. */
export function catalogueDifferences(before: Catalogue, after: Catalogue): CatalogueDifference[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort()
    .map((key) => ({ before: before.get(key), after: after.get(key) }))
    .filter((it) => JSON.stringify(it.before) !== JSON.stringify(it.after));
}

/** The same without the parts of tables that are there in one only: such a table is told once. */
export function wholeDifferences(before: Catalogue, after: Catalogue): CatalogueDifference[] {
  const differences = catalogueDifferences(before, after);
  const missing = new Set(differences.filter((it) => !it.before || !it.after).map((it) => (it.before ?? it.after)!.name));
  return differences.filter((it) => !missing.has((it.before ?? it.after)!.table ?? ''));
}

/**
 * A difference in words: `column app.articles.colour: type is integer and was text`.
 */
export function inWords({ before, after }: CatalogueDifference): string {
  const { kind, name } = (before ?? after)!;
  if (!before || !after) {
    return `${kind} ${name} ${before ? 'is missing' : 'is there and was not'}`;
  }
  const parts = Object.keys({ ...before.definition, ...after.definition }).filter((it) => before.definition[it] !== after.definition[it]);
  return `${kind} ${name}: ${parts.map((it) => `${it} is ${printed(after.definition[it])} and was ${printed(before.definition[it])}`).join(', ')}`;
}

function printed(value: string | number | boolean | null | undefined): string {
  const text = String(value ?? 'none').replace(/\s+/g, ' ');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
