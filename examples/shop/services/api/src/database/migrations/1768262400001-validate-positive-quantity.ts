import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Second half: reads every row under a lock that lets reads and writes go on. */
export class ValidatePositiveQuantity1768262400001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_lines VALIDATE CONSTRAINT order_lines_quantity_positive');
  }

  /** PostgreSQL cannot un-validate a constraint; it is made anew. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_lines DROP CONSTRAINT order_lines_quantity_positive');
    await runner.query(
      'ALTER TABLE order_lines ADD CONSTRAINT order_lines_quantity_positive CHECK (quantity > 0) NOT VALID',
    );
  }
}
