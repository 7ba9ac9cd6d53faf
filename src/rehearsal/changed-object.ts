import { type CatalogueObject, listOf } from './catalogue';

/** What the code of the previous release can miss of an object that is still there under its name. */
export function changesOf(old: CatalogueObject, now: CatalogueObject): string[] {
  switch (old.kind) {
    case 'column': return columnChanges(old, now);
    case 'type': return typeChanges(old, now);
    case 'table': return tableChanges(old, now);
    case 'materialized view': return became(false, 'populated', old, now) ? [`materialized view ${old.name} cannot be read any more: it holds no rows`] : [];
    case 'view': return viewChanges(old, now);
    case 'sequence': return old.definition.increment === now.definition.increment ? [] : [`sequence ${old.name} goes by ${now.definition.increment} now, and by ${old.definition.increment} before`];
    case 'function': return functionChanges(old, now);
    case 'trigger': return triggerChanges(old, now);
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

function typeChanges(old: CatalogueObject, now: CatalogueObject): string[] {
  const { name, definition: { base, 'not null': wasFilled } } = old;
  const labels = listOf(now, 'labels');
  return [
    ...listOf(old, 'labels').filter((it) => !labels.includes(it)).map((it) => `dropped or renamed label ${it} of type ${name}`),
    ...base !== null && !isWidened(String(base), String(now.definition.base)) ? [`retyped domain ${name} from ${base} to ${now.definition.base}`] : [],
    ...now.definition['not null'] === true && wasFilled !== true ? [`domain ${name} is NOT NULL now`] : [],
  ];
}

function tableChanges(old: CatalogueObject, now: CatalogueObject): string[] {
  const { name, definition: { parent, partition } } = old;
  const isMoved = parent !== null && (parent !== now.definition.parent || partition !== now.definition.partition);
  return [
    ...became(true, 'row security', old, now) ? [`row security of table ${name} is on now: whoever is not its owner sees what a policy allows, and nothing else`] : [],
    ...!isMoved ? [] : [now.definition.parent === null ? `detached ${partition === null ? 'child' : 'partition'} ${name}, whose rows ${parent} does not show any more`
      : `partition ${name} is ${now.definition.partition} of ${now.definition.parent} now, and was ${partition} of ${parent}`],
  ];
}

function viewChanges(old: CatalogueObject, now: CatalogueObject): string[] {
  const { name, definition: { options } } = old;
  const lost = ['insertable', 'updatable'].filter((part) => became(false, part, old, now));
  return [
    ...lost.length === 0 ? [] : [`view ${name} is not ${lost.join(' and ')} any more`],
    ...options === now.definition.options ? [] : [`view ${name} has the options ${now.definition.options ?? 'none'} now, and had ${options ?? 'none'}`],
  ];
}

function functionChanges({ name, definition: old }: CatalogueObject, { definition: now }: CatalogueObject): string[] {
  return [
    ...old.result === now.result ? [] : [`retyped result of function ${name} from ${old.result ?? 'none'} to ${now.result ?? 'none'}`],
    ...old.parameters === null || old.parameters === now.parameters ? [] : [`renamed parameters of function ${name}: ${now.parameters ?? 'none'}, before ${old.parameters}`],
    ...Number(now.defaults) >= Number(old.defaults) ? [] : [`function ${name} has fewer defaults than before`],
    ...old['security definer'] === true && now['security definer'] !== true ? [`function ${name} is SECURITY INVOKER now`] : [],
  ];
}

/** It fires for what an application does in the states O and A only. */
function triggerChanges({ name, definition: old }: CatalogueObject, { definition: now }: CatalogueObject): string[] {
  const fires = ({ enabled }: CatalogueObject['definition']) => enabled === 'O' || enabled === 'A';
  return [
    ...fires(old) && !fires(now) ? [`trigger ${name} is disabled`] : [],
    ...old.definition === now.definition ? [] : [`changed trigger ${name}`],
  ];
}

function became(value: boolean, part: string, old: CatalogueObject, now: CatalogueObject): boolean {
  return old.definition[part] !== value && now.definition[part] === value;
}

/** Whether all that fitted fits still: no limit, or a higher one; of arrays as of what they hold. */
function isWidened(old: string, now: string): boolean {
  const [, type, limits = '', rest = ''] = LIMITED.exec(old) ?? [];
  const [, newType, newLimits, newRest = ''] = LIMITED.exec(now) ?? [];
  if (old === now || type === 'character varying' && newType === 'text' && rest === newRest) {
    return true;
  }
  const [length, scale = 0] = limits.split(',').map(Number);
  const [newLength, newScale = 0] = (newLimits ?? '').split(',').map(Number);
  return type !== undefined && type === newType && rest === newRest && limits !== ''
    && (newLimits === undefined || newScale >= scale && newLength - newScale >= length - scale);
}

/** `character varying(10)[]`: the type, its limits, and what follows. */
const LIMITED = /^(character varying|text|numeric|timestamp|time|interval|bit varying)(?:\((\d+(?:,-?\d+)?)\))?(.*)$/;
