import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { MigrationOutcome } from './contract';
import { Interruption } from './interruption';
import { repairIndexes } from './invalid-indexes';
import type { Order } from './order';
import { RunRecord } from './run-record';
import { feelPulse, type MakeClient, openSession } from './session';
import type { Tool } from './tool';
import type { PendingMigration, Plan, Reply } from './tool-messages';
import { endLeftovers, takeTurn } from './turn';
import type { Log } from '../log';

/** What the guard reaches the world with. */
export interface GuardWorld {
  readonly environment: NodeJS.ProcessEnv;
  readonly makeClient: MakeClient;
  readonly startTool: () => Tool;
  readonly log: Log;
  /** Aborted when the task is asked to stop. */
  readonly signal: AbortSignal;
  /**
   * How long an unreachable server is waited for.
   *
   * @default - five minutes
   */
  readonly patienceMillis?: number;
}

/**
 * One run, alone in its database: holds the lock while the tool works, and ends the tool when it loses it.
 *
 * Never throws: how it ended is the outcome.
 */
export async function guard(order: Order, world: GuardWorld): Promise<MigrationOutcome> {
  const start = performance.now();
  const ending = new Ending(order.deadline, world);
  const run = new Run(order, world, ending);
  try {
    const outcome = await Promise.race([run.go(), ending.early]);
    return run.outcome(outcome, start);
  } catch (error) {
    await run.tool.stop(error as Error);
    return await run.failure(error as Error, start);
  } finally {
    ending.off();
    await run.tool.stop(new Interruption('the run is over'));
    await run.session?.end().catch(() => undefined);
  }
}

/** How long it may take to see what a run that failed has left, and then to write it down. */
const LOOK_MILLIS = 10_000;
const RECORD_MILLIS = 5_000;

type Success = Exclude<MigrationOutcome['outcome'], 'failed' | 'interrupted'>;

/** One run and what is known of it so far. */
class Run {
  session?: Client;
  readonly tool: Tool;
  private record?: RunRecord;
  private before: readonly string[] = [];
  private after: readonly string[] = [];
  private ahead: readonly string[] = [];

  constructor(private readonly order: Order, private readonly world: GuardWorld, private readonly ending: Ending) {
    this.tool = world.startTool(); // it loads while the guard signs in
  }

  async go(): Promise<Success> {
    const { world: { environment, makeClient, log, patienceMillis }, order, tool } = this;
    this.session = await openSession(makeClient, environment, order.deadline, log, patienceMillis);
    this.session.once('end', () => this.lost());
    await takeTurn(this.session, order.deadline, log);
    await endLeftovers(this.session, log);
    const plan = await tool.plan();
    this.before = this.after = plan.executed;
    this.ahead = plan.ahead;
    this.record = await RunRecord.open(this.session);
    return order.action === 'up' ? this.up(plan) : this.down(plan);
  }

  outcome(outcome: MigrationOutcome['outcome'], start: number, reason?: string): MigrationOutcome {
    const { before, after, order: { action: direction } } = this;
    const [larger, smaller] = direction === 'up' ? [after, before] : [before, after];
    return {
      outcome,
      direction,
      from: before.at(-1),
      to: after.at(-1),
      migrations: larger.filter(name => !smaller.includes(name)),
      ahead: this.ahead,
      seconds: Math.round((performance.now() - start) / 100) / 10,
      reason,
      tail: reason ? this.tool.tail : [],
    };
  }

  async failure(error: Error, start: number): Promise<MigrationOutcome> {
    const outcome = error instanceof Interruption ? 'interrupted' : 'failed';
    const reason = this.world.log.redacted(error.message);
    if (this.record && !this.world.signal.aborted) {
      await this.lookAgain();
    }
    // Without it the row says that the run began, and no more: a session that is busy, or gone, is not waited for.
    await Promise.race([this.record?.end(outcome, reason).catch(() => undefined), sleep(RECORD_MILLIS, undefined, { ref: false })]);
    return this.outcome(outcome, start, reason);
  }

  private async up({ pending, known }: Plan): Promise<Success> {
    const { order, session, record, world: { log } } = this;
    mustBeKnown(order.newest, known);
    mustNotBeLate(pending, this.before.at(-1));
    if (this.ahead.length > 0) {
      log.warn('the database has migrations that this image does not know: an earlier deployment left them', { ahead: this.ahead });
    }
    mustBeOfSources(pending, order.newest);
    mustNotBeOvertaken(await record!.isOvertaken(order));
    await this.begin(pending.map(({ name }) => name));
    if (pending.length > 0) {
      await this.work({ ask: 'up' });
    }
    await repairIndexes(session!, log);
    const outcome = pending.length > 0 ? 'migrated' : 'nothing to do';
    await record!.end(outcome);
    return outcome;
  }

  /** Exactly what the newest deployment of the release applied, the last first. */
  private async down({ executed }: Plan): Promise<Success> {
    const { order, record } = this;
    const applied = await record!.appliedBy(order);
    const migrations = executed.filter(name => applied.includes(name)).reverse();
    await this.begin(migrations);
    if (migrations.length > 0) {
      await this.work({ ask: 'down', migrations });
    }
    const outcome = migrations.length > 0 ? 'reverted' : 'nothing to do';
    await record!.end(outcome);
    return outcome;
  }

  private lost(): void {
    this.ending.now(new Interruption('the connection that holds the lock was lost'));
  }

  private async begin(migrations: readonly string[]): Promise<void> {
    const { lsn, time } = await this.record!.begin(this.order, migrations);
    this.world.log.info('restore point: the database can be restored, as a new instance, to the second before this', { time: time.toISOString(), lsn, migrations });
  }

  private async work(request: { ask: 'up' } | { ask: 'down'; migrations: readonly string[] }): Promise<void> {
    const { tool, world: { log } } = this;
    const stop = feelPulse(this.session!, () => this.lost());
    try {
      this.after = await tool.work(request, reply => tell(reply, log));
    } finally {
      stop();
    }
  }

  /** Some may have been applied before it failed: asked of a tool of its own, since the one that worked is gone. */
  private async lookAgain(): Promise<void> {
    const tool = this.world.startTool();
    const late = sleep(LOOK_MILLIS, undefined, { ref: false }).then(() => { throw new Error('too late'); });
    try {
      this.after = (await Promise.race([tool.plan(), late])).executed;
    } catch {
      // what is not known is not told; the next run finds it
    } finally {
      await tool.stop(new Interruption('the run is over'));
    }
  }
}

/** What ends a run before it is done. */
class Ending {
  readonly early: Promise<never>;
  now!: (error: Error) => void;
  private readonly timer: NodeJS.Timeout;
  private readonly stop: () => void;

  constructor(deadline: number, private readonly world: GuardWorld) {
    this.early = new Promise((_, reject) => { this.now = reject; });
    this.early.catch(() => undefined);
    this.stop = () => this.now(new Interruption('the task was asked to stop'));
    this.timer = setTimeout(() => this.now(new Error('the time limit is reached, and what was not committed is undone; run a plan that takes longer before the deployment: npx cdk-golden-path migrate')),
      Math.max(0, deadline - Date.now()));
    world.signal.addEventListener('abort', this.stop);
    if (world.signal.aborted) {
      this.stop();
    }
  }

  off(): void {
    clearTimeout(this.timer);
    this.world.signal.removeEventListener('abort', this.stop);
  }
}

function tell(reply: Reply, log: Log): void {
  switch (reply.say) {
    case 'begins': return log.info('migration begins', { migration: reply.migration });
    case 'ends': return log.info('migration ends', { migration: reply.migration, millis: reply.millis });
    case 'waits for a lock': return log.warn('migration gives way to others and comes back', { migration: reply.migration, attempt: reply.attempt, pauseMillis: reply.pauseMillis });
  }
}

function mustBeKnown(newest: string, known: readonly string[]): void {
  if (!known.includes(newest)) {
    throw new Error(`the image does not know the migration ${newest}, which the sources had at synth; build it from the same sources, and see that the data source lists the migration`);
  }
}

/** TypeORM would apply it in silence, before others that are not there when it is tested. */
function mustNotBeLate(pending: readonly PendingMigration[], newest?: string): void {
  const late = pending.filter(it => it.late).map(({ name }) => name);
  if (late.length > 0) {
    throw new Error(`${late.join(', ')} came after ${newest}, which is in the database and younger by its timestamp; `
      + 'give it a new timestamp, in the name of file and class, so that it is applied in the same order everywhere');
  }
}

/** A task of a deployment that was cancelled may come to its turn after the rollback. */
function mustNotBeOvertaken(isOvertaken: boolean): void {
  if (isOvertaken) {
    throw new Error('migrations were taken back after this deployment had begun, so it is not wanted any more; nothing was migrated, deploy again if it is');
  }
}

/** What synth did not see has passed no check, and the next deployment would take it for done. */
function mustBeOfSources(pending: readonly PendingMigration[], newest: string): void {
  const unseen = pending.slice(pending.findIndex(({ name }) => name === newest) + 1).map(({ name }) => name);
  if (unseen.length > 0) {
    throw new Error(`the image has ${unseen.join(', ')}, which the sources did not have at synth; build it from the same sources, and see that the data source lists these migrations only`);
  }
}
