import { elements, isObject, Json, JsonObject } from './json';
import { Defined, resources, Template } from './template';

export type Via = 'Ref' | 'Fn::GetAtt' | 'Fn::Sub' | 'DependsOn';

/** One place in a template that names a resource or a parameter. */
export interface Reference {
  readonly to: string;
  /** Absent where the reference is to the resource itself, as in a Ref. */
  readonly attribute?: string;
  readonly via: Via;
}

/** Pseudo parameters are given by CloudFormation, hence never defined in a template. */
export function isPseudo(name: string): boolean {
  return name.startsWith('AWS::');
}

/** Every reference within a value, however deep. */
export function referencesWithin(value: Json | undefined): Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesWithin);
  if (!isObject(value)) return [];

  const intrinsic = intrinsicOf(value);
  if (intrinsic) return intrinsic;
  return Object.values(value).flatMap(referencesWithin);
}

/**
 * The references that a property's value is, in all its alternatives; nothing where it is computed.
 *
 * A reference inside an Fn::Join is a part of a longer text, and says nothing about what the whole is.
 */
export function referencesAs(value: Json | undefined): Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesAs);
  if (!isObject(value)) return [];
  if ('Fn::If' in value) return elements(value['Fn::If']).slice(1).flatMap(referencesAs);
  if ('Fn::Sub' in value) return typeof value['Fn::Sub'] === 'string' && /^\$\{[^!{}]+\}$/.test(value['Fn::Sub']) ? referencesInSub(value['Fn::Sub']) : [];
  return 'Ref' in value || 'Fn::GetAtt' in value ? intrinsicOf(value) ?? [] : [];
}

/** The resource in this template that a value refers to, if it refers to exactly one. */
export function referredResource(template: Template, value: Json | undefined): Defined | undefined {
  const [reference, ...others] = referencesAs(value);
  if (!reference || others.length > 0) return undefined;
  return resources(template).find(({ logicalId }) => logicalId === reference.to);
}

export function dependencies(dependsOn: string | string[] | undefined): Reference[] {
  const names = dependsOn === undefined ? [] : [dependsOn].flat();
  return names.map((to) => ({ to, via: 'DependsOn' }));
}

function intrinsicOf(value: JsonObject): Reference[] | undefined {
  const [key, ...others] = Object.keys(value);
  if (others.length > 0) return undefined;

  const argument = value[key];
  if (key === 'Ref' && typeof argument === 'string') return [{ to: argument, via: 'Ref' }];
  if (key === 'Fn::GetAtt') return attributeOf(argument);
  if (key === 'Fn::Sub') return referencesInSub(argument);
  return undefined;
}

function attributeOf(argument: Json): Reference[] {
  const [to, ...attribute] = typeof argument === 'string' ? argument.split('.') : elements(argument);
  if (typeof to !== 'string') return [];
  // An attribute name may itself be computed, and then is no text.
  const named = attribute.every((part) => typeof part === 'string') ? attribute.join('.') : undefined;
  return [{ to, attribute: named, via: 'Fn::GetAtt' }, ...attribute.flatMap(referencesWithin)];
}

/** `${A}` and `${A.B}` refer; `${!A}` is literal text; the list form brings names of its own. */
function referencesInSub(argument: Json): Reference[] {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof text !== 'string') return [];

  const own = isObject(variables) ? variables : {};
  const named = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name]) => name.trim()).filter((name) => !(name in own));
  return [
    ...named.map((name): Reference => {
      const [to, ...attribute] = name.split('.');
      return { to, attribute: attribute.length > 0 ? attribute.join('.') : undefined, via: 'Fn::Sub' };
    }),
    ...referencesWithin(own),
  ];
}
