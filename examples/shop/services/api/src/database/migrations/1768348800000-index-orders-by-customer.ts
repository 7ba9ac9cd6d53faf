import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Built while orders keep coming in, which PostgreSQL allows only outside a transaction. */
export class IndexOrdersByCustomer1768348800000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // A concurrent build that was interrupted leaves an invalid index of this name behind.
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS orders_by_customer');
    await runner.query('CREATE INDEX CONCURRENTLY orders_by_customer ON orders (customer_id, id DESC)');
  }

  /** TypeORM reverts inside a transaction whatever `transaction` says; dropping an index needs its lock only for a moment. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX orders_by_customer');
  }
}
