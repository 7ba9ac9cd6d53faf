import { type Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid, type Problem } from './invalid';

/** What must hold of one value. */
export interface PropRule<Props> extends Problem {
  readonly prop: keyof Props & string;
  readonly got: string | number;
  readonly holds: boolean;
}

/** Throws for the first rule that is broken. A value that only the deployment knows breaks none. */
export function mustHold<Props>(scope: Construct, rules: readonly PropRule<Props>[]): void {
  const broken = rules.find(({ holds, got }) => !holds && !Token.isUnresolved(got));
  if (broken) {
    throw invalid(scope, broken.prop, broken);
  }
}

/** For props that are calculated with, so that a value that only the deployment knows is no use. */
export function mustBeKnown<Props>(scope: Construct, props: Props, calculated: readonly (keyof Props & string)[]): void {
  const unknown = calculated.find((prop) => isUnknown(props[prop]));
  if (unknown) {
    throw invalid(scope, unknown, { must: 'must be known at synth', remedy: 'write the value itself, not a parameter or a reference' });
  }
}

export function isWhole(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

function isUnknown(value: unknown): boolean {
  return (value as Partial<Duration> | undefined)?.isUnresolved?.() ?? Token.isUnresolved(value);
}
