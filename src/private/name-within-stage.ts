import { Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What a construct is called within its stage: `Shop-Orders`. Letters, digits, dots, hyphens and underscores only. */
export function nameWithinStage(construct: IConstruct, maxLength: number): string {
  const { node } = construct;
  const within = node.scopes.slice(Stage.of(construct)!.node.scopes.length);
  const name = within.map((it) => it.node.id).join('-').replace(/[^\w.-]+/g, '-');
  return name.length <= maxLength ? name : `${name.slice(0, maxLength - 9)}-${node.addr.slice(-8)}`;
}
