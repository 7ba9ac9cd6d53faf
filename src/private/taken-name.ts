import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { invalid } from './invalid';

/** Who has which name, in each app. */
const taken = new WeakMap<IConstruct, Map<string, string>>();

/** What has a name, and who else may not have it. */
export interface TakenName {
  /** What is called so, in AWS's words: `DB instance`. */
  readonly kind: string;
  readonly name: string;
  /** The prop that the name comes from. */
  readonly prop: string;
  /** Whether one name is taken in all accounts and regions, instead of in those of the stack. */
  readonly everywhere?: boolean;
  readonly remedy: string;
}

/**
 * Refuses the name of something that AWS lets exist once, if another construct of the app has it: the first deployment of
 * the second one would fail, or it would take over what is the first one's.
 */
export function takeName(construct: IConstruct, { kind, name, prop, everywhere = false, remedy }: TakenName): void {
  const { account, region } = Stack.of(construct);
  const names = taken.get(construct.node.root) ?? new Map<string, string>();
  const key = [kind, name, ...everywhere ? [] : [account, region]].join('\n');
  const owner = names.get(key);
  if (owner !== undefined) {
    throw invalid(construct, prop, { must: `must give the ${kind} another name than that of ${owner}`, got: name, remedy });
  }
  taken.set(construct.node.root, names.set(key, construct.node.path));
}
