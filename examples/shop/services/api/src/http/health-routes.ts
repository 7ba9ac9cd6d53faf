import type { Api } from './zod-type-provider.js';
import { problem, PROBLEM_JSON } from './problem.js';
import type { Readiness } from './readiness.js';

/** Asked every few seconds, so a success is not worth a log line. */
const quiet = { logLevel: 'warn' } as const;

export function healthRoutes(api: Api, readiness: Readiness): void {
  /** Liveness never looks at the database: restarting this process does not mend another one. */
  api.get('/health', quiet, async () => ({ status: 'up' }));

  api.get('/ready', quiet, async (_request, reply) => {
    const obstacle = await readiness.obstacle();
    if (obstacle === undefined) return { status: 'ready' };
    return reply
      .code(503)
      .type(PROBLEM_JSON)
      .send(problem(503, 'not-ready', obstacle));
  });
}
