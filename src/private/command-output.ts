import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** What the commands find in the stack: resolved by CloudFormation, whatever stack a value comes from. */
export function defineCommandOutput<Output extends { readonly kind: string }>(scope: Construct, id: string, description: string, value: Output): void {
  new CfnOutput(scope, id, { description, value: Stack.of(scope).toJsonString(value) });
}

/** The path of a construct in the tree below its stack: by it people name a database or a service. */
export function pathInStack(construct: Construct): string {
  const scopes = construct.node.scopes;
  return scopes.slice(scopes.indexOf(Stack.of(construct)) + 1).map((it) => it.node.id).join('/');
}
