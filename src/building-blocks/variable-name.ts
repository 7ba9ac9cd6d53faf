import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { breachOf, VARIABLE_NAME } from '../environment/text-rule';
import { invalid } from '../private/invalid';

/**
 * The variable in which a connected service finds something: `orderEvents` with `QUEUE_URL` is `ORDER_EVENTS_QUEUE_URL`,
 * unless its user has named it. Throws where the id of the construct makes no name.
 */
export function variableName(scope: Construct, content: string, given?: string): string {
  if (Token.isUnresolved(given)) {
    throw invalid(scope, 'variable', { must: 'must be known at synth', remedy: 'write the name itself, not a parameter or a reference' });
  }
  const problem = breachOf(VARIABLE_NAME, given ?? `${inCapitals(scope.node.id)}_${content}`);
  if (problem) {
    throw invalid(scope, 'variable', given === undefined ? { ...problem, remedy: "give one: this one comes from the construct's id" } : problem);
  }
  return given ?? `${inCapitals(scope.node.id)}_${content}`;
}

function inCapitals(id: string): string {
  return id.replace(/([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$2_').replace(/[ ._-]+/g, '_').toUpperCase();
}
