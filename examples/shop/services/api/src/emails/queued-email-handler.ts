import type { QueueHandler } from '../queue/queue-consumer.js';
import type { EmailTransport } from './email-transport.js';
import { readQueuedEmail } from './queued-email.js';

/** Takes an e-mail that waited in the queue further. */
export function queuedEmailHandler(transport: EmailTransport): QueueHandler {
  return async (text, log) => {
    const { traceId, ...email } = readQueuedEmail(text);
    await transport.send(email, log.child({ traceId, messageId: email.outboxId }));
  };
}
