import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { OutboxMessage } from '../../src/outbox/outbox-message.js';
import { LogCapture } from '../harness/log-capture.js';
import { environmentFor, ServiceProcess } from '../harness/service-process.js';
import { TestShop } from '../harness/test-shop.js';
import { createMigratedDatabase } from '../postgres/test-database.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

describe('logging', () => {
  const log = new LogCapture(['hunter2-hunter2', 'quote"and\\slash']);
  let shop: TestShop;

  before(async () => {
    shop = await TestShop.open({ logger: log.logger });
  });
  after(() => shop.close());

  it('puts the trace id of the caller into every line of the request and into the response', async () => {
    log.written.length = 0;
    const answer = await shop.get('/customers', { traceparent: TRACEPARENT });
    assert.equal(answer.headers['x-trace-id'], TRACE);
    assert.deepEqual(
      log.lines.map(({ message }) => message),
      ['incoming request', 'request completed'],
    );
    assert.deepEqual(
      log.lines.map(({ traceId }) => traceId),
      [TRACE, TRACE],
    );
  });

  it('makes up a trace id when the caller has none, another for each request', async () => {
    const [one, two] = [await shop.get('/health'), await shop.get('/health')];
    assert.match(String(one.headers['x-trace-id']), /^[0-9a-f]{32}$/);
    assert.notEqual(one.headers['x-trace-id'], two.headers['x-trace-id']);
  });

  it('has the trace id on errors as well', async () => {
    log.written.length = 0;
    const answer = await shop.post('/customers', {}, { traceparent: TRACEPARENT });
    assert.equal(answer.headers['x-trace-id'], TRACE);
    assert.ok(log.lines.length >= 3 && log.lines.every(({ traceId }) => traceId === TRACE));
  });

  it('hands the trace id on to the work the request leaves behind', async () => {
    await shop.aProduct('TEA');
    const order = { customerId: await shop.aCustomer(), lines: [{ sku: 'TEA', quantity: 1 }] };
    const { body } = await shop.post('/orders', order, { 'idempotency-key': 'traced', traceparent: TRACEPARENT });
    const messages = await shop.database.dataSource.manager.find(OutboxMessage);
    assert.equal(messages.find(({ payload }) => payload.id === body.id)?.traceId, TRACE);
  });

  it('keeps quiet about health checks that succeed', async () => {
    log.written.length = 0;
    await shop.get('/health');
    await shop.get('/ready');
    assert.deepEqual(log.written, []);
  });

  it('masks configured secrets wherever they turn up', () => {
    log.written.length = 0;
    const error = new Error('cannot log in with hunter2-hunter2', { cause: new Error('quote"and\\slash') });
    log.logger.error({ err: error, deep: [{ er: 'postgres://shop:hunter2-hunter2@db' }] }, 'hunter2-hunter2');
    assert.doesNotMatch(log.written.join(), /hunter2|quote/);
    assert.match(log.lines[0]!.message, /^\[redacted\]$/);
  });

  it('leaves the parameters of a failed query, which are customers’ data, out', async () => {
    log.written.length = 0;
    const failure = await shop.database.dataSource
      .query('SELECT $1::int', ['ada@example.com'])
      .catch((err: unknown) => err);
    log.logger.error({ err: failure }, 'query failed');
    assert.equal('parameters' in (log.lines[0]!.err as object), false);
  });

  it('of the real process is one JSON object a line at every level, and holds no secret', async (test) => {
    const configuration = await createMigratedDatabase();
    const environment = {
      ...environmentFor(configuration),
      LOG_LEVEL: 'trace',
      STRIPE_API_KEY: 'sk_test_do_not_show_me',
    };
    const service = new ServiceProcess('main.js', environment);
    const intruder = new ServiceProcess('main.js', { ...environment, PGPASSWORD: 'a-wrong-password' });
    test.after(() => [service, intruder].forEach((process) => process.kill()));
    const url = `http://127.0.0.1:${await service.listening()}`;
    await fetch(`${url}/orders`, { method: 'POST', headers: { authorization: 'Bearer sk_test_do_not_show_me' } });
    await intruder.line(/database does not answer/);
    for (const process of [service, intruder]) {
      process.terminate();
      assert.equal(await process.exitCode(), 0);
      assert.ok(process.lines.every(({ level, time, service: name }) => level && time && name === 'shop-api'));
      for (const secret of [configuration.password, 'a-wrong-password', 'sk_test_do_not_show_me']) {
        assert.equal((process.output + process.errors).includes(secret), false);
      }
    }
  });
});
