import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCustomers1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE customers (
        id uuid CONSTRAINT customers_pkey PRIMARY KEY,
        email text NOT NULL CONSTRAINT customers_email_key UNIQUE,
        given_name text NOT NULL,
        family_name text NOT NULL,
        address_line text,
        address_city text,
        address_postal_code text,
        address_country char(2),
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE customers');
  }
}
