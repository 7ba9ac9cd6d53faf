import type { Client } from 'pg';
import { RUNS_TABLE } from './contract';
import type { Order } from './order';

/**
 * The runs, in the database itself: what one deployment applied is known after a crash as well, since it is written down
 * before it begins, and nobody else could have applied it in between.
 */
export class RunRecord {
  /** The application may read it and not write to it. */
  static async open(session: Client): Promise<RunRecord> {
    await session.query(`
      CREATE TABLE IF NOT EXISTS ${RUNS_TABLE} (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        run text NOT NULL,
        release text NOT NULL,
        direction text NOT NULL,
        started_by text NOT NULL,
        image text NOT NULL,
        migrations text[] NOT NULL,
        restore_lsn pg_lsn NOT NULL DEFAULT pg_current_wal_lsn(),
        started_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz,
        outcome text,
        reason text
      )`);
    const record = new RunRecord(session);
    await record.protect();
    return record;
  }

  private id?: string;

  private constructor(private readonly session: Client) {}

  /** Says what is about to be done, and returns where in the write-ahead log that is: the point to restore to. */
  async begin(order: Order, migrations: readonly string[]): Promise<{ lsn: string; time: Date }> {
    const { rows } = await this.session.query<{ id: string; lsn: string; time: Date }>(
      `INSERT INTO ${RUNS_TABLE} (run, release, direction, started_by, image, migrations) VALUES ($1, $2, $3, $4, $5, $6)
       RETURNING id, restore_lsn AS lsn, started_at AS time`,
      [order.run, order.release, order.action, order.startedBy, order.image, migrations]);
    this.id = rows[0].id;
    return rows[0];
  }

  /** Says how it ended. */
  async end(outcome: string, reason?: string): Promise<void> {
    if (this.id) {
      await this.protect();
      await this.session.query(`UPDATE ${RUNS_TABLE} SET ended_at = clock_timestamp(), outcome = $2, reason = $3 WHERE id = $1`, [this.id, outcome, reason]);
    }
  }

  /** What the newest deployment of this release applied, in all its tasks: nothing where that was before the time asked for. */
  async appliedBy({ release, since }: Order): Promise<string[]> {
    const { rows } = await this.session.query<{ name: string }>(
      `SELECT DISTINCT unnest(migrations) AS name FROM ${RUNS_TABLE}
       WHERE direction = 'up' AND started_at >= coalesce(to_timestamp($2::float8 / 1000), '-infinity')
         AND run = (SELECT run FROM ${RUNS_TABLE} WHERE direction = 'up' AND release = $1 ORDER BY id DESC LIMIT 1)`,
      [release, since]);
    return rows.map(({ name }) => name);
  }

  /** Whether something was taken back, or was to be, after the time from which on this run was wanted. */
  async isOvertaken({ since }: Order): Promise<boolean> {
    const { rowCount } = await this.session.query(`SELECT FROM ${RUNS_TABLE} WHERE direction = 'down' AND started_at >= to_timestamp($1::float8 / 1000)`, [since]);
    return rowCount !== 0;
  }

  /** Whatever a migration grants on all tables: nobody writes here but the owner. */
  private async protect(): Promise<void> {
    await this.session.query(`REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON ${RUNS_TABLE} FROM PUBLIC`);
    await this.session.query(`
      DO $$
      DECLARE writer regrole;
      BEGIN
        FOR writer IN
          SELECT DISTINCT grantee FROM pg_class, aclexplode(relacl)
          WHERE oid = '${RUNS_TABLE}'::regclass AND grantee <> relowner AND grantee <> 0 AND privilege_type <> 'SELECT'
        LOOP
          EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON ${RUNS_TABLE} FROM %s', writer);
        END LOOP;
      END $$`);
  }
}
