import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueConsumer, type QueueHandler } from '../../src/queue/queue-consumer.js';
import { Queue } from '../../src/queue/queue.js';
import { eventually } from '../harness/eventually.js';
import { LogCapture } from '../harness/log-capture.js';
import { QueueServer } from '../harness/queue-server.js';

describe('queue consumer', { concurrency: false }, () => {
  let server: QueueServer;
  let queue: Queue;
  let log: LogCapture;
  let stop: AbortController;
  let running: Promise<void>;

  beforeEach(async () => {
    server = new QueueServer();
    await server.start();
    Object.assign(process.env, server.environment);
    queue = new Queue(server.url);
    log = new LogCapture();
    stop = new AbortController();
    running = Promise.resolve();
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await server.stop();
  });

  function consume(handler: QueueHandler, concurrency?: number): void {
    running = new QueueConsumer(queue, handler, log.logger, concurrency).run(stop.signal);
  }

  async function fill(...bodies: string[]): Promise<void> {
    for (const body of bodies) await queue.send(body);
  }

  it('hands each message over and deletes it when it is done', async () => {
    const handled: string[] = [];
    consume(async (body) => void handled.push(body));
    await fill('one', 'two', 'three');
    await eventually(async () => (await server.size()) === 0);
    assert.deepEqual(handled.toSorted(), ['one', 'three', 'two']);
    assert.deepEqual(log.written, []);
  });

  it('leaves a message that failed in the queue, which delivers it again', async () => {
    let failures = 1;
    consume(async () => {
      if (failures-- > 0) throw new Error('mailbox on fire');
    });
    await fill('one');
    await eventually(async () => failures < 0 && (await server.size()) === 0);
    assert.deepEqual(
      log.lines.map(({ level, receiveCount, message }) => [level, receiveCount, message]),
      [['warn', 1, 'queue message failed and is left in the queue']],
    );
    assert.deepEqual(await server.dead(), []);
  });

  it('goes on with the others while one that always fails ends in the dead-letter queue', async () => {
    const handled: string[] = [];
    consume(async (body) => {
      if (body === 'poison') throw new Error('cannot stomach it');
      handled.push(body);
    });
    await fill('poison', 'one', 'two');
    await eventually(async () => (await server.dead()).length === 1);
    assert.deepEqual([await server.dead(), await server.size(), handled.toSorted()], [['poison'], 0, ['one', 'two']]);
    assert.deepEqual(
      log.lines.map(({ receiveCount }) => receiveCount),
      [1, 2],
    );
  });

  it('has no more messages in hand than it may, and none waiting its turn', async () => {
    let inHand = 0;
    let most = 0;
    let mostTaken = 0;
    consume(async () => {
      most = Math.max(most, (inHand += 1));
      const taken = await server.inFlight();
      mostTaken = Math.max(mostTaken, taken);
      await sleep(30);
      inHand -= 1;
    }, 2);
    await fill('1', '2', '3', '4', '5', '6', '7');
    await eventually(async () => (await server.size()) === 0);
    assert.deepEqual([most, mostTaken], [2, 2]);
  });

  it('when told to stop waits for what is in hand', async () => {
    let begun = 0;
    consume(async () => {
      begun += 1;
      await sleep(400);
    });
    await fill('1', '2');
    await eventually(() => begun === 2);
    stop.abort();
    await running;
    assert.equal(await server.size(), 0);
  });

  it('when told to stop leaves what is not in hand', async () => {
    let begun = 0;
    await fill('1', '2', '3', '4', '5');
    consume(async () => {
      begun += 1;
      stop.abort();
      await sleep(50);
    }, 2);
    await running;
    assert.equal(await server.size(), 5 - begun);
    assert.ok(begun <= 2);
  });

  it('stops at once when there is nothing to do', async () => {
    consume(async () => undefined);
    await sleep(100);
    const told = Date.now();
    stop.abort();
    await running;
    assert.ok(Date.now() - told < 5_000, 'it does not wait for the long poll');
    assert.deepEqual(log.written, []);
  });

  it('outlasts a queue that does not answer', async () => {
    const handled: string[] = [];
    await server.stop();
    consume(async (body) => void handled.push(body));
    await eventually(() => log.lines.some(({ message }) => message === 'queue does not answer'));
    await server.start();
    await fill('late');
    await eventually(() => handled.length === 1);
    await server.stop();
    await eventually(() => log.lines.filter(({ retryInMilliseconds }) => retryInMilliseconds === 500).length === 2);
    await server.start();
    await fill('later');
    await eventually(() => handled.length === 2);
  });
});
