import type { Queue } from '../queue/queue.js';
import { currentTraceId } from '../tracing/trace-context.js';
import type { EmailTransport, OutgoingEmail } from './email-transport.js';
import { writeQueuedEmail } from './queued-email.js';

/** Hands an e-mail to the queue. It may do so twice: whoever sends it goes by its id. */
export class QueueTransport implements EmailTransport {
  constructor(private readonly queue: Queue) {}

  async send(email: OutgoingEmail): Promise<void> {
    await this.queue.send(writeQueuedEmail({ ...email, traceId: currentTraceId() }));
  }
}
