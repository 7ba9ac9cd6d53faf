import { CfnDynamicReference, Token, Tokenization } from 'aws-cdk-lib';
import { secretShape } from './secret-shape';

/** Why a variable must not be handed over in the clear, or undefined if it may. What only the deployment knows may, except what CloudFormation reads from a secret. */
export function secretIn(name: string, value: string): string | undefined {
  const isReference = value.includes('{{resolve:') || Tokenization.reverseString(value).tokens.some((it) => it instanceof CfnDynamicReference);
  return isReference ? 'CloudFormation would put it in here, in the clear' : secretShape(name, Token.isUnresolved(value) ? undefined : value);
}
