import { Check } from '../finding';
import { get, isObject, Json } from '../json';
import { resourcesOfType, Template } from '../template';

/** Intrinsic functions that yield one text where a pattern needs a list. */
const TEXT_FUNCTIONS = ['Fn::Sub', 'Fn::Join', 'Fn::Select', 'Fn::ImportValue', 'Fn::Base64'];

export const eventPattern: Check = {
  name: 'event-pattern',
  sentence: 'EventBridge refuses an event pattern that matches a field against anything but a list',
  find: (template) => resourcesOfType(template, 'AWS::Events::Rule', 'AWS::Events::Archive').flatMap(({ logicalId, properties }) => {
    if (!isObject(properties.EventPattern)) return [];
    return defects(template, properties.EventPattern, 'EventPattern').map((message) => ({ logicalId, message }));
  }),
};

function defects(template: Template, value: Json, path: string): string[] {
  if (Array.isArray(value)) return listDefects(template, value, path);
  if (!isObject(value)) return [`'${path}' must be a list, got ${JSON.stringify(value)}`];

  const [key, ...others] = Object.keys(value);
  if (key === undefined) return [`'${path}' must not be empty`];
  if (others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) {
    return yieldsText(template, key, value[key]) ? [`'${path}' must be a list, got ${key}`] : [];
  }
  return Object.entries(value).flatMap(([name, inner]) => defects(template, inner, `${path}.${name}`));
}

function listDefects(template: Template, list: Json[], path: string): string[] {
  if (list.length === 0) return [`'${path}' must not be an empty list`];
  // $or is the one list that holds patterns again, not the values to match.
  if (path.endsWith('.$or')) return list.flatMap((pattern, index) => defects(template, pattern, `${path}.${index}`));
  return list.some(Array.isArray) ? [`'${path}' must not hold a list inside its list`] : [];
}

function yieldsText(template: Template, key: string, argument: Json): boolean {
  if (key !== 'Ref') return TEXT_FUNCTIONS.includes(key);
  const parameterType = typeof argument === 'string' ? get(template.Parameters?.[argument], 'Type') : undefined;
  return !(typeof parameterType === 'string' && parameterType.includes('List'));
}
