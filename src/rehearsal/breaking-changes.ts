import { type Catalogue, catalogueDifferences, type CatalogueObject } from './catalogue';

/** Kinds whose objects a program names in its statements. */
const NAMED = ['table', 'view', 'materialized view', 'column', 'function', 'type'];

/**
 * What the code of the previous release can miss after a migration, found in the catalogues and not in the text of the
 * migration: what is dropped, renamed or retyped, columns that it does not know and must fill, and uniqueness that it does
 * not know of.
 */
export function breakingChanges(before: Catalogue, after: Catalogue): string[] {
  const differences = catalogueDifferences(before, after);
  const isNew = (kind: string, name: string) => !before.has(`${kind} ${name}`);
  const added = differences.filter((it) => !it.before).map((it) => it.after!);
  const tables = new Set([...before.values()].filter(({ kind }) => kind === 'table').map(({ name }) => name));

  const dropped = differences.filter((it) => !it.after && NAMED.includes(it.before!.kind)).map((it) => it.before!)
    .filter(({ kind, table }) => kind !== 'column' || isThere(after, table))
    .map((it) => goneInWords(it, successorOf(it, before, after, added)));
  const changed = differences.flatMap(({ before: old, after: now }) => (old && now ? changesOf(old, now) : []));
  const mandatory = added.filter((it) => it.kind === 'column' && tables.has(it.table!) && isThere(after, it.table) && isMandatory(it))
    .map(({ name }) => `new column ${name} is NOT NULL and has no default`);
  const unique = added.filter((it) => it.kind === 'index' && it.definition.unique === true && tables.has(it.table!))
    .filter((it) => it.definition.expressions === true || !String(it.definition.columns).split(' ').every((column) => isNew('column', `${it.table}.${column}`)))
    .filter((it) => ![...before.values()].some(({ kind, definition }) => kind === 'index' && definition.on === it.definition.on))
    .map(({ table, definition }) => `new uniqueness on ${table}: ${definition.on}`);
  return [...dropped, ...changed, ...mandatory, ...unique];
}

function changesOf(old: CatalogueObject, now: CatalogueObject): string[] {
  const { kind, name } = old;
  if (kind === 'type' && old.definition.labels !== null) {
    const labels = new Set(String(now.definition.labels).split(', '));
    return String(old.definition.labels).split(', ').filter((it) => !labels.has(it)).map((it) => `dropped or renamed label ${it} of type ${name}`);
  }
  if (kind !== 'column') {
    return [];
  }
  return [
    ...isWidened(String(old.definition.type), String(now.definition.type)) ? [] : [`retyped column ${name} from ${old.definition.type} to ${now.definition.type}`],
    ...now.definition['not null'] === true && old.definition['not null'] !== true ? [`column ${name} is NOT NULL now`] : [],
    ...isFilled(old) && !isFilled(now) ? [`column ${name} has no default any more`] : [],
    ...now.definition.identity === 'a' && old.definition.identity !== 'a' ? [`column ${name} takes no values any more: it is GENERATED ALWAYS AS IDENTITY`] : [],
    ...now.definition.generated !== '' && old.definition.generated === '' ? [`column ${name} takes no values any more: it is generated`] : [],
  ];
}

/** Whether a statement that does not name the column gets a value. */
function isFilled({ definition }: CatalogueObject): boolean {
  return definition.default !== null || definition.identity !== '' || definition.generated !== '';
}

/** Whether all that fitted fits still. */
function isWidened(old: string, now: string): boolean {
  const [, length] = /^character varying\((\d+)\)$/.exec(old) ?? [];
  const [, newLength] = /^character varying\((\d+)\)$/.exec(now) ?? [];
  const [, precision, scale] = /^numeric\((\d+),(\d+)\)$/.exec(old) ?? [];
  const [, newPrecision, newScale] = /^numeric\((\d+),(\d+)\)$/.exec(now) ?? [];
  return old === now
    || /^character varying/.test(old) && (now === 'text' || now === 'character varying')
    || length !== undefined && Number(newLength) >= Number(length)
    || precision !== undefined && Number(newScale) >= Number(scale) && Number(newPrecision) - Number(newScale) >= Number(precision) - Number(scale);
}

/** Whether a statement that does not name the column cannot insert a row. */
function isMandatory({ definition }: CatalogueObject): boolean {
  return definition['not null'] === true && definition.default === null && definition.identity === '' && definition.generated === '';
}

function goneInWords({ kind, name }: CatalogueObject, successor?: string): string {
  return successor === undefined ? `dropped ${kind} ${name}` : `renamed ${kind} ${name}, to ${successor} by the look of it`;
}

/** The one object that came in the same migration and is of the same make. */
function successorOf(gone: CatalogueObject, before: Catalogue, after: Catalogue, added: readonly CatalogueObject[]): string | undefined {
  const shape = shapeOf(gone, before);
  const alike = added.filter((it) => it.kind === gone.kind && it.table === gone.table && shapeOf(it, after) === shape);
  return shape !== undefined && alike.length === 1 ? alike[0].name : undefined;
}

function shapeOf({ kind, name, definition }: CatalogueObject, catalogue: Catalogue): string | undefined {
  switch (kind) {
    case 'column': return String(definition.type);
    case 'type': return definition.labels === null ? undefined : String(definition.labels);
    case 'table': return JSON.stringify([...catalogue.values()].filter((it) => it.kind === 'column' && it.table === name)
      .map((it) => [it.name.slice(name.length), it.definition.type]).sort());
    default: return undefined;
  }
}

function isThere(catalogue: Catalogue, table?: string): boolean {
  return ['table', 'view', 'materialized view'].some((kind) => catalogue.has(`${kind} ${table}`));
}
