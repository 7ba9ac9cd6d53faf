import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseConfiguration } from '../../src/configuration/database-configuration.js';
import { environmentFor, ServiceProcess } from '../harness/service-process.js';
import { TestShop } from '../harness/test-shop.js';
import { connectDirectly, createMigratedDatabase } from '../postgres/test-database.js';

/** Those who wait for the transaction that asks. */
const WAITING = `SELECT FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid`;

describe('shutdown', () => {
  let configuration: DatabaseConfiguration;
  let orderId: string;
  const processes: ServiceProcess[] = [];

  before(async () => {
    configuration = await createMigratedDatabase();
  });
  afterEach(() => processes.splice(0).forEach((process) => process.kill()));

  function run(entryPoint: 'main.js' | 'worker.js', environment: Record<string, string> = {}): ServiceProcess {
    const process = new ServiceProcess(entryPoint, { ...environmentFor(configuration), ...environment });
    processes.push(process);
    return process;
  }

  /** Locks an order, so that a request about it stays in flight until the lock is let go. */
  async function lockAnOrder(): Promise<{ contended: () => Promise<void>; release: () => Promise<void> }> {
    const shop = await TestShop.open({ configuration });
    orderId = await shop.anOrder();
    await shop.close();
    const client = await connectDirectly(configuration);
    await client.query('BEGIN');
    await client.query('SELECT * FROM orders WHERE id = $1 FOR UPDATE', [orderId]);
    return {
      contended: async () => {
        while ((await client.query(WAITING)).rowCount === 0) await sleep(20);
      },
      release: async () => {
        await client.query('ROLLBACK');
        await client.end();
      },
    };
  }

  it('on SIGTERM finishes the request in flight, is not ready, refuses new connections and exits 0', async () => {
    const lock = await lockAnOrder();
    const service = run('main.js');
    const port = await service.listening();
    const url = `http://127.0.0.1:${port}`;

    const inFlight = fetch(`${url}/orders/${orderId}/cancel`, { method: 'POST' });
    const halfSent = connect(port, '127.0.0.1');
    await once(halfSent, 'connect');
    halfSent.write('GET /ready HTTP/1.1\r\nHost: shop\r\n');
    await lock.contended();
    service.terminate();
    await service.line(/shutting down/);

    halfSent.write('\r\n');
    const [answer] = (await once(halfSent, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 503 .*connection: close.*shutting down/is);
    await assert.rejects(fetch(`${url}/health`), 'new connections are refused');

    await lock.release();
    const response = await inFlight;
    assert.deepEqual([response.status, ((await response.json()) as { status: string }).status], [200, 'cancelled']);
    assert.equal(await service.exitCode(), 0);
    assert.equal(service.lines.at(-1)?.message, 'shutdown complete');
  });

  it('exits 1 when the deadline passes with a request still in flight', async () => {
    const lock = await lockAnOrder();
    const service = run('main.js', { SHUTDOWN_DEADLINE_SECONDS: '1' });
    const url = `http://127.0.0.1:${await service.listening()}`;
    const inFlight = fetch(`${url}/orders/${orderId}/cancel`, { method: 'POST' }).catch(() => 'cut off');
    await lock.contended();
    service.terminate();
    assert.equal(await service.exitCode(), 1);
    assert.match(service.output, /shutdown deadline passed/);
    assert.equal(await inFlight, 'cut off');
    await lock.release();
  });

  it('exits 0 at once when nothing is in flight, idle keep-alive connections notwithstanding', async () => {
    const service = run('main.js');
    const response = await fetch(`http://127.0.0.1:${await service.listening()}/health`, {
      headers: { connection: 'keep-alive' },
    });
    await response.arrayBuffer();
    const begun = Date.now();
    service.terminate();
    assert.equal(await service.exitCode(), 0);
    assert.ok(Date.now() - begun < 10_000);
  });

  it('ends a server that is still waiting for its database', async () => {
    const service = run('main.js', { PGPORT: '1' });
    await service.line(/Server listening/);
    await service.line(/database does not answer/);
    service.terminate();
    assert.equal(await service.exitCode(), 0);
  });

  it('ends a worker with 0 too', async () => {
    const worker = run('worker.js');
    await worker.line(/database connected/);
    worker.terminate();
    assert.equal(await worker.exitCode(), 0);
    assert.equal(worker.lines.at(-1)?.message, 'shutdown complete');
  });

  it('is what a failed start amounts to, with one line that names the variable', async () => {
    const service = run('main.js', { PGSSLMODE: 'sometimes' });
    assert.equal(await service.exitCode(), 1);
    assert.deepEqual([service.lines.length, service.errors], [1, '']);
    assert.match(service.lines[0]!.message, /PGSSLMODE must be one of/);
  });
});
