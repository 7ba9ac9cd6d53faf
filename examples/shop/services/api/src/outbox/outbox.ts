import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { currentTraceId } from '../tracing/trace-context.js';
import { OutboxMessage, type OutboxTopic } from './outbox-message.js';

export interface Notice {
  readonly topic: OutboxTopic;
  readonly id: string;
  readonly delaySeconds?: number;
}

/** Takes the caller's manager, so that the message exists exactly when the change it tells of does. */
export async function enqueue(manager: EntityManager, { topic, id, delaySeconds = 0 }: Notice): Promise<void> {
  await manager.insert(OutboxMessage, {
    id: uuid(),
    topic,
    payload: { id },
    traceId: currentTraceId() ?? null,
    // The database's clock decides, as it also decides what is due.
    availableAt: () => `now() + interval '${Math.trunc(delaySeconds)} seconds'`,
  });
}
