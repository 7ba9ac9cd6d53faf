import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePayments1767398400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payments (
        id uuid CONSTRAINT payments_pkey PRIMARY KEY,
        order_id uuid NOT NULL CONSTRAINT payments_order_fkey REFERENCES orders (id),
        status text NOT NULL
          CONSTRAINT payments_status_known CHECK (status IN ('pending', 'succeeded', 'declined', 'refunded')),
        amount_minor bigint NOT NULL,
        currency char(3) NOT NULL,
        payment_method text NOT NULL,
        provider_reference text,
        decline_reason text,
        idempotency_key text NOT NULL,
        request_fingerprint text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT payments_idempotency_key UNIQUE (order_id, idempotency_key)
      )`);
    // Whatever the code does, an order is never charged twice.
    await runner.query(`
      CREATE UNIQUE INDEX payments_one_live_per_order ON payments (order_id) WHERE status IN ('pending', 'succeeded')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payments');
  }
}
