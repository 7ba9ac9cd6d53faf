import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import type { GateClients } from './clients';
import { isRollback } from './deployment';
import { advance, begin } from './gate';
import { manualDown } from './manual-command';
import { orderOf } from './order';
import { fail, next, type Progress } from './progress';
import { reachedBefore } from './verdict';
import { deliver } from '../custom-resource/delivery';
import { failed, succeeded } from '../custom-resource/response';
import { TimeBudget } from '../custom-resource/time-budget';
import { Log } from '../log';
import { migrationMetrics } from '../migration-guard/migration-metrics';

/** One call by the state machine. */
export interface GateCall {
  readonly event: CloudFormationCustomResourceEvent;
  readonly progress?: Progress;
  /** When the state machine began, as ISO 8601. */
  readonly startedAt: string;
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
    if (!('event' in call)) {
      const trouble = await receive(event, clients, log);
      return trouble === undefined ? undefined : answer(await giveUp(trouble, begin(clients.now()), event, clients), event, time, log);
    }
    const progress = call.progress ?? begin(Date.parse(call.startedAt));
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

/**
 * Where the stack cannot be asked whether it is going back, the record is: a release that was reached before is where the
 * database is, or beyond, and to say so is right on the way back and forth.
 */
async function giveUp(failure: string, progress: Progress, event: CloudFormationCustomResourceEvent, clients: GateClients): Promise<Progress> {
  if (event.RequestType === 'Delete') {
    return next(progress, 'answer', { outcome: 'nothing to do' });
  }
  const wasReached = async () => event.RequestType === 'Update' && event.ResourceProperties.Host === event.OldResourceProperties.Host
    && reachedBefore(clients, event.ResourceProperties);
  const isBack = async () => event.RequestType === 'Update' && await isRollback(clients, event.StackId).catch(wasReached).catch(() => false);
  return fail({ ...progress, rollback: progress.rollback ?? await isBack() }, failure);
}

/** A rollback always succeeds: a stack in UPDATE_ROLLBACK_FAILED would be stuck for the sake of a schema that works. */
async function answer(progress: Progress, event: CloudFormationCustomResourceEvent, time: TimeBudget, log: Log): Promise<Progress> {
  const { failure, rollback, outcome = 'kept', newest = '' } = progress;
  const reason = log.redacted(failure ?? '');
  if (failure !== undefined) {
    log.error('failed', { reason, rollback, ...rollback && event.RequestType === 'Update' && unreverted(event.OldResourceProperties, progress.since) });
  }
  const response = failure !== undefined && !rollback ? failed(event, reason) : succeeded(event, { Outcome: outcome, Newest: newest });
  await deliver(event.ResponseURL, JSON.stringify(response), time.keeping(500), log);
  log.info('answered', { status: response.Status });
  return next(progress, 'ended');
}

/** What a person needs where migrations were to be taken back and are not: the alarm, and the command. */
function unreverted(properties: { readonly [name: string]: unknown }, since?: number): object {
  if (properties.OnRollback !== 'revert') {
    return {};
  }
  const metrics = migrationMetrics(String(properties.Database), { RevertFailed: 1 });
  try {
    return { command: manualDown(orderOf(properties), since), ...metrics };
  } catch (error) {
    return { command: `unknown: ${(error as Error).message}`, ...metrics }; // whatever was deployed before, an answer is given
  }
}
