import type { HeldLock } from './tool-messages';
import type { QueryRunner } from './typeorm';

/**
 * The locks of the runner's own session on relations that are not PostgreSQL's. They go with the transaction: outside of
 * one there is nothing to see, as each statement has let go of its own.
 *
 * @see https://www.postgresql.org/docs/current/view-pg-locks.html
 */
export async function heldLocks(runner: QueryRunner): Promise<HeldLock[]> {
  // 16384 is the FirstNormalObjectId: what is below is PostgreSQL's own.
  return await runner.query(`
    SELECT DISTINCT relation::bigint::float8 AS relation, mode FROM pg_locks
     WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted AND relation >= 16384
     ORDER BY 1, 2`) as HeldLock[];
}
