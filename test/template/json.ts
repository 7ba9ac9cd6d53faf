/** A template is plain JSON: what CloudFormation reads, not what the CDK holds. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a path of property names, or nothing where the path ends early. */
export function get(value: Json | undefined, ...path: string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => isObject(inner) ? inner[key] : undefined, value);
}

/** A list's elements; none for anything that is not a list, such as a token. */
export function elements(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** A literal number, also when written as text, which CloudFormation accepts; nothing for tokens. */
export function numeric(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  return undefined;
}

/** Equality of JSON values regardless of the order of keys; used to tell whether two tokens are the same. */
export function canonical(value: Json | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isObject(value)) return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
  return JSON.stringify(value);
}
