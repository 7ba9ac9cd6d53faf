import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { TemplateResources } from './synthesised-templates';
import { TypedResources } from './typed-resources';

/** A rule of a pack, as the pack hands it to `applyRule`. */
interface NagRule {
  readonly ruleSuffixOverride?: string;
  readonly info: string;
  readonly explanation: string;
  readonly level: string;
  readonly rule: Rule;
}

/** What decides: packs share most of them. */
interface Rule {
  readonly name: string;
  (node: CfnResource): string | string[];
}

/** A pack of cdk-nag: `applyRule` is what its rules go through. */
export interface NagPack {
  readonly readPackName: string;
  validateScope(scope: IConstruct): unknown;
}

/** What a rule says of one resource. */
export interface Verdict {
  /** `AwsSolutions-S1`. */
  readonly id: string;
  readonly level: string;
  readonly info: string;
  readonly explanation: string;
  /** What does not hold, in brackets where the rule says it in parts; none means that the rule holds. */
  readonly details: readonly string[];
}

/** The rules of some packs, each asked once about each resource, whatever packs it is in. */
export class NagRules {
  /** The classes and types that rules ask for; undefined if a rule does not say, and may ask for any. */
  public readonly asked?: ReadonlySet<string>;
  private readonly packs = new Map<Rule, (NagRule & { id: string })[]>();
  private readonly asking = new Map<string, Rule[]>();
  private readonly said = new Map<CfnResource, Map<Rule, Answer>>();

  constructor(packs: readonly NagPack[], private readonly resources: TypedResources) {
    const any = resources.any();
    packs.forEach((pack) => {
      // A pack's own `applyRule` reports, and does not say what was acknowledged.
      Object.assign(pack, {
        applyRule: (it: NagRule) => {
          const id = `${pack.readPackName}-${it.ruleSuffixOverride ?? it.rule.name}`;
          this.packs.set(it.rule, [...this.packs.get(it.rule) ?? [], { ...it, id }]);
        },
      });
      pack.validateScope(any);
    });
    const asked = [...this.packs.keys()].map(askedBy);
    this.asked = asked.some((it) => it.size === 0) ? undefined : new Set(asked.flatMap((it) => [...it]));
  }

  /** What the rules say that apply to this resource, which has this logical id in a template of these resources. */
  public verdicts(resource: CfnResource, logicalId: string, template: TemplateResources): Verdict[] {
    return this.rulesFor(resource).flatMap((rule) => {
      const { result, error } = IN_TEMPLATE[rule.name]?.(logicalId, template) ?? this.answer(rule, resource);
      if (result === 'N/A') {
        return [];
      }
      const details = Array.isArray(result) ? result.map((it) => `[${it}]`) : result === 'Compliant' ? [] : [''];
      return this.packs.get(rule)!.map(({ id, level, info, explanation }) => ({
        id, level, info, details, explanation: error ? `${explanation} (the rule could not be decided: ${error})` : explanation,
      }));
    });
  }

  private rulesFor({ cfnResourceType: type }: CfnResource): Rule[] {
    const rules = this.asking.get(type) ?? [...this.packs.keys()].filter((rule) => {
      const classes = judgedBy(rule);
      return classes.size === 0 || classes.has(type) || classes.has(TypedResources.className(type) ?? type);
    });
    this.asking.set(type, rules);
    return rules;
  }

  /** What a rule says without a look at other resources holds in all templates that have this one. */
  private answer(rule: Rule, resource: CfnResource): Answer {
    const known = this.said.get(resource) ?? new Map<Rule, Answer>();
    this.said.set(resource, known);
    this.resources.lookedAround = false;
    const answer = known.get(rule) ?? ask(rule, resource);
    if (!this.resources.lookedAround) {
      known.set(rule, answer);
    }
    return answer;
  }
}

interface Answer {
  readonly result: string | string[];
  readonly error?: string;
}

function ask(rule: Rule, resource: CfnResource): Answer {
  try {
    return { result: rule(resource) };
  } catch (error) {
    // Mostly a value that is only known at deployment: not proven good, so not good.
    return { result: 'Non-Compliant', error: (error as Error).message };
  }
}

/**
 * The classes that a rule asks for, `aws-cdk-lib/aws-rds.CfnDBInstance`, and the types, `Custom::AWSCDK-EKS-Cluster`.
 *
 * A rule that does not say what it asks for, in the way of all rules of cdk-nag, asks for any.
 */
export function askedBy(rule: Rule): ReadonlySet<string> {
  return classesIn(rule).asked;
}

/**
 * Those of them that a rule judges: it asks whether its own argument is one. The others it looks for beside that.
 *
 * Asking loads the class, and with it all of a service that the app may not use: more than half of what the checks would take.
 */
export function judgedBy(rule: Rule): ReadonlySet<string> {
  return classesIn(rule).judged;
}

interface Classes {
  readonly asked: ReadonlySet<string>;
  readonly judged: ReadonlySet<string>;
}

const known = new WeakMap<Rule, Classes>();

function classesIn(rule: Rule): Classes {
  const classes = known.get(rule) ?? read(Function.prototype.toString.call(rule));
  known.set(rule, classes);
  return classes;
}

/** `node instanceof aws_rds_1.CfnDBInstance`, as TypeScript writes what it imports from `aws-cdk-lib/aws-rds`. */
function read(source: string): Classes {
  const [, argument] = /^(?:function\s*\w*\s*)?\(?\s*(\w+)/.exec(source) ?? [];
  const tests = [...source.matchAll(/(\w+) instanceof (\w+?)(?:_\d+)?\.(Cfn\w+)/g)];
  if (tests.some(([, , module]) => !/^(aws|alexa)_[a-z0-9]+$/.test(module))) {
    return { asked: new Set(), judged: new Set() };
  }
  const types = [...source.matchAll(/'(\w+::[\w:-]+)'/g)].map(([, type]) => type);
  const classes = (some: RegExpExecArray[]) =>
    new Set([...some.map(([, , module, name]) => `aws-cdk-lib/${module.replace('_', '-')}.${name}`), ...types]);
  const own = tests.filter(([, it]) => it === argument);
  return { asked: classes(tests), judged: classes(own.length > 0 ? own : tests) };
}

/** Rules that look at the constructs beside one, which a template does not have, and what they mean there. */
const IN_TEMPLATE: { [rule: string]: (logicalId: string, template: TemplateResources) => Answer } = {
  VPCDefaultSecurityGroupClosed: (vpc, template) => {
    if (template[vpc].Type !== 'AWS::EC2::VPC') {
      return { result: 'N/A' };
    }
    const group = JSON.stringify({ 'Fn::GetAtt': [vpc, 'DefaultSecurityGroup'] });
    const closed = Object.values(template).some(({ Type: type, Properties: properties }) =>
      type === 'Custom::VpcRestrictDefaultSG' && JSON.stringify(properties?.DefaultSecurityGroupId) === group);
    return { result: closed ? 'Compliant' : 'Non-Compliant' };
  },
};
