import type { PolicyViolation } from 'aws-cdk-lib';
import { NOT_CHECKED } from './acknowledgements';
import type { Finding, Lowered, Unchecked } from './evaluation';

/** Findings of the same words at the same place of several environments. */
export interface Repeated<T> {
  readonly first: T;
  /** The stages that have it, in alphabetical order; empty outside of any. */
  readonly environments: string[];
}

/** What is the same in several environments, once. */
export function oncePerPlace<T extends Finding | Unchecked | Lowered>(found: readonly T[], words: (it: T) => readonly unknown[]): Repeated<T>[] {
  return groups(found, (it) => [it.environment === undefined, it.resource, ...words(it)]).map((same) => ({
    first: same[0],
    environments: [...new Set(same.flatMap(({ environment }) => environment ?? []))].sort(),
  }));
}

/** What nobody has accepted, as the AWS CDK prints it: once, with the environments that have it. */
export function violationsOf(findings: readonly Finding[], unchecked: readonly Unchecked[]): PolicyViolation[] {
  const open = findings.filter(({ acknowledgement }) => !acknowledgement);
  const hidden = unchecked.filter(({ reason }) => reason === undefined);
  return [
    ...violations(open, (it) => ({ ruleName: it.rule, severity: it.level.toLowerCase(), description: descriptionOf(it) })),
    ...violations(hidden, (it) => ({ ruleName: NOT_CHECKED, severity: 'error', description: remedyFor(it) })),
  ];
}

type Words = Pick<PolicyViolation, 'ruleName' | 'severity' | 'description'>;

function violations<T extends Finding | Unchecked>(found: readonly T[], words: (it: T) => Words): PolicyViolation[] {
  const places = oncePerPlace(found, (it) => [words(it)]);
  return groups(places, ({ first, environments }) => [words(first), environments]).map((same) => {
    const [{ first, environments }] = same;
    const { description, ...others } = words(first);
    return {
      ...others,
      description: environments.length > 1 ? `${description} In ${environments.join(', ')}.` : description,
      violatingResources: same.map((it) => ({ constructPath: it.first.path, locations: ['Properties'] })),
    };
  });
}

function descriptionOf({ info, explanation, refused }: Finding): string {
  return [`${info} ${explanation}`, ...refused.map((it) =>
    `The acknowledgement '${it.rule}' on ${it.on || 'the app'} is refused: ${it.refused}.`)].join(' ');
}

function remedyFor({ what, resource }: Unchecked): string {
  return `Nothing is known of ${what}. Define it in this app, or accept it unseen: `
    + `SecurityChecks.install(app, { acceptedUnchecked: [{ path: '${resource}', reason: '…' }] }).`;
}

/** Elements that have the same words together, in their order. */
function groups<T>(elements: readonly T[], words: (element: T) => readonly unknown[]): T[][] {
  const found = new Map<string, T[]>();
  elements.forEach((it) => {
    const key = JSON.stringify(words(it));
    found.get(key)?.push(it) ?? found.set(key, [it]);
  });
  return [...found.values()];
}
