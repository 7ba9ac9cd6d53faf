import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TimeBudget } from './time-budget';
import type { Log } from '../log';

/** How persistent the delivery is. */
export interface Persistence {
  /** How long one attempt may take. */
  readonly attemptMillis: number;
  /** The pause after the first failed attempt; it doubles up to 16 times this. */
  readonly pauseMillis: number;
}

export const PERSISTENT: Persistence = { attemptMillis: 5_000, pauseMillis: 250 };

/**
 * PUTs the answer to the presigned URL, again and again while that can help and time is left.
 *
 * Throws when the answer could not be handed over: Lambda then repeats the asynchronous invocation, and as the work is
 * idempotent that is one more chance to answer. The URL is in no message: it is a credential.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources-lambda.html
 */
export async function deliver(url: string, body: string, time: TimeBudget, log: Log, persistence = PERSISTENT): Promise<void> {
  for (let attempt = 1, pause = persistence.pauseMillis; ; attempt++, pause = Math.min(pause * 2, persistence.pauseMillis * 16)) {
    const trouble = await attemptOnce(url, body, Math.min(persistence.attemptMillis, time.left()));
    if (!trouble) {
      return;
    }
    log.warn('CloudFormation has not taken the answer', { attempt, trouble: trouble.words });
    if (!trouble.passing || time.left() <= pause) {
      throw new Error(`CloudFormation has not taken the answer after ${attempt} attempts: ${trouble.words}`);
    }
    await sleep(pause);
  }
}

interface Trouble {
  readonly words: string;
  /** Whether the next attempt may fare better. */
  readonly passing: boolean;
}

async function attemptOnce(url: string, body: string, millis: number): Promise<Trouble | undefined> {
  try {
    const status = await put(new URL(url), body, millis);
    if (status < 300) {
      return undefined;
    }
    return { words: `HTTP status ${status}`, passing: status >= 500 || status === 408 || status === 429 };
  } catch (error) {
    const { name, code } = error as NodeJS.ErrnoException;
    return { words: name === 'TimeoutError' || code === 'ABORT_ERR' ? `no reply in ${millis} ms` : code ?? name, passing: true };
  }
}

/** The status of one PUT. S3 signs an empty content type into the URL, so it is sent empty. */
async function put(url: URL, body: string, millis: number): Promise<number> {
  const { request } = url.protocol === 'http:' ? http : https;
  const options = {
    method: 'PUT',
    agent: false,
    headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.timeout(Math.max(1, millis)),
  };
  return new Promise((resolve, reject) => {
    const sending = request(url, options, reply => {
      reply.on('error', () => undefined); // the status is all that counts
      reply.resume();
      resolve(reply.statusCode ?? 500);
    });
    sending.on('error', reject);
    sending.end(body);
  });
}
