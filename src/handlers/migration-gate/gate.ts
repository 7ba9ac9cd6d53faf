import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { GateClients } from './clients';
import { type MigrationGateProperties, RUN_LIMIT_SECONDS } from './contract';
import { failedBefore, isRollback, updateBegan } from './deployment';
import { lookAtTask, startTask, stopTask } from './migration-task';
import { orderOf } from './order';
import { fail, later, next, type Progress } from './progress';
import { keepRestorePoints, takeSnapshot } from './restore-point';
import { newCodeRunning } from './running-revisions';
import { appliedByRelease, failureOf, verdictOf } from './verdict';
import type { Log } from '../log';
import { EXIT } from '../migration-guard/contract';
import { migrationMetrics } from '../migration-guard/migration-metrics';

/** Seconds between two looks at a task. */
export const POLL_SECONDS = 5;

/** Tasks that may be started for one event: the second and third only where the one before ended without having failed. */
const TASKS = 3;

/** Looks for which a task may be unknown right after its start, and its log may be late. */
const LATE_LOOKS = 12;

/** How often ECS may have no room, about five minutes in all. */
const REFUSALS = 20;

/** What a task that is stopped gets for saying so, beside the grace that ECS gives it. */
const STOP_GRACE_MILLIS = 60_000;

/** When the answer is given without its end: CloudFormation waits for an hour, which is three minutes more. */
const LAST_LOOK_MILLIS = 120_000;

/** The present event, and what its work is about. */
interface Work {
  readonly event: CloudFormationCustomResourceEvent;
  readonly clients: GateClients;
  readonly log: Log;
}

/** Where one event begins, at a time that is the same however often its first call is repeated. */
export function begin(startedAt: number): Progress {
  return { step: 'decide', deadline: startedAt + RUN_LIMIT_SECONDS * 1000, action: 'up', attempt: 1, tasks: 0, waits: 0 };
}

/**
 * Does what can be done now, and says how far it came: until an answer is decided, or there is something to wait for.
 *
 * May be called again with the same progress, as calls repeat: each step either only looks, or is done once by AWS however
 * often it is asked for.
 */
export async function advance(progress: Progress, work: Work): Promise<Progress> {
  let now = progress;
  do {
    now = await step(now, work);
  } while (now.pause === undefined && now.step !== 'answer');
  return now;
}

async function step(progress: Progress, work: Work): Promise<Progress> {
  switch (progress.step) {
    case 'decide': return decide(progress, work);
    case 'snapshot': return snapshot(progress, work);
    case 'start': return start(progress, work);
    case 'watch': return watch(progress, work);
    case 'verdict': return verdict(progress, work);
    default: return progress;
  }
}

async function decide(progress: Progress, work: Work): Promise<Progress> {
  const { event, clients, log } = work;
  if (event.RequestType === 'Delete') {
    log.info('nothing is taken back: the data outlive the stack');
    return next(progress, 'answer', { outcome: 'nothing to do' });
  }
  const rollback = event.RequestType === 'Update' && await isRollback(clients, event.StackId);
  if (event.RequestType === 'Update' && rollback) {
    return decideRollback({ ...progress, rollback }, event, work);
  }
  return decideForward({ ...progress, rollback }, work);
}

async function decideForward(progress: Progress, { event, clients, log }: Work): Promise<Progress> {
  const order = orderOf(event.ResourceProperties);
  await keepRestorePoints(clients, order, log);
  if (event.RequestType === 'Update' && sameMigrations(order, event.OldResourceProperties) && !await failedBefore(clients, event)) {
    log.info('the migrations are the same as before', { release: order.Release });
    return next(progress, 'answer', { outcome: 'nothing to do' });
  }
  return next(progress, order.RestorePoint === 'snapshot' ? 'snapshot' : 'start');
}

/** Keeps the schema, unless downs are wanted and nothing is left that they would break. */
async function decideRollback(progress: Progress, event: CloudFormationCustomResourceEvent & { OldResourceProperties: object }, { clients, log }: Work): Promise<Progress> {
  // What was before may have been defined by an older version of the construct: only these two are needed of it.
  const { Release: release, Image: image } = event.ResourceProperties;
  const failed = orderOf({ ...event.OldResourceProperties });
  if (failed.Release === release) {
    return next(progress, 'answer', { outcome: 'nothing to do' });
  }
  const reverts = failed.OnRollback === 'revert';
  const since = reverts ? await updateBegan(clients, event.StackId) : undefined;
  const doubt = !reverts ? 'the schema is kept on a rollback'
    : since === undefined ? 'the events of the stack do not say when the deployment began, so it is not known what it applied'
      : await newCodeRunning(clients, failed, String(image));
  if (doubt === undefined) {
    return next(progress, 'start', { action: 'down', since });
  }
  const ahead = await appliedByRelease(clients, failed);
  log.warn('the schema stays as the failed deployment left it', { doubt, ahead, ...migrationMetrics(failed.Database, { SchemaAhead: ahead.length }) });
  return reverts ? fail({ ...progress, since }, doubt) : next(progress, 'answer', { outcome: 'kept' });
}

async function snapshot(progress: Progress, { event, clients, log }: Work): Promise<Progress> {
  const order = orderOf(event.ResourceProperties);
  if (await takeSnapshot(clients, order, event.RequestId, log)) {
    return next(progress, 'start');
  }
  return clients.now() > progress.deadline
    ? fail(progress, `the snapshot of ${order.Database} was not ready within the time limit; nothing was migrated`)
    : later(progress, 15);
}

async function start(progress: Progress, { event, clients, log }: Work): Promise<Progress> {
  const order = orderFor(progress, event);
  if (clients.now() > progress.deadline) {
    return fail(progress, `no task could be started for the migrations of ${order.Database} within the time limit; nothing was migrated`);
  }
  if (event.RequestType === 'Update' && progress.action === 'up' && await isRollback(clients, event.StackId)) {
    return fail(progress, 'CloudFormation has gone back in the meantime; nothing was migrated'); // it no longer waits for this
  }
  const started = await startTask(clients, order, event.RequestId, event.StackId, progress);
  if ('task' in started) {
    log.info('task is started', { task: started.task, action: progress.action, attempt: progress.attempt });
    return { ...next(progress, 'watch', { task: started.task, tasks: progress.tasks + 1 }), pause: POLL_SECONDS };
  }
  log.warn('ECS starts no task', { reason: started.refused });
  return progress.waits >= REFUSALS
    ? fail(progress, `ECS starts no task for the migrations of ${order.Database} (${started.refused}); deploy again when it has room`)
    : later(progress, 15, { attempt: progress.attempt + 1 });
}

async function watch(progress: Progress, { event, clients, log }: Work): Promise<Progress> {
  const order = orderFor(progress, event);
  const task = await lookAtTask(clients, order, progress.task!);
  if (!task && progress.waits >= LATE_LOOKS) {
    return next(progress, 'verdict', { stopped: 'ECS does not know the task any more' });
  }
  if (task?.lastStatus === 'STOPPED') {
    const exitCode = task.containers?.find(({ name }) => name === order.Container)?.exitCode;
    const stopped = [task.stopCode, task.stoppedReason, ...task.containers?.map(({ reason }) => reason) ?? []].filter(Boolean).join(', ');
    log.info('task has ended', { task: progress.task, exitCode, stopped });
    return next(progress, 'verdict', { exitCode, stopped });
  }
  if (clients.now() > progress.deadline + LAST_LOOK_MILLIS) {
    return fail(progress, `ECS does not show that the task of the migrations of ${order.Database} has ended (${progress.task}), though it was stopped at the time limit; look at it before the next deployment`);
  }
  if (clients.now() > progress.deadline + STOP_GRACE_MILLIS) {
    await stopTask(clients, order, progress.task!, 'The time limit of the migrations is reached');
  }
  return later(progress, POLL_SECONDS, task && { waits: 0 });
}

async function verdict(progress: Progress, { event, clients, log }: Work): Promise<Progress> {
  const order = orderFor(progress, event);
  const found = await verdictOf(clients, order, progress.task!);
  const hasSpoken = progress.exitCode === EXIT.done || progress.exitCode === EXIT.failed || progress.exitCode === EXIT.interrupted;
  if (!found && hasSpoken && progress.waits < LATE_LOOKS) {
    return later(progress, POLL_SECONDS);
  }
  if (progress.exitCode === EXIT.done) {
    return next(progress, 'answer', { outcome: found?.outcome ?? 'migrated', newest: found?.to });
  }
  if (progress.exitCode !== EXIT.failed && progress.tasks < TASKS && clients.now() < progress.deadline) {
    log.warn('task is started again: it ended before it was done, and what it had not committed is undone', { reason: found?.reason ?? progress.stopped });
    return next(progress, 'start', { attempt: progress.attempt + 1, task: undefined, exitCode: undefined });
  }
  return fail(progress, await failureOf(clients, found, order, progress));
}

/** Downs are those of the failed deployment, which the old image does not have. */
function orderFor({ action }: Progress, event: CloudFormationCustomResourceEvent): MigrationGateProperties {
  return orderOf(action === 'down' && event.RequestType === 'Update' ? event.OldResourceProperties : event.ResourceProperties);
}

function sameMigrations(order: MigrationGateProperties, old: { readonly [name: string]: unknown }): boolean {
  return order.Release === old.Release && order.Host === old.Host;
}
