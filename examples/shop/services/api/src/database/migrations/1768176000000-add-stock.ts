import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddStock1768176000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE products ADD COLUMN available integer NOT NULL DEFAULT 0
        CONSTRAINT products_available_not_negative CHECK (available >= 0)`);
    await runner.query('ALTER TABLE orders ADD COLUMN stock_reserved boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders DROP COLUMN stock_reserved');
    await runner.query('ALTER TABLE products DROP COLUMN available');
  }
}
