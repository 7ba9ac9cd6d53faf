import type { IConstruct } from 'constructs';

/** The metadata of a construct that does without a guard. */
const LOWERED_GUARD = 'cdk-golden-path:loweredGuard';

/** A guard that somebody has done without, in writing. */
export interface LoweredGuard {
  /** What is not guarded. */
  readonly what: string;
  /** Why that is all right. */
  readonly reason: string;
}

/** Notes on a construct which guard it does without, and why. `SecurityChecks` writes it into the evidence. */
export function noteLoweredGuard(construct: IConstruct, { what, reason }: LoweredGuard): void {
  construct.node.addMetadata(LOWERED_GUARD, { what, reason });
}

/** The guards that a construct does without, as far as that was noted on it. */
export function loweredGuardsOf({ node }: IConstruct): LoweredGuard[] {
  return node.metadata.filter(({ type }) => type === LOWERED_GUARD).map(({ data }) => data as LoweredGuard);
}
