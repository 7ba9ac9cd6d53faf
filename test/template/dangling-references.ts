import { Defect } from './finding';
import { elements, get, isObject, Json } from './json';
import { dependencies, isPseudo, Reference, referencesWithin } from './reference';
import { Template } from './template';

/** Everything that names a resource, parameter, condition or mapping which the template does not define. */
export function danglingReferences(template: Template): Defect[] {
  const inResources = Object.entries(template.Resources ?? {}).flatMap(([logicalId, resource]) => defects(logicalId, [
    ...missingTargets(template, dependencies(resource.DependsOn)),
    ...missingTargets(template, [resource.Properties, resource.Metadata].flatMap(referencesWithin)),
    ...missingConditions(template, [...namedCondition(resource.Condition), ...conditionsWithin(resource.Properties)]),
    ...missingMappings(template, resource.Properties),
  ]));
  const inOutputs = Object.entries(template.Outputs ?? {}).flatMap(([name, output]) => defects(name, [
    ...missingTargets(template, referencesWithin(output)),
    ...missingConditions(template, [...namedCondition(output.Condition), ...conditionsWithin(output)]),
    ...missingMappings(template, output),
  ]));
  const inConditions = Object.entries(template.Conditions ?? {}).flatMap(([name, condition]) => defects(name, [
    ...missingTargets(template, referencesWithin(condition)),
    ...missingConditions(template, namedWithin(condition)),
    ...missingMappings(template, condition),
  ]));
  return [...inResources, ...inOutputs, ...inConditions];
}

function defects(logicalId: string, messages: string[]): Defect[] {
  return [...new Set(messages)].map((message) => ({ logicalId, message }));
}

function missingTargets(template: Template, references: Reference[]): string[] {
  return references.filter((reference) => !isDefined(template, reference)).map(({ via, to, attribute }) =>
    `${via} names '${attribute ? `${to}.${attribute}` : to}', which the template does not define`);
}

function isDefined(template: Template, { via, to, attribute }: Reference): boolean {
  if (to in (template.Resources ?? {})) return true;
  // Only a resource has attributes, and only a resource can be depended on.
  if (via === 'DependsOn' || attribute !== undefined) return false;
  return isPseudo(to) || to in (template.Parameters ?? {});
}

function missingConditions(template: Template, names: string[]): string[] {
  return names.filter((name) => !(name in (template.Conditions ?? {}))).map((name) => `condition '${name}' is not defined in the template`);
}

function namedCondition(condition: Json | undefined): string[] {
  return typeof condition === 'string' ? [condition] : [];
}

/** The conditions that Fn::If asks, however deep. */
function conditionsWithin(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(conditionsWithin);
  if (!isObject(value)) return [];
  return [...namedCondition(elements(value['Fn::If'])[0]), ...Object.values(value).flatMap(conditionsWithin)];
}

/** The conditions that a condition is made of; elsewhere a key 'Condition' is something else, as in an IAM statement. */
function namedWithin(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(namedWithin);
  if (!isObject(value)) return [];
  return [...namedCondition(value.Condition), ...Object.values(value).flatMap(namedWithin)];
}

function missingMappings(template: Template, value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap((inner) => missingMappings(template, inner));
  if (!isObject(value)) return [];
  const [name] = elements(get(value, 'Fn::FindInMap'));
  const here = typeof name === 'string' && !(name in (template.Mappings ?? {})) ? [`mapping '${name}' is not defined in the template`] : [];
  return [...here, ...Object.values(value).flatMap((inner) => missingMappings(template, inner))];
}
