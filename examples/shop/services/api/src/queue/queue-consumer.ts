import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logging/logger.js';
import type { Queue, QueueMessage } from './queue.js';

const LONGEST_PAUSE = 30_000;

/** Does what a message asks for. It must be safe to repeat, as a queue delivers at least once, not exactly once. */
export type QueueHandler = (body: string, log: Logger) => Promise<void>;

/**
 * Works off a queue, a few messages at a time. It asks for no more than it can begin at once, so
 * that the visibility timeout of none runs while it waits. A message is deleted when it is done;
 * one that fails is left, and the queue delivers it again or moves it to its dead-letter queue.
 */
export class QueueConsumer {
  private readonly inHand = new Set<Promise<void>>();
  private pause = 0;

  constructor(
    private readonly queue: Queue,
    private readonly handle: QueueHandler,
    private readonly logger: Logger,
    private readonly concurrency = 5,
  ) {}

  /** Works until told to stop; finishes the messages in hand and leaves the rest to others. */
  async run(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      for (const message of await this.receive(stopping)) this.begin(message);
      if (this.inHand.size >= this.concurrency) await Promise.race(this.inHand);
    }
    await Promise.all(this.inHand);
  }

  /** What the queue sends while this process stops is not lost: it comes back after its visibility timeout. */
  private async receive(stopping: AbortSignal): Promise<QueueMessage[]> {
    try {
      const messages = await this.queue.receive(this.concurrency - this.inHand.size, stopping);
      this.pause = 0;
      return messages;
    } catch (err) {
      if (stopping.aborted) return [];
      this.pause = Math.min(this.pause * 2 || 500, LONGEST_PAUSE);
      this.logger.warn({ err, retryInMilliseconds: this.pause }, 'queue does not answer');
      await sleep(this.pause, undefined, { signal: stopping }).catch(() => undefined);
      return [];
    }
  }

  private begin(message: QueueMessage): void {
    const work = this.work(message).finally(() => this.inHand.delete(work));
    this.inHand.add(work);
  }

  private async work(message: QueueMessage): Promise<void> {
    const log = this.logger.child({ queueMessageId: message.id, receiveCount: message.receiveCount });
    try {
      await this.handle(message.body, log);
      await this.queue.delete(message);
    } catch (err) {
      log.warn({ err }, 'queue message failed and is left in the queue');
    }
  }
}
