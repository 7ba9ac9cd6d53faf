import { type Catalogue, type CatalogueObject, listOf } from './catalogue';

/** What it does beside refusing rows, and when. */
const ACTIONS = / (?:ON UPDATE|ON DELETE) (?:CASCADE|RESTRICT|SET NULL|SET DEFAULT)(?: \([^)]*\))?| DEFERRABLE(?: INITIALLY DEFERRED)?/g;

/** What a constraint demands of rows: of a foreign key, all but its actions. */
export function ruleOf({ definition }: CatalogueObject): string {
  const text = String(definition.definition);
  return definition.type === 'f' ? text.replace(ACTIONS, '') : text;
}

/** Actions of foreign keys that no foreign key of the same columns has any more, though all of these are still there. */
export function lostActions(release: Catalogue, after: Catalogue): string[] {
  const isForeignKey = ({ kind, definition }: CatalogueObject) => kind === 'constraint' && definition.type === 'f';
  const actionsOf = ({ definition }: CatalogueObject) => String(definition.definition).match(ACTIONS) ?? [];
  const kept = [...after.values()].filter(isForeignKey);
  return [...release.values()].filter((it) => isForeignKey(it) && listOf(it, 'columns').every((column) => after.has(`column ${it.table}.${column}`))).flatMap((it) => {
    const now = kept.filter(({ table, definition }) => table === it.table && ruleOf({ ...it, definition }) === ruleOf(it)).flatMap(actionsOf);
    return actionsOf(it).filter((action) => !now.includes(action)).map((action) => `lost${action} of ${it.name}: ${it.definition.definition}`);
  });
}
