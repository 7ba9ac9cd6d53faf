import { type TemplateBody, textOf } from './synthesised-templates';

/** Which conditions hold, by name. */
type Truth = ReadonlyMap<string, boolean>;

/**
 * The template as it may be deployed: without `Fn::If`, and without resources whose condition does not hold.
 *
 * Once if it has no conditions. Otherwise each comparison of its conditions is tried both ways, with all others true and
 * with all others false; and each branch of an `Fn::If` that none of these takes, by itself. So every branch is in one.
 */
export function possibleTemplates(template: TemplateBody): TemplateBody[] {
  return waysOf(template).map((truth) => ({ ...template, Resources: resourcesWhere(template, truth) }));
}

function resourcesWhere(template: TemplateBody, truth: Truth): TemplateBody['Resources'] {
  const mappings = template.Mappings ?? {};
  return Object.fromEntries(Object.entries(template.Resources ?? {})
    .filter(([, { Condition: condition }]) => condition === undefined || truth.get(condition) !== false)
    .map(([logicalId, resource]) => [logicalId, UNSETTLED.test(textOf(resource)) ? settled(resource, truth, mappings) : resource]));
}

/** What `settled` would change. */
const UNSETTLED = /"(Fn::If|Fn::FindInMap|AWS::NoValue)"|"Fn::GetAtt":"/;

/** The value with its conditions decided, literal look-ups made, and what is left out left out. */
function settled(value: any, truth: Truth, mappings: { readonly [name: string]: any }): any {
  if (Array.isArray(value)) {
    return value.map((it) => settled(it, truth, mappings)).filter((it) => it !== undefined);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const [[name, argument] = [], ...others] = Object.entries<any>(value);
  if (others.length === 0) {
    switch (name) {
      case 'Ref': return argument === 'AWS::NoValue' ? undefined : value;
      case 'Fn::If': return Array.isArray(argument) && truth.has(argument[0])
        ? settled(argument[truth.get(argument[0]) ? 1 : 2], truth, mappings) : value;
      case 'Fn::GetAtt': return typeof argument === 'string' ? { 'Fn::GetAtt': splitOnce(argument) } : value;
      case 'Fn::FindInMap': return (Array.isArray(argument) ? mappings[argument[0]]?.[argument[1]]?.[argument[2]] : undefined) ?? value;
    }
  }
  return Object.fromEntries(Object.entries(value)
    .map(([key, it]) => [key, settled(it, truth, mappings)]).filter(([, it]) => it !== undefined));
}

function splitOnce(attribute: string): string[] {
  const dot = attribute.indexOf('.');
  return [attribute.slice(0, dot), attribute.slice(dot + 1)];
}

function waysOf(template: TemplateBody): Truth[] {
  const branches = branchesOf(template);
  const names = [...new Set(branches.flatMap((it) => [...it.keys()]))];
  const conditions = template.Conditions ?? {};
  const comparisons = [...new Set(names.flatMap((name) => comparisonsOf({ Condition: name }, conditions)))];
  const assignments = [true, false].flatMap((usual) =>
    [undefined, ...comparisons].map((other) => (it: string) => it === other ? !usual : usual));
  const ways = distinct(assignments.map((holds) => new Map(names.map((name) => [name, isTrue({ Condition: name }, conditions, holds)]))));
  branches.filter((branch) => !ways.some((way) => [...branch].every(([name, it]) => way.get(name) === it)))
    .filter((branch) => ![...branch.keys()].some((name) => comparisonsOf({ Condition: name }, conditions).length === 0))
    .forEach((branch) => ways.push(new Map([...ways[0], ...branch])));
  return ways;
}

/** What must be so that each resource is there, and each branch of an `Fn::If` is taken. */
function branchesOf({ Resources: resources = {} }: TemplateBody): Truth[] {
  const branches: Truth[] = [];
  const visit = (value: any, so: Truth): void => {
    if (typeof value !== 'object' || value === null) {
      return;
    }
    const [name, ...values] = Array.isArray(value['Fn::If']) ? value['Fn::If'] : [];
    if (typeof name !== 'string') {
      Object.values(value).forEach((it) => visit(it, so));
      return;
    }
    values.forEach((it: any, index: number) => {
      if (so.get(name) !== (index === 1)) {
        const branch = new Map(so).set(name, index === 0);
        branches.push(branch);
        visit(it, branch);
      }
    });
  };
  Object.values(resources).filter(({ Type: type }) => type !== 'AWS::CDK::Metadata').forEach((resource) => {
    const there: Truth[] = resource.Condition === undefined ? [] : [new Map([[resource.Condition, true]])];
    branches.push(...there);
    visit(resource.Properties, there[0] ?? new Map());
  });
  return branches;
}

/** The comparisons that a condition is made of, as text. What is no comparison of two literals may be true or false. */
function comparisonsOf(condition: any, conditions: { readonly [name: string]: any }, around: readonly string[] = []): string[] {
  const { Condition: name, 'Fn::And': and, 'Fn::Or': or, 'Fn::Not': not, 'Fn::Equals': equals } = condition ?? {};
  if (name !== undefined) {
    return name in conditions && !around.includes(name)
      ? comparisonsOf(conditions[name], conditions, [...around, name]) : [JSON.stringify(condition)];
  }
  const parts = and ?? or ?? not;
  if (Array.isArray(parts)) {
    return parts.flatMap((it) => comparisonsOf(it, conditions, around));
  }
  return Array.isArray(equals) && equals.every((it) => typeof it === 'string') ? [] : [JSON.stringify(condition)];
}

function isTrue(
  condition: any, conditions: { readonly [name: string]: any }, holds: (comparison: string) => boolean, around: readonly string[] = [],
): boolean {
  const { Condition: name, 'Fn::And': and, 'Fn::Or': or, 'Fn::Not': not, 'Fn::Equals': equals } = condition ?? {};
  const part = (it: any) => isTrue(it, conditions, holds, around);
  if (name !== undefined && name in conditions && !around.includes(name)) {
    return isTrue(conditions[name], conditions, holds, [...around, name]);
  }
  if (Array.isArray(and) || Array.isArray(or)) {
    return and ? and.every(part) : or.some(part);
  }
  if (Array.isArray(not)) {
    return !part(not[0]);
  }
  return Array.isArray(equals) && equals.every((it) => typeof it === 'string') ? equals[0] === equals[1] : holds(JSON.stringify(condition));
}

function distinct(ways: Truth[]): Truth[] {
  return [...new Map(ways.map((way) => [JSON.stringify([...way]), way])).values()];
}
