import { Construct, type IConstruct } from 'constructs';
import { misplaced } from './account-and-region';
import { CLASSES, ENUMS, MEMBERS, STRUCTS } from './api-types';
import { brandOf } from './brand';
import { invalid, type Problem } from './invalid';
import { misspellings } from './nearest-name';

/** Who was given something: the construct, or the name of a factory. */
type Where = IConstruct | string;

const NOT_SET = 'an environment variable that is not set gives undefined';

/**
 * Refuses props that are not what the API says: missing, misspelt, of another type, or made of what is undefined.
 *
 * The compiler of TypeScript says so as well, but not of `process.env.X!`, not in JavaScript, and of an object that has the
 * members of a class it says nothing.
 */
export function mustFit(where: Where, struct: string, props: unknown, name = ''): void {
  if (typeof where !== 'string' && holdsUndefined(where.node.id)) {
    throw invalid(where, 'id', { must: "must not hold the word 'undefined'", remedy: `it is made of a value that is not there: ${NOT_SET}` });
  }
  fit(where, struct, props, name);
}

/** Refuses an argument that is not of this type: `string`, `Gate`, `IObservable[]`, `DeployOptions?`. */
export function mustBeOf(where: Where, type: string, value: unknown, name: string): void {
  const optional = type.endsWith('?');
  if (value === undefined || value === null) {
    if (!optional) {
      throw invalid(where, name, { must: 'must be set', got: value, remedy: `pass it: ${NOT_SET}` });
    }
    return;
  }
  const needed = optional ? type.slice(0, -1) : type;
  const [, element, collection] = /^(.+?)(\[\]|\{\})$/.exec(needed) ?? [];
  if (collection === '[]') {
    elementsMustBeOf(where, element, value, name);
  } else if (collection === '{}') {
    valuesMustBeOf(where, element, value, name);
  } else if (STRUCTS[needed]) {
    fit(where, needed, value, name);
  } else {
    refuse(where, name, mismatch(needed, value) ?? misused(where, needed, value));
  }
}

function fit(where: Where, struct: string, props: unknown, name: string): void {
  if (typeof props !== 'object' || props === null || Array.isArray(props)) {
    throw invalid(where, name || 'props', { must: `must be of type ${struct}, got ${kindOf(props)}`, remedy: 'pass an object with the props' });
  }
  const known = STRUCTS[struct];
  if (!isSubclass(where, struct)) {
    misspellings(Object.keys(props), Object.keys(known)).forEach((meant, given) => {
      throw invalid(where, within(name, given), { must: 'must be a prop that there is', remedy: `write '${meant}'` });
    });
  }
  Object.entries(known).forEach(([prop, type]) => {
    mustBeOf(where, type, (props as { readonly [prop: string]: unknown })[prop], within(name, prop));
  });
}

/** A subclass may hand on the props of its own, with more in them. */
function isSubclass(where: Where, struct: string): boolean {
  return typeof where !== 'string' && struct.endsWith('Props') && `${where.constructor.name}Props` !== struct;
}

function elementsMustBeOf(where: Where, type: string, value: unknown, name: string): void {
  if (!Array.isArray(value)) {
    throw invalid(where, name, { must: `must be a list, got ${kindOf(value)}`, remedy: 'write it in brackets, with commas between its entries' });
  }
  Array.from(value).forEach((it, index) => mustBeOf(where, type, it, `${name}[${index}]`));
}

function valuesMustBeOf(where: Where, type: string, value: unknown, name: string): void {
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalid(where, name, { must: `must be values by name, got ${kindOf(value)}`, remedy: 'write it in braces, as a name and a value for each' });
  }
  Object.entries(value!).forEach(([key, it]) => mustBeOf(where, type, it, `${name}.${key}`));
}

/** What is wrong with a value that is neither a collection nor a struct. It is not repeated: it may be a secret in the wrong place. */
function mismatch(type: string, value: unknown): Problem | undefined {
  if (typeof value === 'string' && type === 'string') {
    return holdsUndefined(value)
      ? { must: "must not hold the word 'undefined'", remedy: `it is made of a value that is not there: ${NOT_SET}` } : undefined;
  }
  if (isOf(type, value)) {
    return undefined;
  }
  const must = `must be ${described(type)}, got ${kindOf(value)}`;
  if (typeof value === 'function') {
    return { must, remedy: 'call it' };
  }
  return { must, remedy: PRIMITIVES[type]?.remedy ?? `pass one of ${type}` };
}

/** What is of the right type, and yet of no use here. */
function misused(where: Where, type: string, value: unknown): Problem | undefined {
  if (type === 'kms.IKey' && 'aliasName' in (value as object)) {
    return { must: 'must be a key, got an alias', remedy: 'pass the key itself: policies name keys by their ARN, and one for an alias is denied every call' };
  }
  return typeof where === 'string' ? undefined : misplaced(where, type, value);
}

const PRIMITIVES: { readonly [type: string]: { readonly described: string; readonly remedy: string } } = {
  string: { described: 'a text', remedy: 'write it in quotes' },
  number: { described: 'a number', remedy: 'write it in figures, without quotes' },
  boolean: { described: 'true or false', remedy: 'write it without quotes' },
};

function described(type: string): string {
  return PRIMITIVES[type]?.described ?? (ENUMS[type] ? `one of ${ENUMS[type].join(', ')}` : `of type ${type}`);
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'string': case 'number': case 'boolean': return typeof value === type;
    case 'any': case 'json': return true;
  }
  if (ENUMS[type]) {
    return ENUMS[type].includes(value as string);
  }
  if (CLASSES.includes(type)) {
    return brandOf(value) === type;
  }
  const member = MEMBERS[type];
  return typeof value === 'object' && (member ? member in value! : Object.getPrototypeOf(value) !== Object.prototype);
}

/** In a text without spaces: a sentence may speak of what is undefined. */
function holdsUndefined(text: string): boolean {
  return /(^|[^a-z0-9"'])undefined($|[^a-z0-9"'])/i.test(text) && !/\s/.test(text);
}

function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'string': return 'a text';
    case 'number': return String(value);
    case 'boolean': return String(value);
    case 'function': return 'a function';
    case 'undefined': return 'undefined';
  }
  if (value === null || Array.isArray(value)) {
    return value === null ? 'null' : 'a list';
  }
  const own = brandOf(value);
  return own ? `one of ${own}` : Construct.isConstruct(value) ? `the construct '${value.node.path}'` : 'an object';
}

function refuse(where: Where, name: string, problem: Problem | undefined): void {
  if (problem) {
    throw invalid(where, name, problem);
  }
}

function within(parent: string, prop: string): string {
  return parent ? `${parent}.${prop}` : prop;
}
