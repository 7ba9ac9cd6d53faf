import { type Catalogue, type CatalogueObject, listOf } from './catalogue';

/** Kinds whose objects a program names in its statements, or relies on without a name. */
const NEEDED = ['table', 'view', 'materialized view', 'column', 'function', 'type', 'sequence', 'trigger', 'rule', 'policy'];

/** What is not there any more under its name, and was of use; a thing that went away with its table is told with that. */
export function goneObjects(gone: readonly CatalogueObject[], added: readonly CatalogueObject[], before: Catalogue, after: Catalogue): string[] {
  return gone.filter((it) => NEEDED.includes(it.kind) && (it.table === undefined || isThere(after, it.table)) && !wentWithItsColumn(it, after))
    .map((it) => inWords(it, successorOf(it, before, after, added)));
}

/** Uniqueness of columns that are still there: ON CONFLICT (…) needs an index on just these, and none that is deferrable. */
export function missedUniqueness(release: Catalogue, after: Catalogue): string[] {
  const isUnique = ({ kind, definition }: CatalogueObject) => kind === 'index' && definition.unique === true && definition.valid === true && definition.immediate === true;
  const kept = new Set([...after.values()].filter(isUnique).map(({ definition }) => definition.on));
  return [...release.values()].filter((it) => isUnique(it) && !kept.has(it.definition.on)
    && listOf(it, 'columns').every((column) => after.has(`column ${it.table}.${column}`)))
    .map(({ table, definition }) => `dropped uniqueness on ${table}, which ON CONFLICT may name: ${definition.on}`);
}

/** A sequence that belongs to a column: `app.accounts.id`. */
function wentWithItsColumn({ kind, definition }: CatalogueObject, after: Catalogue): boolean {
  return kind === 'sequence' && definition['owned by'] !== null && !after.has(`column ${definition['owned by']}`);
}

function inWords({ kind, name }: CatalogueObject, successor?: string): string {
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
    case 'sequence': return JSON.stringify(definition);
    case 'table': return JSON.stringify([...catalogue.values()].filter((it) => it.kind === 'column' && it.table === name)
      .map((it) => [it.name.slice(name.length), it.definition.type]).sort());
    default: return undefined;
  }
}

function isThere(catalogue: Catalogue, table: string): boolean {
  return ['table', 'view', 'materialized view', 'type'].some((kind) => catalogue.has(`${kind} ${table}`));
}
