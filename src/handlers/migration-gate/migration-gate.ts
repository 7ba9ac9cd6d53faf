import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import type { GateClients } from './clients';
import { isRollback } from './deployment';
import { advance, begin } from './gate';
import { fail, next, type Progress } from './progress';
import { deliver } from '../custom-resource/delivery';
import { failed, succeeded } from '../custom-resource/response';
import { TimeBudget } from '../custom-resource/time-budget';
import { Log } from '../log';

/** One call by the state machine. */
export interface GateCall {
  readonly event: CloudFormationCustomResourceEvent;
  readonly progress?: Progress;
  /** Why the state machine has given up. */
  readonly failure?: string;
}

/**
 * The Lambda handler of the gate: hands an event of CloudFormation to the state machine, which calls back until the answer
 * is given. So a run may take longer than a function may, and none is lost with a function that dies.
 */
export function migrationGate(clients: GateClients, write?: (line: string) => void) {
  return async (call: CloudFormationCustomResourceEvent | GateCall, context: Context): Promise<Progress | undefined> => {
    const event = 'event' in call ? call.event : call;
    const log = new Log({
      requestId: context.awsRequestId, requestType: event.RequestType, resource: event.LogicalResourceId, stack: event.StackId, run: event.RequestId,
    }, write);
    log.hide(event.ResponseURL);
    const time = new TimeBudget(() => context.getRemainingTimeInMillis());
    const begun = begin(clients.now());
    if (!('event' in call)) {
      const trouble = await receive(event, clients, log);
      return trouble === undefined ? undefined : answer(await giveUp(trouble, begun, event, clients), event, time, log);
    }
    const progress = call.progress ?? begun;
    const reached = call.failure === undefined ? await advance(progress, { event, clients, log }) : await giveUp(call.failure, progress, event, clients);
    return reached.step === 'answer' ? answer(reached, event, time, log) : reached;
  };
}

/** The same event twice is one execution: it is named after the request. Returns why there is none, which must be answered too. */
async function receive(event: CloudFormationCustomResourceEvent, { stepFunctions }: GateClients, log: Log): Promise<string | undefined> {
  try {
    await stepFunctions.startExecution({
      stateMachineArn: String(event.ResourceProperties.StateMachine), name: event.RequestId, input: JSON.stringify({ event }),
    });
    log.info('event is taken on');
  } catch (error) {
    if ((error as Error).name !== 'ExecutionAlreadyExists') {
      return `the state machine of the migrations cannot be started (${(error as Error).name}: ${(error as Error).message})`;
    }
    log.info('event is known already');
  }
  return undefined;
}

/** Not to know whether this is a rollback must not be what fails one. */
async function giveUp(failure: string, progress: Progress, event: CloudFormationCustomResourceEvent, clients: GateClients): Promise<Progress> {
  const rollback = progress.rollback || event.RequestType === 'Update' && await isRollback(clients, event.StackId).catch(() => false);
  return fail({ ...progress, rollback }, failure);
}

/** A rollback always succeeds: a stack in UPDATE_ROLLBACK_FAILED would be stuck for the sake of a schema that works. */
async function answer(progress: Progress, event: CloudFormationCustomResourceEvent, time: TimeBudget, log: Log): Promise<Progress> {
  const { failure, rollback, outcome = 'kept', newest = '' } = progress;
  if (failure !== undefined) {
    log.error('failed', { failure, rollback });
  }
  const reason = log.redacted(failure ?? '');
  const response = failure !== undefined && !rollback ? failed(event, reason) : succeeded(event, { Outcome: outcome, Newest: newest });
  await deliver(event.ResponseURL, JSON.stringify(response), time.keeping(500), log);
  log.info('answered', { status: response.Status });
  return next(progress, 'ended');
}
