import { elements, isObject, Json } from './json';

/**
 * The text that a value renders to, with a placeholder for each part that only a deployment knows.
 *
 * Nothing where the value as a whole is unknown, such as a bare Ref.
 */
export function textOf(value: Json | undefined, placeholder: string): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return undefined;
  if ('Fn::Join' in value) return joined(value['Fn::Join'], placeholder);
  if ('Fn::Sub' in value) return substituted(value['Fn::Sub'], placeholder);
  return undefined;
}

/** The text of a value that is known in full before a deployment. */
export function literalText(value: Json | undefined): string | undefined {
  const unknown = '\u0000';
  const text = textOf(value, unknown);
  return text?.includes(unknown) ? undefined : text;
}

function joined(argument: Json, placeholder: string): string | undefined {
  const [delimiter, parts] = elements(argument);
  if (typeof delimiter !== 'string' || !Array.isArray(parts)) return undefined;
  return parts.map((part) => textOf(part, placeholder) ?? placeholder).join(delimiter);
}

function substituted(argument: Json, placeholder: string): string | undefined {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof text !== 'string') return undefined;
  return text.replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    return (isObject(variables) ? textOf(variables[name.trim()], placeholder) : undefined) ?? placeholder;
  });
}
