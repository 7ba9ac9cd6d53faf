import { Stage, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { anywhere, placed } from './environment-names';

/** A finding that somebody has read and accepted, for a reason. */
export interface Acknowledgement {
  /** The rule, without the name of a plugin before it. */
  readonly rule: string;
  /** The path of the construct on which it was acknowledged; it holds for all below. Undefined for what holds everywhere. */
  readonly path?: string;
  /** The same path below the stage. */
  readonly on: string;
  /** The rule without names that differ by environment. */
  readonly means: string;
  /** Why it is accepted. */
  readonly reason: string;
  /** Why it is not honoured; undefined if it is. */
  readonly refused?: string;
}

/** A rule that is accepted everywhere, as `SecurityChecks` has it. */
export type Accepted = Pick<Acknowledgement, 'rule' | 'reason'>;

/** A reason that is shorter says nothing that a reviewer could judge. */
export const REASON_LENGTH = 20;

/** The rule under which it is reported that something cannot be checked. It is accepted by name, not acknowledged. */
export const NOT_CHECKED = 'GoldenPath-NotChecked';

/** What may stand before a rule beside the name of its pack. Where nothing does, the AWS CDK records an annotation. */
const PREFIXES = ['SecurityChecks', 'Annotation', 'annotation'];

/** The acknowledgements of a tree, and of what is around it, as far as they concern these packs of rules. */
export class Acknowledgements {
  /** What holds for the whole app or stage. */
  public readonly everywhere: readonly Acknowledgement[];
  private readonly known = new Map<IConstruct, Acknowledgement[]>();

  constructor(private readonly packs: readonly string[], everywhere: readonly Accepted[] = []) {
    this.everywhere = everywhere.map(({ rule, reason }) => ({ ...ruleOf(rule), reason, on: '', means: recorded(ruleOf(rule).rule) }));
  }

  /** The one that holds for the finding: on its construct, the nearest above, or one that holds everywhere. */
  public of(construct: IConstruct, rule: string): Acknowledgement | undefined {
    const found = recorded(anywhere(construct, rule));
    return this.above(construct).find(({ means, refused }) => means === found && refused === undefined)
      ?? this.everywhere.find((it) => recorded(anywhere(construct, it.rule)) === found);
  }

  /** Those that were meant for the finding, perhaps, and are not honoured. */
  public refusedFor(construct: IConstruct, rule: string): Acknowledgement[] {
    const found = recorded(anywhere(construct, rule));
    return [...this.above(construct), ...this.everywhere].filter(({ means }) => means === found || isBare(means, found))
      .map((it) => it.refused === undefined ? { ...it, refused: `it must name the finding, as in '${found}'` } : it);
  }

  /** All of the tree. */
  public in(root: IConstruct): Acknowledgement[] {
    return root.node.findAll().flatMap((it) => this.on(it));
  }

  private above(construct: IConstruct): Acknowledgement[] {
    return construct.node.scopes.reverse().flatMap((it) => this.on(it));
  }

  private on(construct: IConstruct): Acknowledgement[] {
    const known = this.known.get(construct) ?? this.read(construct);
    this.known.set(construct, known);
    return known;
  }

  private read(construct: IConstruct): Acknowledgement[] {
    const { path } = construct.node;
    return construct.node.metadata
      .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY && entry.data)
      .flatMap((entry) => Object.entries(entry.data as { [id: string]: string }))
      .map(([id, reason]) => ({ ...ruleOf(id), reason }))
      .filter(({ rule }) => this.packs.some((pack) => rule.startsWith(`${pack}-`)))
      .map(({ prefix, rule, reason }) => ({
        rule,
        path,
        on: placed(construct, path).path,
        means: recorded(anywhere(construct, rule)),
        reason,
        refused: this.refusal(construct, prefix, rule, reason),
      }));
  }

  private refusal(construct: IConstruct, prefix: string | undefined, rule: string, reason: string): string | undefined {
    if (prefix !== undefined && ![...PREFIXES, ...this.packs].includes(prefix)) {
      return `the prefix '${prefix}' is none of ${['SecurityChecks', ...this.packs].join(', ')}`;
    }
    if (rule === NOT_CHECKED) {
      return "what is not checked is accepted by the prop 'acceptedUnchecked' of SecurityChecks.install()";
    }
    if (Stage.isStage(construct)) {
      return "what holds for a whole app or stage is accepted by the prop 'acknowledged' of SecurityChecks.install()";
    }
    return isReason(reason) ? undefined : `its reason must have at least ${REASON_LENGTH} characters, got '${reason}'`;
  }
}

/** Whether it says enough to be judged. */
export function isReason(reason: string): boolean {
  return reason.trim().length >= REASON_LENGTH;
}

/** The name of a plugin, and the rule. What stands in brackets belongs to the rule. */
export function ruleOf(id: string): { prefix?: string; rule: string } {
  const [, prefix, rule] = /^(?:([^[({]+?)::)?(.*)$/s.exec(id)!;
  return { prefix, rule };
}

/** The AWS CDK records acknowledgements with hyphens for spaces. */
function recorded(rule: string): string {
  return rule.replace(/ /g, '-');
}

/** `AwsSolutions-IAM5` where the finding is `AwsSolutions-IAM5[Resource::*]`. */
function isBare(rule: string, found: string): boolean {
  return !rule.includes('[') && found.startsWith(`${rule}[`);
}
