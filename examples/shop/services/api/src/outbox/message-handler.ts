import type { EntityManager } from 'typeorm';
import type { Logger } from '../logging/logger.js';
import type { OutboxMessage, OutboxTopic } from './outbox-message.js';

export interface Delivery {
  readonly message: OutboxMessage;
  /** Inside the transaction that marks the message done: what is written here is written once. */
  readonly manager: EntityManager;
  readonly log: Logger;
}

export type MessageHandler = (delivery: Delivery) => Promise<void>;

export type MessageHandlers = Readonly<Record<OutboxTopic, MessageHandler>>;
