import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something has come true; throws after half a minute. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !await holds();) {
    if (Date.now() > end) {
      throw new Error(`it has not come true: ${holds}`);
    }
    await sleep(20);
  }
}
