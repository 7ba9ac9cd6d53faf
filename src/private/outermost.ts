import type { Stack } from 'aws-cdk-lib';

/** The stack that is deployed: of a nested one the stack around it. One that is merely defined in another is deployed by itself. */
export function outermost(stack: Stack): Stack {
  return stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack;
}
