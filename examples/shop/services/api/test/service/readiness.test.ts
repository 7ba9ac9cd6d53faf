import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestShop } from '../harness/test-shop.js';
import { Cluster } from '../postgres/cluster.js';
import { createEmptyDatabase, createOwner, createTemplate, createMigratedDatabase } from '../postgres/test-database.js';

describe('readiness', () => {
  it('is given when the database answers and is up to date', async (test) => {
    const shop = await TestShop.open();
    test.after(() => shop.close());
    assert.deepEqual(await shop.get('/ready').then(({ status, body }) => [status, body]), [200, { status: 'ready' }]);
  });

  it('is withheld from an empty database, without making anything in it', async (test) => {
    const shop = await TestShop.open({ configuration: await createEmptyDatabase() });
    test.after(() => shop.close());
    const answer = await shop.get('/ready');
    assert.deepEqual([answer.status, answer.body.type], [503, 'urn:shop:problem:not-ready']);
    assert.match(answer.body.detail, /CreateCustomers/);
    const [{ tables }] = await shop.database.dataSource.query(
      `SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'shop'`,
    );
    assert.equal(tables, 0);
  });

  it('is withheld while one migration is pending, and given once it has run', async (test) => {
    const shop = await TestShop.open();
    test.after(() => shop.close());
    await shop.database.dataSource.undoLastMigration();
    const answer = await shop.get('/ready');
    assert.equal(answer.status, 503);
    assert.match(answer.body.detail, /^Migrations are pending: AddProductPictures\d+\.$/);
    await shop.database.dataSource.runMigrations();
    assert.equal((await shop.get('/ready')).status, 200);
  });

  it('is withheld while the process is draining, though it is alive', async (test) => {
    const shop = await TestShop.open();
    test.after(() => shop.close());
    shop.lifecycle.beginDraining();
    assert.equal((await shop.get('/ready')).status, 503);
    assert.equal((await shop.get('/health')).status, 200);
  });

  describe('with a database that is stopped', () => {
    let cluster: Cluster;
    let shop: TestShop;

    before(async () => {
      cluster = await Cluster.create(process.env.SHOP_TEST_BINARIES!);
      process.once('exit', () => cluster.remove());
      await createOwner(cluster.address);
      await createTemplate(cluster.address);
      shop = await TestShop.open({ configuration: await createMigratedDatabase(cluster.address) });
    });
    after(async () => {
      await shop.close();
      cluster.remove();
    });

    it('is withheld until the database is back, and every request is answered 503 meanwhile', async () => {
      assert.equal((await shop.get('/ready')).status, 200);
      cluster.stop();
      const down = await shop.get('/ready');
      assert.deepEqual([down.status, down.body.detail], [503, 'The database does not answer.']);
      assert.equal((await shop.get('/health')).status, 200);
      const request = await shop.get('/customers');
      assert.deepEqual([request.status, request.body.type], [503, 'urn:shop:problem:database-unreachable']);
      assert.equal(request.headers['retry-after'], '5');

      cluster.start();
      assert.equal((await shop.get('/ready')).status, 200);
      assert.equal((await shop.get('/customers')).status, 200);
    });
  });
});
