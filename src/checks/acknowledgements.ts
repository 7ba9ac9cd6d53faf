import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A finding that somebody has read and accepted, for a reason. */
export interface Acknowledgement {
  /** The rule. */
  readonly rule: string;
  /** The construct on which it was acknowledged; it holds for all below. */
  readonly path: string;
  /** Why. */
  readonly reason: string;
}

/** The name of a plugin before a rule, such as `SecurityChecks::`. What stands in brackets belongs to the rule. */
const PLUGIN_PREFIX = /^[^[({]+?::/;

/** The acknowledgements on this construct itself, as `Validations.of(construct).acknowledge()` records them. */
export function acknowledgementsOn(construct: IConstruct): Acknowledgement[] {
  return construct.node.metadata
    .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY && entry.data)
    .flatMap((entry) => Object.entries(entry.data as { [rule: string]: string }))
    .map(([rule, reason]) => ({ rule: rule.replace(PLUGIN_PREFIX, ''), path: construct.node.path, reason }));
}

/** The acknowledgement of this rule that holds for the construct: its own, or the nearest above. */
export function acknowledgementOf(construct: IConstruct, rule: string): Acknowledgement | undefined {
  // The CDK records acknowledgements with hyphens for spaces.
  const recorded = rule.replace(/ /g, '-');
  return construct.node.scopes.reverse().flatMap(acknowledgementsOn).find((it) => it.rule === recorded);
}

/** All acknowledgements in the tree that concern one of these rule packs. */
export function allAcknowledgements(root: IConstruct, packs: readonly string[]): Acknowledgement[] {
  return root.node.findAll().flatMap(acknowledgementsOn).filter(({ rule }) => packs.some((pack) => rule.startsWith(`${pack}-`)));
}
