import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAccounts1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE accounts (id integer PRIMARY KEY, cents integer NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE accounts');
  }
}
