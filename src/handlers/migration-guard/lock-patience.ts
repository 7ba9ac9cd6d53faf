import { setTimeout as sleep } from 'node:timers/promises';
import { LOCK_RETRIES } from './contract';

/** Lock not available, and deadlock detected: nothing was done, and the other one will end. */
const PASSING = ['55P03', '40P01'];

const LONGEST_PAUSE_MILLIS = 30_000;

/** Says that the work waits, before it pauses. */
export type Waiting = (attempt: number, pauseMillis: number) => void;

/**
 * Does the work again while it fails for want of a lock: ten times, with pauses from one second to thirty.
 *
 * A statement that waits for its lock stops all that come behind it, readers too. So it waits for five seconds, gives way,
 * and comes again. Where something was achieved in between, as `progress` tells, the count begins anew.
 */
export async function patiently<T>(work: () => Promise<T>, progress: () => number, waiting: Waiting, pauseFactor = 1): Promise<T> {
  for (let attempt = 1, achieved = progress(); ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (progress() > achieved) {
        achieved = progress();
        attempt = 1;
      }
      if (!PASSING.includes(codeOf(error)) || attempt > LOCK_RETRIES) {
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
