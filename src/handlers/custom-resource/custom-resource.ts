import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse, Context } from 'aws-lambda';
import { deliver, type Persistence, PERSISTENT } from './delivery';
import { type Attributes, failed, succeeded } from './response';
import { TimeBudget } from './time-budget';
import { Log } from '../log';

/** What a piece of work is given beside the event. */
export interface Run {
  readonly log: Log;
  /** The time left to work in. */
  readonly time: TimeBudget;
  /** Aborted once the answer is decided: nothing may go on in a frozen function that wakes up for another event. */
  readonly signal: AbortSignal;
}

/** The work itself. It returns the attributes of the resource or throws an error in words. Idempotent, as events repeat. */
export type Work = (event: CloudFormationCustomResourceEvent, run: Run) => Promise<Attributes>;

/** Kept back for answering, and for being slow at it. */
const ANSWERING_MILLIS = 10_000;

/** Kept back from the answering itself, so that a failed delivery is still logged. */
const PARTING_MILLIS = 500;

export interface CustomResourceOptions {
  readonly answeringMillis?: number;
  readonly persistence?: Persistence;
  readonly write?: (line: string) => void;
}

/**
 * The Lambda handler of a custom resource: runs the work and tells CloudFormation how it ended, whatever happens.
 *
 * Work that is not done when the time runs out is answered with FAILED, in words, while there still is someone to answer.
 */
export function customResource(work: Work, options: CustomResourceOptions = {}) {
  return async (event: CloudFormationCustomResourceEvent, context: Context): Promise<void> => {
    const log = new Log({
      requestId: context.awsRequestId,
      requestType: event.RequestType,
      resource: event.LogicalResourceId,
      stack: event.StackId,
    }, options.write);
    log.hide(event.ResponseURL);
    const time = new TimeBudget(() => context.getRemainingTimeInMillis());

    const response = await outcome(work, event, time.keeping(options.answeringMillis ?? ANSWERING_MILLIS), log);

    await deliver(event.ResponseURL, JSON.stringify(response), time.keeping(PARTING_MILLIS), log, options.persistence ?? PERSISTENT);
    log.info('answered', { status: response.Status });
  };
}

async function outcome(
  work: Work, event: CloudFormationCustomResourceEvent, time: TimeBudget, log: Log,
): Promise<CloudFormationCustomResourceResponse> {
  const decided = new AbortController();
  const alarm = new Alarm(time.left());
  try {
    const attributes = await Promise.race([work(event, { log, time, signal: decided.signal }), alarm.ringing]);
    return succeeded(event, attributes);
  } catch (error) {
    const reason = log.redacted(error instanceof Error ? error.message : String(error));
    log.error('failed', { reason, stackTrace: error instanceof Error ? error.stack : undefined });
    return failed(event, reason);
  } finally {
    alarm.off();
    decided.abort();
  }
}

/** Rejects in words when the time is up. */
class Alarm {
  readonly ringing: Promise<never>;
  private timer?: NodeJS.Timeout;

  constructor(millis: number) {
    this.ringing = new Promise((_, reject) => {
      const words = `not done after ${Math.ceil(millis / 1000)} s, and the function is about to be stopped; see its log for how far it came`;
      this.timer = setTimeout(() => reject(new Error(words)), millis);
    });
  }

  off(): void {
    clearTimeout(this.timer);
  }
}
