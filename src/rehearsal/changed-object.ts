import type { CatalogueObject } from './catalogue';

/** What the code of the previous release can miss of an object that is still there under its name. */
export function changesOf(old: CatalogueObject, now: CatalogueObject): string[] {
  switch (old.kind) {
    case 'column': return columnChanges(old, now);
    case 'type': return typeChanges(old, now);
    case 'table': return tableChanges(old, now);
    case 'materialized view': return became(true, 'populated', now, old) ? [`materialized view ${old.name} cannot be read any more: it holds no rows`] : [];
    case 'function': return old.definition.result === now.definition.result ? []
      : [`retyped result of function ${old.name} from ${old.definition.result ?? 'none'} to ${now.definition.result ?? 'none'}`];
    case 'trigger': return now.definition.enabled === 'D' ? [`trigger ${old.name} is disabled`] : [];
    case 'rule': return [`changed rule ${old.name}`];
    case 'policy': return [`changed policy ${old.name}`];
    default: return [];
  }
}

function columnChanges({ name, definition: old }: CatalogueObject, { definition: now }: CatalogueObject): string[] {
  const isFilled = (it: CatalogueObject['definition']) => it.default !== null || it.identity !== '' || it.generated !== '';
  return [
    ...isWidened(String(old.type), String(now.type)) ? [] : [`retyped column ${name} from ${old.type} to ${now.type}`],
    ...now['not null'] === true && old['not null'] !== true ? [`column ${name} is NOT NULL now`] : [],
    ...isFilled(old) && !isFilled(now) ? [`column ${name} has no default any more`] : [],
    ...now.identity === 'a' && old.identity !== 'a' ? [`column ${name} takes no values any more: it is GENERATED ALWAYS AS IDENTITY`] : [],
    ...now.generated !== '' && old.generated === '' ? [`column ${name} takes no values any more: it is generated`] : [],
  ];
}

function typeChanges({ name, definition: old }: CatalogueObject, { definition: now }: CatalogueObject): string[] {
  const labelsOf = ({ labels }: CatalogueObject['definition']) => String(labels ?? '').split(', ').filter(Boolean);
  return [
    ...labelsOf(old).filter((it) => !labelsOf(now).includes(it)).map((it) => `dropped or renamed label ${it} of type ${name}`),
    ...old.base !== null && !isWidened(String(old.base), String(now.base)) ? [`retyped domain ${name} from ${old.base} to ${now.base}`] : [],
    ...now['not null'] === true && old['not null'] !== true ? [`domain ${name} is NOT NULL now`] : [],
  ];
}

function tableChanges(old: CatalogueObject, now: CatalogueObject): string[] {
  return [
    ...became(true, 'row security', old, now) ? [`row security of table ${old.name} is on now: whoever is not its owner sees what a policy allows, and nothing else`] : [],
    ...old.definition.partition !== null && now.definition.partition === null ? [`detached partition ${old.name}, whose rows ${old.definition.parent} does not show any more`] : [],
  ];
}

function became(value: boolean, part: string, old: CatalogueObject, now: CatalogueObject): boolean {
  return old.definition[part] !== value && now.definition[part] === value;
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
