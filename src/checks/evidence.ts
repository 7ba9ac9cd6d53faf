import { NOT_CHECKED } from './acknowledgements';
import type { AppliedRule, Evaluation } from './evaluation';
import { oncePerPlace } from './violations';

/** Something at a place that several environments have. */
export interface EvidencePlace {
  /** The path of the construct below its stage; without a construct the stack's, and the logical id. */
  readonly resource: string;
  /** The paths of the stages that have it; empty for what stands outside of any. */
  readonly environments: string[];
}

/**
 * The evidence that auditors ask for: every rule that was applied, every finding that was accepted, with its place and reason, and
 * what could not be checked.
 *
 * What differs only by environment stands once. The same app gives the same bytes: no times, no machine's paths.
 */
export interface Evidence {
  readonly packs: string[];
  /** Guards that constructs do without, each by a written reason: a lower tier, a gate without approval. */
  readonly loweredGuards: (EvidencePlace & { what: string; reason: string })[];
  /** Accepted for the whole app or stage. */
  readonly acknowledgedEverywhere: { rule: string; reason: string; findings: number }[];
  readonly notChecked: (EvidencePlace & { what: string; reason?: string })[];
  readonly rules: AppliedRule[];
  readonly acknowledged: (EvidencePlace & { rule: string; acknowledgedOn: string; reason: string })[];
  readonly unacknowledged: (EvidencePlace & { rule: string; info: string; explanation: string })[];
  readonly refusedAcknowledgements: { rule: string; acknowledgedOn: string; reason: string; refused: string }[];
  readonly unusedAcknowledgements: { rule: string; acknowledgedOn: string; reason: string }[];
}

export function evidenceOf(packs: string[], evaluation: Evaluation): Evidence {
  const { findings, unchecked, rules } = evaluation;
  const places = oncePerPlace(findings, ({ rule, info, explanation, acknowledgement }) =>
    [rule, acknowledgement?.on ?? [info, explanation], acknowledgement?.reason])
    .sort((a, b) => compare(a.first.rule, b.first.rule) || compare(a.first.resource, b.first.resource));
  return {
    packs,
    loweredGuards: oncePerPlace(evaluation.loweredGuards, ({ what, reason }) => [what, reason])
      .map(({ first: { resource, what, reason }, environments }) => ({ resource, environments, what, reason }))
      .sort((a, b) => compare(a.resource, b.resource) || compare(a.what, b.what)),
    acknowledgedEverywhere: evaluation.acknowledgedEverywhere,
    notChecked: oncePerPlace(unchecked, ({ what, reason }) => [what, reason]).map(({ first: { resource, what, reason }, environments }) =>
      ({ resource, environments, what, reason })),
    rules: [...rules.values()].sort((a, b) => compare(a.rule, b.rule)),
    acknowledged: places.flatMap(({ first: { rule, resource, acknowledgement }, environments }) => acknowledgement
      ? [{ rule, resource, environments, acknowledgedOn: acknowledgement.on, reason: acknowledgement.reason }] : []),
    unacknowledged: places.filter(({ first }) => !first.acknowledgement).map(({ first: { rule, resource, info, explanation }, environments }) =>
      ({ rule, resource, environments, info, explanation })),
    refusedAcknowledgements: once(evaluation.refusedAcknowledgements.map(({ means: rule, on: acknowledgedOn, reason, refused }) =>
      ({ rule, acknowledgedOn, reason, refused: refused! }))),
    unusedAcknowledgements: [
      ...once(evaluation.unusedAcknowledgements.map(({ means: rule, on: acknowledgedOn, reason }) => ({ rule, acknowledgedOn, reason }))),
      ...evaluation.unusedParts.map(({ path, reason }) => ({ rule: NOT_CHECKED, acknowledgedOn: path, reason })),
    ],
  };
}

function once<T>(rows: T[]): T[] {
  return [...new Map(rows.map((it) => [JSON.stringify(it), it])).values()];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
