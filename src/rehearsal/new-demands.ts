import { type Catalogue, type CatalogueObject, keyOf, listOf } from './catalogue';
import { ruleOf } from './foreign-key';

/** CHECK, FOREIGN KEY and EXCLUDE, as pg_constraint calls them. What is unique is told with its index. */
const CONSTRAINTS = ['c', 'f', 'x'];

/** A default of which each row gets another. */
const DISTINCT = /\b(?:nextval|random|gen_random_uuid|uuidv[47]|uuid_generate_v\w+)\(/;

/** What is demanded from now on of rows in tables that the previous release writes to, without knowing of it. */
export function newDemands(release: Catalogue, before: Catalogue, after: Catalogue): string[] {
  const isOnOld = ({ table }: CatalogueObject) => ['table', 'type'].some((kind) => release.has(`${kind} ${table}`) && after.has(`${kind} ${table}`));
  return [...after.values()].filter((it) => isOnOld(it) && demandOf(it) !== demandOf(release.get(keyOf(it)))).flatMap((it): string[] => {
    const { kind, name, table, definition } = it;
    switch (kind) {
      case 'column': return release.has(`table ${table}`) && isMandatory(definition) ? [`new column ${name} is NOT NULL and has no default`] : [];
      case 'index': return definition.unique === true && mayCollide(it, release, before, after) ? [`new uniqueness on ${table}: ${definition.on}`] : [];
      case 'constraint': return constrainsOld(it, release, before, after) ? [`new constraint on ${table}: ${definition.definition}`] : [];
      case 'rule': return [`new rule ${name}`];
      case 'policy': return definition.permissive === false ? [`new policy ${name}, which restricts`] : [];
      default: return [];
    }
  });
}

/** What an object demands, which under the same name may be another thing than before. */
function demandOf(object?: CatalogueObject): unknown {
  switch (object?.kind) {
    case 'index': return `${object.definition.unique} ${object.definition.on}`;
    case 'constraint': return ruleOf(object);
    default: return object?.kind;
  }
}

/** Whether a statement that does not name the column cannot insert a row. */
function isMandatory(definition: CatalogueObject['definition']): boolean {
  return definition['not null'] === true && definition.default === null && definition.identity === '' && definition.generated === '';
}

/**
 * Of a domain always; of a table unless all its columns came with it, and what the previous release leaves in them has been
 * looked at. One that has another name now is none.
 */
function constrainsOld(constraint: CatalogueObject, release: Catalogue, before: Catalogue, after: Catalogue): boolean {
  const { table, definition } = constraint;
  const columns = listOf(constraint, 'columns');
  const isTold = [...before.values()].some((it) => it.kind === 'constraint' && it.table === table && ruleOf(it) === ruleOf(constraint));
  const isOfNew = columns.length > 0 && columns.every((it) => !release.has(`column ${table}.${it}`));
  const isNull = definition.type === 'f' && columns.some((it) => after.get(`column ${table}.${it}`)?.definition.default === null);
  return !isTold && CONSTRAINTS.includes(String(definition.type)) && !(isOfNew && (definition.validated === true || isNull));
}

/**
 * Whether two rows of the previous release can be the same to the index. They cannot where a column is NULL or something else
 * in each of them, nor where fewer of the columns were unique before.
 */
function mayCollide(index: CatalogueObject, release: Catalogue, before: Catalogue, after: Catalogue): boolean {
  const { table, definition } = index;
  const columns = listOf(index, 'columns');
  const others = [...before.values()].filter((it) => it.kind === 'index' && it.table === table && it.definition.unique === true && it.definition.valid === true);
  const isTold = others.some((it) => it.definition.on === definition.on);
  const nullsCollide = String(definition.on).includes('NULLS NOT DISTINCT');
  const isNarrower = !nullsCollide && others.some((it) => it.definition.partial === false && it.definition.expressions === false
    && listOf(it, 'columns').every((column) => columns.includes(column)));
  const added = columns.flatMap((it) => release.has(`column ${table}.${it}`) ? [] : after.get(`column ${table}.${it}`) ?? []);
  const isApart = added.some(({ definition: it }) => it.identity !== '' || DISTINCT.test(String(it.default)) || it.default === null && it.generated === '' && !nullsCollide);
  return !isTold && !isNarrower && !isApart;
}
