import { JsonObject, Json } from './json';

export interface Resource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DependsOn?: string | string[];
  readonly Condition?: string;
  readonly Metadata?: JsonObject;
}

export interface Template {
  readonly Resources?: { readonly [logicalId: string]: Resource };
  readonly Parameters?: { readonly [name: string]: JsonObject };
  readonly Mappings?: { readonly [name: string]: JsonObject };
  readonly Conditions?: { readonly [name: string]: Json };
  readonly Outputs?: { readonly [name: string]: JsonObject };
}

export interface Defined {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly condition?: string;
}

export function resources(template: Template): Defined[] {
  return Object.entries(template.Resources ?? {}).map(([logicalId, resource]) => ({
    logicalId,
    type: resource.Type,
    properties: resource.Properties ?? {},
    condition: resource.Condition,
  }));
}

export function resourcesOfType(template: Template, ...types: string[]): Defined[] {
  return resources(template).filter(({ type }) => types.includes(type));
}
