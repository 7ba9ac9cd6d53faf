import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Email } from '../../src/emails/email.js';
import type { EmailTransport, OutgoingEmail } from '../../src/emails/email-transport.js';
import { OnceTransport } from '../../src/emails/once-transport.js';
import { QueueTransport } from '../../src/emails/queue-transport.js';
import { queuedEmailHandler } from '../../src/emails/queued-email-handler.js';
import { writeQueuedEmail } from '../../src/emails/queued-email.js';
import { shopHandlers } from '../../src/outbox/handlers.js';
import { OutboxMessage } from '../../src/outbox/outbox-message.js';
import { OutboxWorker } from '../../src/outbox/outbox-worker.js';
import { Payments } from '../../src/payments/payments.js';
import { SandboxProvider } from '../../src/payments/sandbox-provider.js';
import { QueueConsumer } from '../../src/queue/queue-consumer.js';
import { Queue } from '../../src/queue/queue.js';
import { eventually } from '../harness/eventually.js';
import { LogCapture, silentLogger } from '../harness/log-capture.js';
import { QueueServer } from '../harness/queue-server.js';
import { environmentFor, ServiceProcess } from '../harness/service-process.js';
import { TestShop } from '../harness/test-shop.js';
import { connectDirectly } from '../postgres/test-database.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('e-mail queue', { concurrency: false }, () => {
  let shop: TestShop;
  let server: QueueServer;
  let queue: Queue;
  let stop: AbortController;
  let consuming: Promise<void>;
  const workers: ServiceProcess[] = [];

  before(async () => {
    shop = await TestShop.open();
  });
  after(() => shop.close());
  beforeEach(async () => {
    await shop.database.dataSource.query('TRUNCATE outbox, emails');
    server = new QueueServer();
    await server.start();
    Object.assign(process.env, server.environment);
    queue = new Queue(server.url);
    stop = new AbortController();
    consuming = Promise.resolve();
  });
  afterEach(async () => {
    workers.splice(0).forEach((worker) => worker.kill());
    stop.abort();
    await consuming;
    await server.stop();
  });

  const manager = () => shop.database.dataSource.manager;
  const outbox = () => {
    const payments = new Payments(shop.database.dataSource, new SandboxProvider());
    const handlers = shopHandlers(payments, new QueueTransport(queue));
    return new OutboxWorker(shop.database.dataSource, handlers, silentLogger());
  };

  function consume(transport: EmailTransport, logger = silentLogger()): void {
    const once = new OnceTransport(shop.database.dataSource, transport);
    consuming = new QueueConsumer(queue, queuedEmailHandler(once), logger).run(stop.signal);
  }

  function startWorker(): ServiceProcess {
    const worker = new ServiceProcess('worker.js', { ...environmentFor(shop.configuration), ...server.environment });
    workers.push(worker);
    return worker;
  }

  function anEmail(): OutgoingEmail {
    return {
      id: randomUUID(),
      outboxId: randomUUID(),
      recipient: 'ada@example.com',
      subject: 'We have your order',
      body: 'Thank you.',
    };
  }

  const sentBy = (...processes: ServiceProcess[]) =>
    processes.flatMap(({ lines }) => lines).filter(({ message }) => message === 'e-mail sent');

  it('takes an e-mail from the order to the log, under the trace of the request', async () => {
    const worker = startWorker();
    await shop.aProduct('TEA');
    const order = { customerId: await shop.aCustomer(), lines: [{ sku: 'TEA', quantity: 1 }] };
    const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
    await shop.post('/orders', order, { 'idempotency-key': randomUUID(), traceparent });
    const line = await worker.line(/e-mail sent/);
    await eventually(async () => (await server.size()) === 0);

    const [message] = await manager().find(OutboxMessage);
    const [email, ...others] = await manager().find(Email);
    assert.deepEqual(others, []);
    assert.deepEqual([email!.outboxId, email!.subject], [message!.id, 'We have your order']);
    assert.deepEqual(
      [line.traceId, line.emailId, line.messageId, line.receiveCount],
      [TRACE, email!.id, message!.id, 1],
    );
    assert.doesNotMatch(worker.output, /@example\.com/);
  });

  it('records nothing in the database before the e-mail goes out', async () => {
    await shop.anOrder();
    await outbox().workBatch();
    assert.deepEqual([await server.size(), await manager().count(Email)], [1, 0]);
    assert.equal((await manager().find(OutboxMessage))[0]!.status, 'done');
  });

  it('sends an e-mail once when its message comes twice, even at the same time', async () => {
    const sent: string[] = [];
    const log = new LogCapture();
    const body = writeQueuedEmail(anEmail());
    await queue.send(body);
    await queue.send(body);
    consume({ send: async ({ id }) => (await sleep(200), void sent.push(id)) }, log.logger);
    await eventually(async () => (await server.size()) === 0);
    assert.equal(sent.length, 1);
    assert.equal(await manager().count(Email), 1);
    assert.deepEqual(
      log.lines.map(({ message }) => message),
      ['e-mail was sent before'],
    );
  });

  it('sends an e-mail once when the outbox, having crashed half-way, hands it over again', async () => {
    const sent: string[] = [];
    await shop.anOrder();
    await outbox().workBatch();
    await shop.database.dataSource.query(`UPDATE outbox SET status = 'pending'`);
    await outbox().workBatch();
    assert.equal(await server.size(), 2);
    consume({ send: async ({ id }) => void sent.push(id) });
    await eventually(async () => (await server.size()) === 0);
    assert.equal(sent.length, 1);
  });

  it('has an e-mail come again when it could not be sent, and keeps no record of the failure', async () => {
    const records: number[] = [];
    consume({
      send: async () => {
        records.push(await manager().count(Email));
        if (records.length === 1) throw new Error('mailbox on fire');
      },
    });
    await queue.send(writeQueuedEmail(anEmail()));
    await eventually(async () => (await server.size()) === 0);
    assert.deepEqual(records, [0, 0]);
    assert.equal(await manager().count(Email), 1);
    assert.deepEqual(await server.dead(), []);
  });

  it('moves what is not an e-mail to the dead-letter queue, says why and not what it was, and goes on', async () => {
    const worker = startWorker();
    const malformed = ['ada@example.com', JSON.stringify({ ...anEmail(), id: 'ada@example.com', subject: 7 })];
    for (const body of malformed) await queue.send(body);
    await queue.send(writeQueuedEmail(anEmail()));
    await worker.line(/e-mail sent/);
    await eventually(async () => (await server.dead()).length === 2);
    assert.deepEqual((await server.dead()).toSorted(), malformed.toSorted());
    assert.match(worker.output, /The message is not an e-mail: ✖ is not JSON/);
    assert.match(worker.output, /→ at id.*→ at subject/);
    assert.doesNotMatch(worker.output, /@example\.com/);
    assert.equal(sentBy(worker).length, 1);
  });

  it('on SIGTERM finishes the e-mails in hand and leaves the rest to another worker, losing none', async (test) => {
    const ids = Array.from({ length: 12 }, randomUUID);
    for (const id of ids) await queue.send(writeQueuedEmail({ ...anEmail(), id }));
    const lock = await connectDirectly(shop.configuration);
    test.after(() => lock.end());
    await lock.query('BEGIN');
    await lock.query('LOCK TABLE emails IN SHARE MODE');
    const first = startWorker();
    await eventually(async () => (await server.inFlight()) === 5);
    first.terminate();
    await first.line(/shutting down/);
    assert.deepEqual(sentBy(first), []);
    await lock.query('ROLLBACK');
    assert.equal(await first.exitCode(), 0);
    assert.deepEqual([first.lines.at(-1)?.message, sentBy(first).length], ['shutdown complete', 5]);
    assert.equal(await manager().count(Email), 5);

    const second = startWorker();
    await eventually(async () => (await server.size()) === 0);
    assert.deepEqual(
      sentBy(first, second)
        .map(({ emailId }) => emailId)
        .toSorted(),
      ids.toSorted(),
    );
    assert.deepEqual(await server.dead(), []);
  });

  it('may be out of reach when a worker starts: the outbox tries again until it is back', async () => {
    await server.stop();
    await shop.anOrder();
    const worker = startWorker();
    await worker.line(/queue does not answer/);
    const failure = await worker.line(/message failed and will be tried again/);
    assert.equal(failure.topic, 'order.placed');
    assert.equal(await manager().countBy(OutboxMessage, { status: 'pending', attempts: 1 }), 1);
    await server.start();
    await worker.line(/e-mail sent/);
    assert.equal(await manager().countBy(OutboxMessage, { status: 'done' }), 1);
    worker.terminate();
    assert.equal(await worker.exitCode(), 0);
  });
});
