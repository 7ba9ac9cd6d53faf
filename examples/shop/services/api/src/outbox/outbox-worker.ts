import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import type { Logger } from '../logging/logger.js';
import { newTraceId } from '../tracing/trace-id.js';
import { runInTrace } from '../tracing/trace-context.js';
import type { MessageHandlers } from './message-handler.js';
import { OutboxMessage } from './outbox-message.js';
import { backOff, type RetryPolicy } from './retry-policy.js';

export interface OutboxWorkerOptions {
  readonly batchSize?: number;
  readonly idleMilliseconds?: number;
  readonly retry?: RetryPolicy;
}

/**
 * Works off the outbox. A batch is claimed by row locks that last until its transaction ends:
 * other workers skip the rows, and should this process die, the database gives them back at once.
 */
export class OutboxWorker {
  private readonly batchSize: number;
  private readonly idleMilliseconds: number;
  private readonly retry: RetryPolicy;

  constructor(
    private readonly dataSource: DataSource,
    private readonly handlers: MessageHandlers,
    private readonly logger: Logger,
    { batchSize = 10, idleMilliseconds = 1_000, retry = backOff }: OutboxWorkerOptions = {},
  ) {
    this.batchSize = batchSize;
    this.idleMilliseconds = idleMilliseconds;
    this.retry = retry;
  }

  /** Works until told to stop; finishes the message in hand and leaves the rest to others. */
  async run(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const worked = await this.workBatch(stopping).catch((err: unknown) => {
        this.logger.error({ err }, 'outbox batch failed and was rolled back');
        return 0;
      });
      if (worked < this.batchSize)
        await sleep(this.idleMilliseconds, undefined, { signal: stopping }).catch(() => undefined);
    }
  }

  /** Returns how many messages it worked on. */
  async workBatch(stopping?: AbortSignal): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const batch = await this.claim(manager);
      let worked = 0;
      for (const message of batch) {
        if (stopping?.aborted) break;
        await this.work(manager, message);
        worked += 1;
      }
      return worked;
    });
  }

  private claim(manager: EntityManager): Promise<OutboxMessage[]> {
    return manager
      .createQueryBuilder(OutboxMessage, 'message')
      .where("message.status = 'pending' AND message.availableAt <= now()")
      .orderBy('message.availableAt')
      .addOrderBy('message.id')
      .limit(this.batchSize)
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .getMany();
  }

  private async work(manager: EntityManager, message: OutboxMessage): Promise<void> {
    const traceId = message.traceId ?? newTraceId();
    const log = this.logger.child({ traceId, messageId: message.id, topic: message.topic });
    const attempts = message.attempts + 1;
    try {
      // A savepoint: what a failed handler wrote is undone, the rest of the batch is not.
      await manager.transaction((nested) =>
        runInTrace(traceId, () => this.handlers[message.topic]({ message, manager: nested, log })),
      );
      await manager.update(OutboxMessage, { id: message.id }, { status: 'done', attempts, processedAt: () => 'now()' });
      log.info({ attempts }, 'message done');
    } catch (err) {
      await this.recordFailure(manager, message, attempts, err, log);
    }
  }

  private async recordFailure(
    manager: EntityManager,
    { id }: OutboxMessage,
    attempts: number,
    err: unknown,
    log: Logger,
  ): Promise<void> {
    const lastError = err instanceof Error ? err.message : String(err);
    if (attempts >= this.retry.attempts) {
      await manager.update(OutboxMessage, { id }, { status: 'dead', attempts, lastError, processedAt: () => 'now()' });
      log.error({ err, attempts }, 'message is dead');
      return;
    }
    const delaySeconds = this.retry.delaySeconds(attempts);
    const availableAt = () => `now() + interval '${delaySeconds} seconds'`;
    await manager.update(OutboxMessage, { id }, { attempts, lastError, availableAt });
    log.warn({ err, attempts, delaySeconds }, 'message failed and will be tried again');
  }
}
