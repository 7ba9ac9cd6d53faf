import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Addresses get their own table, so that they can be erased without touching the customer an order needs. */
export class MoveAddresses1768089600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE addresses (
        customer_id uuid CONSTRAINT addresses_pkey PRIMARY KEY
          CONSTRAINT addresses_customer_fkey REFERENCES customers (id) ON DELETE CASCADE,
        line text,
        city text,
        postal_code text,
        country char(2)
      )`);
    await runner.query(`
      INSERT INTO addresses (customer_id, line, city, postal_code, country)
      SELECT id, address_line, address_city, address_postal_code, address_country
        FROM customers
       WHERE num_nonnulls(address_line, address_city, address_postal_code, address_country) > 0`);
    await runner.query(`
      ALTER TABLE customers
        DROP COLUMN address_line, DROP COLUMN address_city,
        DROP COLUMN address_postal_code, DROP COLUMN address_country`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE customers
        ADD COLUMN address_line text, ADD COLUMN address_city text,
        ADD COLUMN address_postal_code text, ADD COLUMN address_country char(2)`);
    await runner.query(`
      UPDATE customers
         SET address_line = line, address_city = city, address_postal_code = postal_code, address_country = country
        FROM addresses
       WHERE addresses.customer_id = customers.id`);
    await runner.query('DROP TABLE addresses');
  }
}
