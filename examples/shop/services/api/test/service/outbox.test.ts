import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Email } from '../../src/emails/email.js';
import type { EmailTransport } from '../../src/emails/email-transport.js';
import { LogTransport } from '../../src/emails/log-transport.js';
import { OnceTransport } from '../../src/emails/once-transport.js';
import { shopHandlers } from '../../src/outbox/handlers.js';
import type { MessageHandler, MessageHandlers } from '../../src/outbox/message-handler.js';
import { OutboxMessage } from '../../src/outbox/outbox-message.js';
import { enqueue } from '../../src/outbox/outbox.js';
import { OutboxWorker } from '../../src/outbox/outbox-worker.js';
import { Payment } from '../../src/payments/payment.js';
import { Payments } from '../../src/payments/payments.js';
import { SandboxProvider } from '../../src/payments/sandbox-provider.js';
import { LogCapture, silentLogger } from '../harness/log-capture.js';
import { environmentFor, ServiceProcess } from '../harness/service-process.js';
import { TestShop } from '../harness/test-shop.js';
import { connectTo } from '../postgres/test-database.js';

const AT_ONCE = { attempts: 3, delaySeconds: () => 0 };

describe('outbox', () => {
  let shop: TestShop;

  before(async () => {
    shop = await TestShop.open();
  });
  after(() => shop.close());
  beforeEach(() => shop.database.dataSource.query('TRUNCATE outbox, emails'));

  const manager = () => shop.database.dataSource.manager;
  const payments = () => new Payments(shop.database.dataSource, new SandboxProvider());
  const realWorker = (transport: EmailTransport = new LogTransport(), logger = silentLogger()) =>
    new OutboxWorker(
      shop.database.dataSource,
      shopHandlers(payments(), new OnceTransport(shop.database.dataSource, transport)),
      logger,
      { retry: AT_ONCE },
    );
  const subjects = async () =>
    (await manager().find(Email, { order: { sentAt: 'ASC' } })).map(({ subject }) => subject);

  function everyTopic(handler: MessageHandler): MessageHandlers {
    return {
      'order.placed': handler,
      'order.paid': handler,
      'order.cancelled': handler,
      'payment.settle': handler,
      'payment.refund': handler,
    };
  }

  async function fill(count: number): Promise<void> {
    const id = await shop.anOrder();
    await manager().clear(OutboxMessage);
    for (let index = 0; index < count; index += 1) await enqueue(manager(), { topic: 'order.placed', id });
  }

  it('sends one e-mail for each step of an order, with its total', async () => {
    const id = await shop.anOrder();
    await realWorker().workBatch();
    await shop.pay(id);
    await realWorker().workBatch();
    assert.deepEqual(await subjects(), ['We have your order', 'Your payment arrived']);
    const [email] = await manager().find(Email);
    assert.match(email!.body, /€25\.00/);
  });

  it('is written with the order or not at all', async () => {
    await shop.aProduct('RARE', { available: 0 });
    shop.flags.add('new-checkout');
    const order = { customerId: await shop.aCustomer(), lines: [{ sku: 'RARE', quantity: 1 }] };
    assert.equal((await shop.post('/orders', order, { 'idempotency-key': 'rare' })).status, 409);
    shop.flags.delete('new-checkout');
    assert.equal(await manager().count(OutboxMessage), 0);
  });

  it('gives the money back for a paid order that is cancelled', async () => {
    const id = await shop.anOrder();
    await shop.pay(id);
    await shop.post(`/orders/${id}/cancel`);
    await realWorker().workBatch();
    assert.equal((await manager().findOneByOrFail(Payment, { orderId: id })).status, 'refunded');
    assert.ok((await subjects()).includes('Your order is cancelled'));
  });

  it('finishes a payment whose request died half-way', async () => {
    const id = await shop.anOrder();
    await shop.pay(id, 'pm_card_unavailable', 'died');
    await manager().update(Payment, { orderId: id }, { paymentMethod: 'pm_card_visa' });
    assert.equal(await realWorker().workBatch(), 1, 'only the e-mail is due; the payment gets a minute');
    await shop.database.dataSource.query(`UPDATE outbox SET available_at = now() WHERE status = 'pending'`);
    await realWorker().workBatch();
    assert.equal((await shop.get(`/orders/${id}`)).body.status, 'paid');
  });

  it('is worked off by two workers at once, each message exactly once', async () => {
    await fill(120);
    const handled: string[] = [];
    const by = [0, 0];
    const stop = new AbortController();
    const others = [connectTo(shop.configuration), connectTo(shop.configuration)];
    const workers = others.map(async (database, index) => {
      await database.connect();
      const handlers = everyTopic(async ({ message, manager: nested }) => {
        await nested.query('SELECT pg_sleep(0.002)');
        handled.push(message.id);
        by[index]! += 1;
        if (handled.length === 120) stop.abort();
      });
      await new OutboxWorker(database.dataSource, handlers, silentLogger(), { idleMilliseconds: 10 }).run(stop.signal);
      await database.close();
    });
    await Promise.all(workers);
    assert.deepEqual([handled.length, new Set(handled).size], [120, 120]);
    assert.ok(
      by.every((count) => count > 0),
      `both worked: ${by}`,
    );
    assert.equal(await manager().countBy(OutboxMessage, { status: 'done', attempts: 1 }), 120);
  });

  it('is worked off by two real worker processes, one e-mail a message', async (test) => {
    await fill(60);
    const workers = [0, 1].map(() => new ServiceProcess('worker.js', environmentFor(shop.configuration)));
    test.after(() => workers.forEach((worker) => worker.kill()));
    while ((await manager().countBy(OutboxMessage, { status: 'pending' })) > 0)
      await new Promise((resolve) => setTimeout(resolve, 50));
    for (const worker of workers) {
      worker.terminate();
      assert.equal(await worker.exitCode(), 0);
    }
    assert.equal(await manager().count(Email), 60);
    const sent = workers.flatMap(({ lines }) => lines).filter(({ message }) => message === 'e-mail sent');
    assert.equal(new Set(sent.map(({ messageId }) => messageId)).size, sent.length);
    assert.equal(sent.length, 60);
  });

  it('tries a failed message again, undoing what the failed attempt wrote', async () => {
    await fill(1);
    let failures = 2;
    const transport: EmailTransport = {
      send: async () => {
        if (failures-- > 0) throw new Error('mailbox on fire');
      },
    };
    const worker = realWorker(transport);
    for (const expected of [0, 0, 1]) {
      await worker.workBatch();
      assert.equal(await manager().count(Email), expected);
    }
    const [message] = await manager().find(OutboxMessage);
    assert.deepEqual([message?.status, message?.attempts, message?.lastError], ['done', 3, 'mailbox on fire']);
  });

  it('does not let one failing message hold up the rest of its batch', async () => {
    await fill(3);
    const [first] = await manager().find(OutboxMessage, { order: { availableAt: 'ASC', id: 'ASC' } });
    const handlers = everyTopic(async ({ message, manager: nested }) => {
      if (message.id === first!.id) await nested.query('SELECT 1 / 0');
    });
    await new OutboxWorker(shop.database.dataSource, handlers, silentLogger()).workBatch();
    assert.equal(await manager().countBy(OutboxMessage, { status: 'done' }), 2);
    assert.equal(await manager().countBy(OutboxMessage, { status: 'pending', attempts: 1 }), 1);
  });

  it('waits longer after every failure', async () => {
    await fill(1);
    const worker = new OutboxWorker(
      shop.database.dataSource,
      everyTopic(() => Promise.reject(new Error('no'))),
      silentLogger(),
    );
    const waits: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await worker.workBatch();
      const [{ wait }] = await shop.database.dataSource.query(
        'SELECT round(extract(epoch FROM available_at - now()))::int AS wait FROM outbox',
      );
      waits.push(wait);
      assert.equal(await worker.workBatch(), 0, 'not due yet');
      await shop.database.dataSource.query('UPDATE outbox SET available_at = now()');
    }
    assert.deepEqual(waits, [2, 4, 8]);
  });

  it('declares a message dead after its last attempt, with its trace id in the log', async () => {
    await fill(1);
    await shop.database.dataSource.query(`UPDATE outbox SET trace_id = 'abc'`);
    const log = new LogCapture();
    const worker = realWorker({ send: () => Promise.reject(new Error('never')) }, log.logger);
    for (let attempt = 0; attempt < 5; attempt += 1) await worker.workBatch();
    const [message] = await manager().find(OutboxMessage);
    assert.deepEqual([message?.status, message?.attempts], ['dead', 3]);
    assert.deepEqual(
      log.lines.map(({ level, traceId }) => [level, traceId]),
      [
        ['warn', 'abc'],
        ['warn', 'abc'],
        ['error', 'abc'],
      ],
    );
  });

  it('is left to others when the worker is told to stop: it finishes the message in hand only', async () => {
    await fill(5);
    const stop = new AbortController();
    const handlers = everyTopic(async () => stop.abort());
    await new OutboxWorker(shop.database.dataSource, handlers, silentLogger()).run(stop.signal);
    assert.equal(await manager().countBy(OutboxMessage, { status: 'done' }), 1);
    assert.equal(await manager().countBy(OutboxMessage, { status: 'pending' }), 4);
  });
});
