import type { Database } from '../database/database.js';
import type { Lifecycle } from '../lifecycle/lifecycle.js';

/** Well below the five seconds a load balancer waits for a health check. */
const ANSWER_WITHIN_MILLISECONDS = 2_000;

/** Whether requests should be sent here. */
export class Readiness {
  constructor(
    private readonly database: Database,
    private readonly lifecycle: Lifecycle,
    private readonly answerWithin = ANSWER_WITHIN_MILLISECONDS,
  ) {}

  /** The reason not to send requests, or undefined when there is none. */
  async obstacle(): Promise<string | undefined> {
    if (this.lifecycle.draining) return 'The service is shutting down.';
    if (!this.database.connected) return 'The database has not answered yet.';
    try {
      const pending = await within(this.answerWithin, this.database.pendingMigrations());
      return pending.length === 0 ? undefined : `Migrations are pending: ${pending.join(', ')}.`;
    } catch {
      return 'The database does not answer.';
    }
  }
}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${milliseconds} ms.`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
