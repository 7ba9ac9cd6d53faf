import { setTimeout as sleep } from 'node:timers/promises';
import { LOCK_RETRIES } from './contract';

/** Lock not available, and deadlock detected: nothing was done, and the other one will end. */
const PASSING = ['55P03', '40P01'];

const LONGEST_PAUSE_MILLIS = 30_000;

/** Says that the work waits, before it pauses. */
export type Waiting = (attempt: number, pauseMillis: number) => void;

export interface Patience {
  readonly waiting: Waiting;
  /**
   * How much was achieved for good. Where it is more than before, the count begins anew.
   *
   * @default - nothing, ever
   */
  readonly progress?: () => Promise<number>;
  /**
   * Whether the work that failed has left nothing behind.
   *
   * @default - it has not
   */
  readonly isRepeatable?: () => boolean;
  /** @default 1 - pauses are as long as written */
  readonly pauseFactor?: number;
}

/**
 * Does the work again while it fails for want of a lock: ten times, with pauses from one second to thirty.
 *
 * A statement that waits for its lock stops all that come behind it, readers too. So it waits for five seconds, gives way,
 * and comes again.
 */
export async function patiently<T>(work: () => Promise<T>, { waiting, progress = async () => 0, isRepeatable = () => true, pauseFactor = 1 }: Patience): Promise<T> {
  for (let attempt = 1, achieved = -1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!PASSING.includes(codeOf(error)) || !isRepeatable()) {
        throw error;
      }
      const now = await progress();
      attempt = now > achieved ? 1 : attempt;
      achieved = now;
      if (attempt > LOCK_RETRIES) {
        throw error;
      }
      const pause = Math.min(1_000 * 2 ** (attempt - 1), LONGEST_PAUSE_MILLIS) * pauseFactor;
      waiting(attempt, pause);
      await sleep(pause);
    }
  }
}

/** The SQLSTATE, wherever the tool keeps it. */
export function codeOf(error: unknown): string {
  const { code, driverError } = error as { code?: string; driverError?: { code?: string } };
  return driverError?.code ?? code ?? '';
}
