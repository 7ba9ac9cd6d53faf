import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { OutboxMessage } from '../../src/outbox/outbox-message.js';
import { TestShop, type Answer } from '../harness/test-shop.js';

describe('orders', () => {
  let shop: TestShop;
  let customerId: string;

  before(async () => {
    shop = await TestShop.open();
    customerId = await shop.aCustomer();
    await shop.aProduct('TEA', { amountMinor: 450, available: 5 });
    await shop.aProduct('POT', { amountMinor: 2999, available: 1 });
    await shop.aProduct('MUG-US', { amountMinor: 900, currency: 'USD' });
  });
  after(() => shop.close());

  const place = (lines: object[], key: string | undefined = randomUUID(), customer = customerId): Promise<Answer> =>
    shop.post('/orders', { customerId: customer, lines }, { 'idempotency-key': key });
  const available = async (sku: string): Promise<number> => (await shop.get(`/products/${sku}`)).body.available;

  it('are placed at the prices of the products, in integer minor units', async () => {
    const created = await place([
      { sku: 'TEA', quantity: 2 },
      { sku: 'POT', quantity: 1 },
    ]);
    assert.equal(created.status, 201);
    assert.equal(created.body.status, 'placed');
    assert.deepEqual(created.body.total, { amountMinor: 3899, currency: 'EUR' });
    assert.deepEqual((await shop.get(String(created.headers.location))).body, created.body);
  });

  it('keep their price when the product becomes dearer', async () => {
    await shop.aProduct('CAKE', { amountMinor: 300 });
    const { body: order } = await place([{ sku: 'CAKE', quantity: 1 }]);
    await shop.aProduct('CAKE', { amountMinor: 400 });
    assert.equal((await shop.get(`/orders/${order.id}`)).body.lines[0].unitPrice.amountMinor, 300);
  });

  it('are refused without an Idempotency-Key, without lines, with a line twice or a quantity of none', async () => {
    assert.equal((await shop.post('/orders', { customerId, lines: [{ sku: 'TEA', quantity: 1 }] })).status, 422);
    for (const lines of [
      [],
      [
        { sku: 'TEA', quantity: 1 },
        { sku: 'TEA', quantity: 1 },
      ],
      [{ sku: 'TEA', quantity: 0 }],
      [{ sku: 'TEA', quantity: 1.5 }],
    ]) {
      assert.equal((await place(lines)).status, 422, JSON.stringify(lines));
    }
  });

  it('are refused for a customer or product that does not exist and in two currencies', async () => {
    const line = { sku: 'TEA', quantity: 1 };
    assert.equal((await place([line], randomUUID(), randomUUID())).body.type, 'urn:shop:problem:unknown-customer');
    assert.equal((await place([{ sku: 'GONE', quantity: 1 }])).body.type, 'urn:shop:problem:unknown-product');
    const mixed = await place([line, { sku: 'MUG-US', quantity: 1 }]);
    assert.deepEqual([mixed.status, mixed.body.type], [422, 'urn:shop:problem:mixed-currencies']);
  });

  it('are placed once when the request is repeated with its key', async () => {
    const first = await place([{ sku: 'TEA', quantity: 1 }], 'repeated');
    const second = await place([{ sku: 'TEA', quantity: 1 }], 'repeated');
    assert.deepEqual([second.status, second.body], [201, first.body]);
  });

  it('are placed once when the same request comes twenty times at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => place([{ sku: 'TEA', quantity: 1 }], 'concurrent')),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    const ids = new Set(answers.map(({ body }) => body.id));
    assert.equal(ids.size, 1);
    const messages = await shop.database.dataSource.manager.findBy(OutboxMessage, { topic: 'order.placed' });
    assert.equal(messages.filter(({ payload }) => ids.has(payload.id)).length, 1);
  });

  it('are refused when a key comes back with a different request', async () => {
    await place([{ sku: 'TEA', quantity: 1 }], 'reused');
    const answer = await place([{ sku: 'TEA', quantity: 2 }], 'reused');
    assert.deepEqual([answer.status, answer.body.type], [422, 'urn:shop:problem:idempotency-key-reused']);
  });

  it('may share a key between two customers', async () => {
    const other = await shop.aCustomer();
    const mine = await place([{ sku: 'TEA', quantity: 1 }], 'shared');
    const theirs = await place([{ sku: 'TEA', quantity: 1 }], 'shared', other);
    assert.notEqual(mine.body.id, theirs.body.id);
  });

  it('go from placed to paid to shipped and then nowhere', async () => {
    const id = await shop.anOrder();
    assert.equal((await shop.post(`/orders/${id}/ship`)).status, 409);
    await shop.pay(id);
    assert.equal((await shop.get(`/orders/${id}`)).body.status, 'paid');
    assert.equal((await shop.post(`/orders/${id}/ship`)).body.status, 'shipped');
    for (const step of ['ship', 'cancel']) {
      const answer = await shop.post(`/orders/${id}/${step}`);
      assert.deepEqual([answer.status, answer.body.type], [409, 'urn:shop:problem:illegal-transition'], step);
    }
  });

  it('are cancelled once, and then neither paid nor shipped', async () => {
    const id = await shop.anOrder();
    assert.equal((await shop.post(`/orders/${id}/cancel`)).body.status, 'cancelled');
    assert.equal((await shop.post(`/orders/${id}/cancel`)).status, 409);
    assert.equal((await shop.post(`/orders/${id}/ship`)).status, 409);
    assert.equal((await shop.pay(id)).status, 409);
  });

  it('answer 404 to every action on an order that does not exist', async () => {
    const id = randomUUID();
    const answers = [
      await shop.get(`/orders/${id}`),
      await shop.post(`/orders/${id}/cancel`),
      await shop.post(`/orders/${id}/ship`),
      await shop.pay(id),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404, 404, 404],
    );
  });

  it('are listed page by page, by customer and by status', async () => {
    const someone = await shop.aCustomer();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1)
      ids.push((await place([{ sku: 'TEA', quantity: 1 }], `list-${count}`, someone)).body.id);
    await shop.post(`/orders/${ids[0]}/cancel`);

    const first = await shop.get(`/orders?customerId=${someone}&limit=3`);
    const second = await shop.get(`/orders?customerId=${someone}&limit=3&cursor=${first.body.nextCursor}`);
    const listed = [...first.body.items, ...second.body.items].map(({ id }) => id);
    assert.deepEqual(listed, ids.toReversed());
    assert.equal(second.body.nextCursor, null);
    const cancelled = await shop.get(`/orders?customerId=${someone}&status=cancelled`);
    assert.deepEqual(
      cancelled.body.items.map(({ id }: { id: string }) => id),
      [ids[0]],
    );
    assert.equal((await shop.get('/orders?status=lost')).status, 422);
  });

  it('do not look at the stock while the flag new-checkout is off', async () => {
    const { status, body } = await place([{ sku: 'POT', quantity: 50 }]);
    assert.deepEqual([status, body.stockReserved, await available('POT')], [201, false, 1]);
  });

  describe('with the flag new-checkout on', () => {
    before(() => void shop.flags.add('new-checkout'));
    after(() => void shop.flags.delete('new-checkout'));

    it('reserve their pieces and put them back on cancellation', async () => {
      await shop.aProduct('JAM', { available: 3 });
      const { body: order } = await place([{ sku: 'JAM', quantity: 2 }]);
      assert.deepEqual([order.stockReserved, await available('JAM')], [true, 1]);
      await shop.post(`/orders/${order.id}/cancel`);
      assert.equal(await available('JAM'), 3);
    });

    it('are refused, all lines of them, when one product is short', async () => {
      await shop.aProduct('A-PLENTY', { available: 9 });
      await shop.aProduct('B-SCARCE', { available: 1 });
      const answer = await place([
        { sku: 'A-PLENTY', quantity: 2 },
        { sku: 'B-SCARCE', quantity: 2 },
      ]);
      assert.deepEqual([answer.status, answer.body.type], [409, 'urn:shop:problem:out-of-stock']);
      assert.equal(await available('A-PLENTY'), 9);
    });

    it('never sell more than there is, however many come at once', async () => {
      await shop.aProduct('LAST', { available: 3 });
      const answers = await Promise.all(Array.from({ length: 10 }, () => place([{ sku: 'LAST', quantity: 1 }])));
      const statuses = answers.map(({ status }) => status).sort();
      assert.deepEqual(statuses, [201, 201, 201, 409, 409, 409, 409, 409, 409, 409]);
      assert.equal(await available('LAST'), 0);
    });

    it('answer a repeated request with the first order even when it took the last piece', async () => {
      await shop.aProduct('SINGLE', { available: 1 });
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => place([{ sku: 'SINGLE', quantity: 1 }], 'last-piece')),
      );
      assert.deepEqual(
        answers.map(({ status }) => status),
        [201, 201, 201, 201, 201],
      );
      assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    });
  });
});
