import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * First half: the rule binds new rows at once and looks at no old one, so the exclusive lock
 * lasts a moment. The old rows are checked by the next migration, in a transaction of its own.
 *
 * contract: the API has never taken an order with a quantity below one
 */
export class AddPositiveQuantity1768262400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE order_lines ADD CONSTRAINT order_lines_quantity_positive CHECK (quantity > 0) NOT VALID',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_lines DROP CONSTRAINT order_lines_quantity_positive');
  }
}
