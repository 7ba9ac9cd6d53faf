import { type Catalogue, type CatalogueObject, columnsOf, keyOf } from './catalogue';

/** CHECK, FOREIGN KEY and EXCLUDE, as pg_constraint calls them. What is unique is told with its index. */
const CONSTRAINTS = ['c', 'f', 'x'];

/** A default of which each row gets another. */
const DISTINCT = /\b(?:nextval|gen_random_uuid|uuidv[47]|uuid_generate_v\w+)\(/;

/** What is demanded from now on of rows in tables that the previous release writes to, without knowing of it. */
export function newDemands(release: Catalogue, before: Catalogue, after: Catalogue): string[] {
  const isOnOld = ({ table }: CatalogueObject) => ['table', 'type'].some((kind) => release.has(`${kind} ${table}`) && after.has(`${kind} ${table}`));
  return [...after.values()].filter((it) => isOnOld(it) && !release.has(keyOf(it))).flatMap((it): string[] => {
    const { kind, name, table, definition } = it;
    switch (kind) {
      case 'column': return release.has(`table ${table}`) && isMandatory(definition) ? [`new column ${name} is NOT NULL and has no default`] : [];
      case 'index': return definition.unique === true && mayCollide(it, release, before, after) ? [`new uniqueness on ${table}: ${definition.on}`] : [];
      case 'constraint': return constrainsOld(it, release, before) ? [`new constraint on ${table}: ${definition.definition}`] : [];
      case 'rule': return [`new rule ${name}`];
      case 'policy': return definition.permissive === false ? [`new policy ${name}, which restricts`] : [];
      default: return [];
    }
  });
}

/** Whether a statement that does not name the column cannot insert a row. */
function isMandatory(definition: CatalogueObject['definition']): boolean {
  return definition['not null'] === true && definition.default === null && definition.identity === '' && definition.generated === '';
}

/** Of a domain always; of a table unless all its columns came with it. One that has another name now is none. */
function constrainsOld(constraint: CatalogueObject, release: Catalogue, before: Catalogue): boolean {
  const { table, definition } = constraint;
  const columns = columnsOf(constraint);
  const isTold = [...before.values()].some((it) => it.kind === 'constraint' && it.table === table && it.definition.definition === definition.definition);
  return !isTold && CONSTRAINTS.includes(String(definition.type)) && (columns.length === 0 || columns.some((it) => release.has(`column ${table}.${it}`)));
}

/**
 * Whether two rows of the previous release can be the same to the index. They cannot where a column is NULL or something else
 * in each of them, nor where fewer of the columns were unique before.
 */
function mayCollide(index: CatalogueObject, release: Catalogue, before: Catalogue, after: Catalogue): boolean {
  const { table, definition } = index;
  const columns = columnsOf(index);
  const others = [...before.values()].filter((it) => it.kind === 'index' && it.table === table && it.definition.unique === true && it.definition.valid === true);
  const isTold = others.some((it) => it.definition.on === definition.on);
  const nullsCollide = String(definition.on).includes('NULLS NOT DISTINCT');
  const isNarrower = !nullsCollide && others.some((it) => it.definition.partial === false && it.definition.expressions === false
    && columnsOf(it).every((column) => columns.includes(column)));
  const isApart = columns.filter((it) => !release.has(`column ${table}.${it}`)).map((it) => after.get(`column ${table}.${it}`)!.definition)
    .some((it) => it.identity !== '' || DISTINCT.test(String(it.default)) || it.default === null && it.generated === '' && !nullsCollide);
  return !isTold && !isNarrower && !isApart;
}
