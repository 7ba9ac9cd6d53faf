import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

/** How long the slowest of many reads took, in seconds, while the work was done. */
export async function slowestRead(reader: Client, table: string, work: Promise<unknown>): Promise<number> {
  let slowest = 0;
  for (let going = true; going;) {
    void work.finally(() => { going = false; });
    const start = performance.now();
    await reader.query(`SELECT count(*) FROM ${table}`);
    slowest = Math.max(slowest, (performance.now() - start) / 1000);
    await sleep(50);
  }
  await reader.end();
  return slowest;
}
