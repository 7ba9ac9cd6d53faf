import { CfnResource, type PolicyViolation, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type Acknowledgement, acknowledgementOf, allAcknowledgements } from './acknowledgements';
import { OWN_PACK, OWN_RULES } from './own-rules';
import type { SynthesisedTemplates } from './synthesised-templates';

/** A rule that was applied, and how often it held. */
export interface AppliedRule {
  readonly rule: string;
  readonly level: string;
  readonly info: string;
  compliant: number;
  acknowledged: number;
  violated: number;
}

/** A rule that did not hold for one resource. */
export interface Finding {
  readonly rule: string;
  /** The resource. */
  readonly path: string;
  readonly level: string;
  readonly info: string;
  readonly explanation: string;
  /** Why it is accepted; undefined if nobody has said so. */
  readonly acknowledgement?: Acknowledgement;
}

/** A rule of cdk-nag on one resource, as a pack hands it to `applyRule`. */
interface NagRule {
  readonly ruleSuffixOverride?: string;
  readonly info: string;
  readonly explanation: string;
  readonly level: string;
  readonly node: CfnResource;
  readonly rule: { readonly name: string; (node: CfnResource): string | string[] };
}

/** A pack of cdk-nag: `applyRule` is what its rules go through. */
export interface NagPack {
  readonly readPackName: string;
  validateScope(scope: IConstruct): unknown;
}

/** All rules on all resources of a tree, and what came of it. */
export class Evaluation {
  public readonly rules = new Map<string, AppliedRule>();
  public readonly findings: Finding[] = [];
  private readonly packs: string[] = [OWN_PACK];

  constructor(private readonly root: IConstruct) {}

  /** Runs a pack of cdk-nag, keeping its results instead of its own report, which does not say what was acknowledged. */
  public run(pack: NagPack): void {
    this.packs.push(pack.readPackName);
    Object.assign(pack, { applyRule: (rule: NagRule) => this.applyNagRule(pack.readPackName, rule) });
    pack.validateScope(this.root);
  }

  /** Runs the rules of this package on the synthesised templates, which also hold what was made without an L1 class. */
  public runOwnRules(templates: SynthesisedTemplates): void {
    const nodes = this.root.node.findAll().filter((it): it is CfnResource => CfnResource.isCfnResource(it));
    for (const node of nodes) {
      OWN_RULES.filter(({ types }) => types.includes(node.cfnResourceType)).forEach((rule) => {
        const resources = templates.around(node);
        const properties = resources[Stack.of(node).resolve(node.logicalId)]?.Properties ?? {};
        const parts = rule.parts?.(properties).map((part) => `[${part}]`) ?? [''];
        this.record(`${OWN_PACK}-${rule.name}`, node, { level: 'Error', info: rule.info, explanation: rule.explanation }, rule.broken(properties, resources) ? parts : []);
      });
    }
  }

  /** What nobody has acknowledged. */
  public get violations(): PolicyViolation[] {
    const open = this.findings.filter(({ acknowledgement }) => !acknowledgement);
    return [...new Set(open.map(({ rule }) => rule))].map((ruleName) => {
      const [first, ...others] = open.filter(({ rule }) => rule === ruleName);
      return {
        ruleName,
        description: `${first.info} ${first.explanation}`,
        severity: first.level.toLowerCase(),
        violatingResources: [first, ...others].map(({ path }) => ({ constructPath: path, locations: ['Properties'] })),
      };
    });
  }

  /** What was acknowledged and is not there: a finding that was mended, or a mistake in the rule's name. */
  public get unusedAcknowledgements(): Acknowledgement[] {
    const used = new Set(this.findings.map(({ acknowledgement }) => acknowledgement && `${acknowledgement.path} ${acknowledgement.rule}`));
    return allAcknowledgements(this.root, this.packs).filter(({ path, rule }) => !used.has(`${path} ${rule}`));
  }

  private applyNagRule(pack: string, { ruleSuffixOverride, rule, node, info, explanation, level }: NagRule): void {
    const id = `${pack}-${ruleSuffixOverride ?? rule.name}`;
    try {
      const result = rule(node);
      if (result === 'Non-Compliant' || Array.isArray(result)) {
        this.record(id, node, { level, info, explanation }, Array.isArray(result) ? result.map((finding) => `[${finding}]`) : ['']);
      } else if (result === 'Compliant') {
        this.record(id, node, { level, info, explanation }, []);
      }
    } catch (error) {
      // Mostly a value that is only known at deployment: not proven good, so not good.
      this.record(id, node, { level, info, explanation: `${explanation} (the rule could not be decided: ${(error as Error).message})` }, ['']);
    }
  }

  /** Details are the parts of the rule's findings in brackets; none means that the rule holds. */
  private record(id: string, node: CfnResource, about: Pick<Finding, 'level' | 'info' | 'explanation'>, details: string[]): void {
    const applied = this.rules.get(id) ?? { rule: id, level: about.level, info: about.info, compliant: 0, acknowledged: 0, violated: 0 };
    this.rules.set(id, applied);
    applied.compliant += details.length === 0 ? 1 : 0;
    for (const detail of details) {
      const rule = `${id}${detail}`;
      const acknowledgement = acknowledgementOf(node, rule);
      acknowledgement ? applied.acknowledged++ : applied.violated++;
      this.findings.push({ rule, path: node.node.path, ...about, acknowledgement });
    }
  }
}
