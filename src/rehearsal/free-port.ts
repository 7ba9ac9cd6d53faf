import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Systems give the ports above to whoever connects to somewhere: Linux from 32768 on, others from 49152 on (RFC 6335, 6). */
const LOWEST = 15_000;
const ABOVE = 32_000;

/** A port of the loopback interface that nobody listens at, and that no connection takes before a server starts there. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, ABOVE);
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
      probe.close();
      await once(probe, 'close');
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
        throw error;
      }
    }
  }
}
