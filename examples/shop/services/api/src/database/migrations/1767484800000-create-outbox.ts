import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOutbox1767484800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        id uuid CONSTRAINT outbox_pkey PRIMARY KEY,
        topic text NOT NULL,
        payload jsonb NOT NULL,
        trace_id text,
        status text NOT NULL DEFAULT 'pending' CONSTRAINT outbox_status_known CHECK (status IN ('pending', 'done', 'dead')),
        attempts integer NOT NULL DEFAULT 0,
        last_error text,
        available_at timestamptz NOT NULL DEFAULT now(),
        created_at timestamptz NOT NULL DEFAULT now(),
        processed_at timestamptz
      )`);
    // Holds only what is still to be done, so it stays small however long the table grows.
    await runner.query(`CREATE INDEX outbox_due ON outbox (available_at, id) WHERE status = 'pending'`);
    await runner.query(`
      CREATE TABLE emails (
        id uuid CONSTRAINT emails_pkey PRIMARY KEY,
        outbox_id uuid NOT NULL CONSTRAINT emails_outbox_id_key UNIQUE,
        recipient text NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        sent_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE emails');
    await runner.query('DROP TABLE outbox');
  }
}
