import { z } from 'zod';
import type { OutgoingEmail } from './email-transport.js';

/** What an e-mail is while it waits in the queue. Fields of a later version are ignored, so that versions can mix. */
const queuedEmail = z.object({
  id: z.uuid(),
  outboxId: z.uuid(),
  recipient: z.string(),
  subject: z.string(),
  body: z.string(),
  traceId: z.string().optional(),
});

export interface QueuedEmail extends OutgoingEmail {
  /** Of the request that led to it. */
  readonly traceId?: string;
}

export function writeQueuedEmail(email: QueuedEmail): string {
  return JSON.stringify(email);
}

/** Names the fields at fault and never their content, which is a customer's. */
export function readQueuedEmail(text: string): QueuedEmail {
  const result = z.string().transform(parseJson).pipe(queuedEmail).safeParse(text);
  if (result.success) return result.data;
  throw new Error(`The message is not an e-mail: ${z.prettifyError(result.error)}`);
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
}
