export interface RetryPolicy {
  /** After so many failures a message is dead and waits for a person. */
  readonly attempts: number;
  readonly delaySeconds: (failures: number) => number;
}

/** 2, 4, 8 ... seconds, never more than five minutes: eight attempts span about four minutes. */
export const backOff: RetryPolicy = {
  attempts: 8,
  delaySeconds: (failures) => Math.min(2 ** failures, 300),
};
