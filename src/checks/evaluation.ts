import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type Accepted, type Acknowledgement, Acknowledgements } from './acknowledgements';
import { anywhere, placed } from './environment-names';
import type { NagRules, Verdict } from './nag-rules';
import { type NotChecked, notChecked } from './not-checked';
import { OWN_PACK, OWN_RULES } from './own-rules';
import type { SynthesisedTemplate, TemplateBody, TemplateResource, TemplateResources } from './synthesised-templates';
import { possibleTemplates } from './template-conditions';
import type { TypedResources } from './typed-resources';
import { type LoweredGuard, loweredGuardsOf } from '../private/lowered-guard';

/** A rule that was applied, and how often it held. */
export interface AppliedRule {
  readonly rule: string;
  readonly level: string;
  readonly info: string;
  compliant: number;
  acknowledged: number;
  violated: number;
}

/** A place of a template: what was found there, and what it stands for. */
interface Place {
  /** The construct; for a resource that none stands for, the stack. */
  readonly construct: IConstruct;
  /** Its path; for a resource that none stands for, the stack's path and the logical id. */
  readonly path: string;
}

/** A rule that did not hold for one resource. */
export interface Finding {
  /** The rule, without names that differ by environment. */
  readonly rule: string;
  /** The path of the resource in the app. */
  readonly path: string;
  /** The path of its stage; undefined outside of any. */
  readonly environment?: string;
  /** Its path below that. */
  readonly resource: string;
  readonly level: string;
  readonly info: string;
  readonly explanation: string;
  /** Why it is accepted; undefined if nobody has said so. */
  readonly acknowledgement?: Acknowledgement;
  /** What was meant to accept it, perhaps, and is not honoured. */
  readonly refused: readonly Acknowledgement[];
}

/** A part of a template that no rule sees. */
export interface Unchecked {
  readonly path: string;
  readonly environment?: string;
  readonly resource: string;
  readonly what: string;
  /** Why it is accepted; undefined if nobody has said so. */
  readonly reason?: string;
}

/** A guard that a construct does without. */
export interface Lowered extends LoweredGuard {
  readonly path: string;
  readonly environment?: string;
  readonly resource: string;
}

/** A part of a template that somebody has accepted unseen. */
export interface AcceptedPart {
  readonly path: string;
  readonly reason: string;
}

/** All rules on all resources of some templates, and what came of it. */
export class Evaluation {
  public readonly rules = new Map<string, AppliedRule>();
  public readonly findings: Finding[] = [];
  public readonly unchecked: Unchecked[] = [];
  private readonly acknowledgements: Acknowledgements;
  private recorded?: readonly Acknowledgement[];

  /** The packs are those of which there are acknowledgements, beside ours. */
  constructor(
    private readonly root: IConstruct, packs: readonly string[], everywhere: readonly Accepted[] = [],
    private readonly acceptedParts: readonly AcceptedPart[] = [],
  ) {
    this.acknowledgements = new Acknowledgements([...packs, OWN_PACK], everywhere);
  }

  /** Applies the rules of this package, and those of packs, to a template, whichever of its conditions hold. */
  public add(template: SynthesisedTemplate, nag?: { readonly rules: NagRules; readonly resources: TypedResources }): void {
    const parts = notChecked(template);
    const possible = possibleTemplates(template.body).map(({ Resources: resources = {} }) => resources);
    Object.keys(template.body.Resources ?? {}).forEach((id) => {
      const place = this.place(template, id);
      const verdicts = possible.filter((it) => id in it).map((it) => ownVerdicts(it[id], it, template.body.Outputs));
      unite(verdicts).forEach((it) => this.record(it, place));
    });
    if (nag) {
      const verdicts = possible.map((it) => nagVerdicts(it, nag.rules, nag.resources, parts));
      Object.keys(template.body.Resources ?? {})
        .forEach((id) => unite(verdicts.map((it) => it.get(id) ?? [])).forEach((it) => this.record(it, this.place(template, id))));
    }
    distinct(parts).forEach((it) => this.unchecked.push(this.judged(it, template)));
  }

  /** What was acknowledged and is not honoured. */
  public get refusedAcknowledgements(): Acknowledgement[] {
    const recorded = this.inTree.filter(({ refused }) => refused);
    return [...new Map([...recorded, ...this.findings.flatMap(({ refused }) => refused)].map((it) => [keyOf(it), it])).values()];
  }

  /** What was acknowledged and is not there: a finding that was mended, or a mistake in the rule's name. */
  public get unusedAcknowledgements(): Acknowledgement[] {
    const others = [...this.findings.flatMap(({ acknowledgement }) => acknowledgement ?? []), ...this.refusedAcknowledgements];
    const known = new Set(others.map(keyOf));
    return this.inTree.filter((it) => !known.has(keyOf(it)));
  }

  /** What holds everywhere, and for how many findings. */
  public get acknowledgedEverywhere(): { rule: string; reason: string; findings: number }[] {
    return this.acknowledgements.everywhere.map((it) => {
      const findings = this.findings.filter(({ acknowledgement }) => acknowledgement === it).length;
      return { rule: it.rule, reason: it.reason, findings };
    });
  }

  /** The guards that constructs do without, as they have noted it. */
  public get loweredGuards(): Lowered[] {
    return this.root.node.findAll().flatMap((construct) => loweredGuardsOf(construct).map((guard) => {
      const { environment, path: resource } = placed(construct, construct.node.path);
      return { ...guard, path: construct.node.path, environment, resource };
    }));
  }

  /** What was accepted unseen and is not there, or is seen. */
  public get unusedParts(): AcceptedPart[] {
    return this.acceptedParts.filter((part) => !this.unchecked.some((it) => names(part, it)));
  }

  private get inTree(): readonly Acknowledgement[] {
    this.recorded ??= this.acknowledgements.in(this.root);
    return this.recorded;
  }

  private place({ scope, path, constructs }: SynthesisedTemplate, logicalId: string): Place {
    const construct = constructs.get(logicalId);
    return construct ? { construct, path: construct.node.path } : { construct: scope, path: `${path}/${logicalId}` };
  }

  private judged({ logicalId, what, reason }: NotChecked, template: SynthesisedTemplate): Unchecked {
    const { construct, path } = logicalId === undefined
      ? { construct: template.scope, path: template.path } : this.place(template, logicalId);
    const { environment, path: resource } = placed(construct, path);
    const part = { path, environment, resource, what };
    return { ...part, reason: reason ?? this.acceptedParts.find((it) => names(it, part))?.reason };
  }

  private record({ id, level, info, explanation, details }: Verdict, { construct, path }: Place): void {
    const applied = this.rules.get(id) ?? { rule: id, level, info, compliant: 0, acknowledged: 0, violated: 0 };
    this.rules.set(id, applied);
    applied.compliant += details.length === 0 ? 1 : 0;
    for (const detail of details) {
      const rule = `${id}${detail}`;
      const acknowledgement = this.acknowledgements.of(construct, rule);
      acknowledgement ? applied.acknowledged++ : applied.violated++;
      const { environment, path: resource } = placed(construct, path);
      const refused = acknowledgement ? [] : this.acknowledgements.refusedFor(construct, rule);
      this.findings.push({
        rule: anywhere(construct, rule), path, environment, resource, level, info, explanation, acknowledgement, refused,
      });
    }
  }
}

function ownVerdicts(resource: TemplateResource, resources: TemplateResources, outputs: TemplateBody['Outputs']): Verdict[] {
  return OWN_RULES.filter(({ types }) => types.includes(resource.Type)).map((rule) => {
    const properties = resource.Properties ?? {};
    const parts = rule.parts?.(properties).map((part) => `[${part}]`) ?? [''];
    const { name, info, explanation } = rule;
    return { id: `${OWN_PACK}-${name}`, level: 'Error', info, explanation, details: rule.broken(properties, resources, outputs) ? parts : [] };
  });
}

/** By logical id. A resource that its class does not accept is added to the parts that are not checked. */
function nagVerdicts(resources: TemplateResources, rules: NagRules, typed: TypedResources, parts: NotChecked[]): Map<string, Verdict[]> {
  const made = new Map<string, CfnResource>();
  Object.entries(resources).forEach(([logicalId, resource]) => {
    try {
      const known = typed.of(logicalId, resource, rules.asked);
      known && made.set(logicalId, known);
    } catch (error) {
      parts.some((it) => it.logicalId === logicalId) || parts.push({ logicalId, what: `a resource that is no sound ${resource.Type}: ${(error as Error).message}` });
    }
  });
  typed.present = () => [...made.values()];
  return new Map([...made].map(([logicalId, it]) => [logicalId, rules.verdicts(it, logicalId, resources)]));
}

/** What any of the templates that may be deployed shows. */
function unite(verdicts: Verdict[][]): Verdict[] {
  const united = new Map<string, Verdict>();
  verdicts.flat().forEach((it) => {
    const known = united.get(it.id);
    const details = [...new Set([...known?.details ?? [], ...it.details])];
    united.set(it.id, { ...(known?.details.length ? known : it), details });
  });
  return [...united.values()];
}

function distinct(parts: NotChecked[]): NotChecked[] {
  return [...new Map(parts.map((it) => [`${it.logicalId} ${it.what}`, it])).values()];
}

function names(part: AcceptedPart, { path, resource }: Pick<Unchecked, 'path' | 'resource'>): boolean {
  return part.path === path || part.path === resource;
}

function keyOf({ path = '*', rule }: Acknowledgement): string {
  return `${path} ${rule}`;
}
