import { CfnDynamicReference, Token, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { invalid } from './invalid';
import { secretShape } from './secret-shape';

const REFERENCE = 'CloudFormation would put it in here, in the clear';

/**
 * Throws for a text that would hand over a secret in the clear: by its name, if it has one, or by its shape. The text is
 * never repeated. Of what only the deployment knows the name decides, and what CloudFormation reads from a secret is one.
 */
export function mustBePlain(where: IConstruct | string, prop: string, [name, text]: [string, string], remedy: string): void {
  const reason = secretIn(name, text);
  if (reason) {
    throw invalid(where, prop, { must: `must not hold a secret (${reason})`, remedy });
  }
}

/** Why a text must not be handed over in the clear, or undefined if it may. */
export function secretIn(name: string, text: string): string | undefined {
  const isReference = text.includes('{{resolve:') || Tokenization.reverseString(text).tokens.some((it) => it instanceof CfnDynamicReference);
  return isReference ? REFERENCE : secretShape(name, Token.isUnresolved(text) ? undefined : text);
}

/** The same of a text as a template has it, with functions of CloudFormation. */
export function secretInTemplate(name: string, value: unknown): string | undefined {
  if (JSON.stringify(value ?? '').includes('{{resolve:')) {
    return REFERENCE;
  }
  return typeof value === 'string'
    ? secretShape(name, value)
    : textsIn(value).map((it) => secretShape('', it)).find((it) => it !== undefined) ?? secretShape(name);
}

/** No shape of a secret goes over it. */
const UNKNOWN = '\n';

/** What is known of the texts that a value may become. A part that only the deployment knows is a line break. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  const [[name, argument] = []] = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries<any>(value) : [];
  switch (name) {
    case undefined: return Array.isArray(value) ? value.flatMap(textsIn) : [];
    case 'Fn::Join': return Array.isArray(argument?.[1]) ? joined(argument[0], argument[1]) : [];
    case 'Fn::Sub': return substituted(...([argument].flat() as [unknown, { [name: string]: unknown }?]));
    case 'Ref': case 'Fn::GetAtt': case 'Fn::ImportValue': case 'Fn::FindInMap': case 'Condition': return [];
    default: return textsIn(Array.isArray(argument) ? argument : [argument]);
  }
}

function joined(separator: string, parts: unknown[]): string[] {
  return [parts.map(textOf).join(separator), ...parts.filter((it) => typeof it !== 'string').flatMap(textsIn)];
}

function substituted(pattern: unknown, values: { readonly [name: string]: unknown } = {}): string[] {
  return typeof pattern !== 'string' ? [] : [pattern.replace(/\$\{([^}]*)\}/g, (_, name: string) => textOf(values[name]))];
}

function textOf(value: unknown): string {
  return textsIn(value)[0] ?? UNKNOWN;
}
