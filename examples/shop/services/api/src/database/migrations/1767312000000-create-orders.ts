import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOrders1767312000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE products (
        sku text CONSTRAINT products_pkey PRIMARY KEY,
        name text NOT NULL,
        price_minor bigint NOT NULL CONSTRAINT products_price_not_negative CHECK (price_minor >= 0),
        currency char(3) NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE orders (
        id uuid CONSTRAINT orders_pkey PRIMARY KEY,
        customer_id uuid NOT NULL CONSTRAINT orders_customer_fkey REFERENCES customers (id),
        status text NOT NULL CONSTRAINT orders_status_known CHECK (status IN ('placed', 'paid', 'shipped', 'cancelled')),
        total_minor bigint NOT NULL,
        currency char(3) NOT NULL,
        idempotency_key text NOT NULL,
        request_fingerprint text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT orders_idempotency_key UNIQUE (customer_id, idempotency_key)
      )`);
    await runner.query(`
      CREATE TABLE order_lines (
        order_id uuid NOT NULL CONSTRAINT order_lines_order_fkey REFERENCES orders (id) ON DELETE CASCADE,
        sku text NOT NULL CONSTRAINT order_lines_product_fkey REFERENCES products (sku),
        quantity integer NOT NULL,
        unit_price_minor bigint NOT NULL,
        CONSTRAINT order_lines_pkey PRIMARY KEY (order_id, sku)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE order_lines');
    await runner.query('DROP TABLE orders');
    await runner.query('DROP TABLE products');
  }
}
