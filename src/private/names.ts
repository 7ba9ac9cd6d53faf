import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { outermost } from './outermost';

/**
 * What a construct is called in its account and region: its stack, which has the stage in its name, and the way from there:
 * `Prod-Shop-Orders`. A nested stack has a name only at deployment. Letters, digits, hyphens and underscores only.
 */
export function nameInRegion(construct: IConstruct, maxLength: number): string {
  const stack = outermost(Stack.of(construct));
  return shortened([stack.stackName, ...pathBelow(stack, construct)], construct, maxLength);
}

/** What a construct is called beside another one of its stack, `Orders`, or, if it stands in another stack, with that: `Data-Orders`. */
export function nameBeside(neighbour: IConstruct, construct: IConstruct, maxLength: number): string {
  const stack = outermost(Stack.of(construct));
  const path = pathBelow(stack, construct);
  return shortened(stack === outermost(Stack.of(neighbour)) && path.length > 0 ? path : [stack.node.id, ...path], construct, maxLength);
}

function pathBelow(stack: Stack, { node }: IConstruct): string[] {
  return node.scopes.slice(stack.node.scopes.length).map((it) => it.node.id);
}

function shortened(parts: string[], { node }: IConstruct, maxLength: number): string {
  const name = parts.join('-').replace(/[^\w-]+/g, '-');
  return name.length <= maxLength ? name : `${name.slice(0, maxLength - 9)}-${node.addr.slice(-8)}`;
}
