import { Check } from '../finding';
import { get, isObject, Json } from '../json';
import { Reference, referencesAs } from '../reference';
import { expectedKind } from '../reference-places';
import { Kind } from '../resource-kind';
import { resources, Template } from '../template';

export const referenceType: Check = {
  name: 'reference-type',
  sentence: 'a reference to the wrong type of resource, or to the wrong attribute of the right one, fails only at deployment',
  find: (template) => resources(template).filter(({ type }) => type.startsWith('AWS::')).flatMap(({ logicalId, type, properties }) =>
    placed(type, properties).flatMap(({ path, kind, value }) => referencesAs(value)
      .flatMap((reference) => referenceDefect(template, reference, kind) ?? [])
      .map((got) => ({ logicalId, message: `'${path}' must be ${kind.what}, got ${got}` })))),
};

interface Placed {
  readonly path: string;
  readonly kind: Kind;
  readonly value: Json;
}

/** Every property, however deep, in a place where a certain kind of resource is expected. */
function placed(type: string, value: Json, path: readonly string[] = []): Placed[] {
  if (Array.isArray(value)) return value.flatMap((element) => placed(type, element, path));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = [...path, name];
    const kind = expectedKind(type, here);
    return kind ? [{ path: here.join('.'), kind, value: inner }] : placed(type, inner, here);
  });
}

function referenceDefect(template: Template, { to, attribute, via }: Reference, kind: Kind): string | undefined {
  const written = `${via} '${attribute === undefined ? to : `${to}.${attribute}`}'`;
  const referred = template.Resources?.[to];
  if (!referred) return parameterDefect(get(template.Parameters?.[to], 'Type'), written, kind);

  if (isOpaque(referred.Type)) return undefined;
  const forms = kind.forms[referred.Type];
  if (!forms) return `${written} of type ${referred.Type}`;
  return forms.includes(attribute ?? 'Ref') ? undefined : `${written} of type ${referred.Type}, of which only ${forms.join(' or ')} fits`;
}

/** A parameter of plain text may hold anything; only the typed ones of EC2 can be told apart. */
function parameterDefect(type: Json | undefined, written: string, { parameter }: Kind): string | undefined {
  if (typeof type !== 'string' || !parameter) return undefined;
  const inner = /^(?:List<)?(AWS::EC2::[\w:]+)>?$/.exec(type)?.[1];
  return inner === undefined || inner === parameter ? undefined : `${written}, a parameter of type ${type}`;
}

/** Resources whose attributes can stand for anything. */
function isOpaque(type: string): boolean {
  return !type.startsWith('AWS::') || ['AWS::CloudFormation::CustomResource', 'AWS::CloudFormation::Stack', 'AWS::SSM::Parameter'].includes(type);
}
