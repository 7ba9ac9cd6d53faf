import { checkTemplate } from './check-template';
import { Finding } from './finding';
import { isObject, Json, JsonObject } from './json';
import { Template } from './template';

/**
 * A copy of a healthy template with one thing changed.
 *
 * The path is a logical id, then the way through its properties: 'Service.LoadBalancers.0.ContainerPort'.
 * An undefined value takes the property away.
 */
export function seeded(template: Template, path: string, value: Json | undefined): Template {
  const copy = structuredClone(template) as JsonObject;
  const [logicalId, ...rest] = path.split('.');
  const keys = ['Resources', logicalId, 'Properties', ...rest];
  const last = keys.pop()!;

  const holder = keys.reduce<Json>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)];
    return isObject(inner) ? inner[key] : null;
  }, copy);
  if (typeof holder !== 'object' || holder === null) throw new Error(`the template has nothing at '${path}'`);

  // A list is an object too: its positions are keys.
  const target = holder as JsonObject;
  if (value === undefined) delete target[last];
  else target[last] = value;
  return copy as Template;
}

/** What all checks together say after one change, so that a defect is seen to be found by its check alone. */
export function findingsAfter(template: Template, path: string, value: Json | undefined): Finding[] {
  return checkTemplate(seeded(template, path, value));
}
