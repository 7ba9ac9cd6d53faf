import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Database } from '../../src/database/database.js';
import { migrations } from '../../src/database/migrations.js';
import { MoveAddresses1768089600000 } from '../../src/database/migrations/1768089600000-move-addresses.js';
import { AddPositiveQuantity1768262400000 } from '../../src/database/migrations/1768262400000-add-positive-quantity.js';
import { IndexOrdersByCustomer1768348800000 } from '../../src/database/migrations/1768348800000-index-orders-by-customer.js';
import { connectTo, createEmptyDatabase, SCHEMA } from '../postgres/test-database.js';

const COLUMNS = `
  SELECT table_name, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = '${SCHEMA}' ORDER BY 1, 2`;
const CONSTRAINTS = `
  SELECT conname, pg_get_constraintdef(oid) AS definition, convalidated
    FROM pg_constraint WHERE connamespace = '${SCHEMA}'::regnamespace ORDER BY 1`;
const INDEXES = `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = '${SCHEMA}' ORDER BY 1`;
const ADA = '01890000-0000-7000-8000-000000000001';
const BOB = '01890000-0000-7000-8000-000000000002';

describe('migrations', () => {
  let database: Database;

  before(async () => {
    database = connectTo(await createEmptyDatabase());
    await database.connect();
  });
  after(() => database.close());

  const query = (sql: string) => database.dataSource.query(sql);
  const shape = async () => [await query(COLUMNS), await query(CONSTRAINTS), await query(INDEXES)];
  const tables = async (): Promise<string[]> =>
    (await query(`SELECT tablename FROM pg_tables WHERE schemaname = '${SCHEMA}' ORDER BY 1`)).map(
      (row: { tablename: string }) => row.tablename,
    );
  const undoBackTo = async (migration: (typeof migrations)[number]) => {
    const count = migrations.length - migrations.indexOf(migration);
    for (let step = 0; step < count; step += 1) await database.dataSource.undoLastMigration();
  };

  it('go up to the latest, down one by one to nothing, and up again to the same schema', async () => {
    assert.equal((await database.pendingMigrations()).length, migrations.length);
    await database.dataSource.runMigrations();
    const first = await shape();
    assert.deepEqual(await database.pendingMigrations(), []);

    for (let left = migrations.length; left > 0; left -= 1) {
      await database.dataSource.undoLastMigration();
      assert.equal((await database.pendingMigrations()).length, migrations.length - left + 1);
    }
    assert.deepEqual(await tables(), ['schema_migrations']);

    await database.dataSource.runMigrations();
    assert.deepEqual(await shape(), first);
  });

  it('make everything in the schema of the search path and nothing in public', async () => {
    assert.deepEqual(await query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`), []);
    assert.ok((await tables()).includes('orders'));
  });

  it('make what the entities describe, so that neither changes without the other', async () => {
    const { upQueries } = await database.dataSource.driver.createSchemaBuilder().log();
    assert.deepEqual(
      upQueries.map(({ query: sql }) => sql),
      [],
    );
  });

  it('leave the quantity check validated and the concurrent index valid', async () => {
    const [check] = await query(
      `SELECT convalidated FROM pg_constraint WHERE conname = 'order_lines_quantity_positive'`,
    );
    assert.equal(check.convalidated, true);
    const [index] = await query(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_by_customer'::regclass`);
    assert.equal(index.indisvalid, true);
  });

  it('let a product have a whole picture or none', async () => {
    const insert = (columns: string, values: string) =>
      query(`INSERT INTO products (sku, name, price_minor, currency${columns}) VALUES ('P', 'P', 1, 'EUR'${values})`);
    await assert.rejects(insert(', picture_key', `, 'pictures/1'`), /products_picture_whole/);
    await insert(', picture_key, picture_content_type, picture_size', `, 'pictures/1', 'image/png', 8`);
    await query(`UPDATE products SET picture_key = NULL, picture_content_type = NULL, picture_size = NULL`);
  });

  it('rebuild the concurrent index when an interrupted build left an invalid one', async () => {
    await undoBackTo(IndexOrdersByCustomer1768348800000);
    await query('CREATE INDEX orders_by_customer ON orders (id)');
    await database.dataSource.runMigrations();
    const [{ indexdef }] = await query(`SELECT indexdef FROM pg_indexes WHERE indexname = 'orders_by_customer'`);
    assert.match(indexdef, /\(customer_id, id DESC\)/);
  });

  it('keep every address when it moves to its own table, back, and forth again', async () => {
    const moved = 'SELECT customer_id, line, city, postal_code, country FROM addresses';
    const together =
      'SELECT address_line, address_city, address_postal_code, address_country FROM customers ORDER BY id';
    await undoBackTo(MoveAddresses1768089600000);
    await query(`
      INSERT INTO customers (id, email, given_name, family_name, address_line, address_city, address_postal_code, address_country)
      VALUES ('${ADA}', 'ada@example.com', 'Ada', 'Lovelace', '12 St James''s Square', 'London', NULL, 'GB'),
             ('${BOB}', 'bob@example.com', 'Bob', 'Nowhere', NULL, NULL, NULL, NULL)`);
    const original = await query(together);

    await database.dataSource.runMigrations();
    const expected = [
      { customer_id: ADA, line: "12 St James's Square", city: 'London', postal_code: null, country: 'GB' },
    ];
    assert.deepEqual(await query(moved), expected);

    await undoBackTo(MoveAddresses1768089600000);
    assert.deepEqual(await query(together), original);

    await database.dataSource.runMigrations();
    assert.deepEqual(await query(moved), expected);
  });

  it('stop at a row the new rule forbids, and go on once it is mended', async () => {
    await undoBackTo(AddPositiveQuantity1768262400000);
    await query(`INSERT INTO products (sku, name, price_minor, currency) VALUES ('OLD', 'Old', 1, 'EUR')`);
    await query(`
      INSERT INTO orders (id, customer_id, status, total_minor, currency, idempotency_key, request_fingerprint)
      VALUES ('${BOB}', '${ADA}', 'placed', 0, 'EUR', 'k', 'f')`);
    await query(`INSERT INTO order_lines (order_id, sku, quantity, unit_price_minor) VALUES ('${BOB}', 'OLD', 0, 1)`);

    await assert.rejects(database.dataSource.runMigrations(), /order_lines_quantity_positive/);
    const [stoppedAt] = await database.pendingMigrations();
    assert.equal(stoppedAt, 'ValidatePositiveQuantity1768262400001');

    await query('UPDATE order_lines SET quantity = 1');
    await database.dataSource.runMigrations();
    assert.deepEqual(await database.pendingMigrations(), []);
  });
});
