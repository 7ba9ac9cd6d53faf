import type { GateClients } from './clients';
import type { MigrationGateProperties } from './contract';
import { idOf } from './migration-task';
import type { Progress } from './progress';
import { type MigrationOutcome, OUTCOME } from '../migration-guard/contract';

/** Pages that are asked for: CloudWatch Logs may answer with an empty one, and a token for the next. */
const PAGES = 20;

/** How the task itself says it ended; undefined while its log has not arrived, or where it had no time to say so. */
export async function verdictOf({ logs }: GateClients, order: MigrationGateProperties, task: string): Promise<MigrationOutcome | undefined> {
  const stream = { logGroupName: order.LogGroup, logStreamName: `${order.LogStreamPrefix}/${order.Container}/${idOf(task)}` };
  try {
    for (let page = 0, nextToken: string | undefined; page < PAGES; page++) {
      const { events = [], nextBackwardToken } = await logs.getLogEvents({ ...stream, limit: 50, nextToken });
      const found = events.map(({ message }) => outcomeIn(message)).filter(it => it !== undefined).at(-1);
      if (found || !nextBackwardToken || nextBackwardToken === nextToken) {
        return found;
      }
      nextToken = nextBackwardToken;
    }
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') { // a task that did not start has no log stream
      throw error;
    }
  }
  return undefined;
}

/** What deployments of this release applied, in all their tasks, and nobody took back: as far as the log remembers. */
export async function appliedByRelease(clients: GateClients, order: MigrationGateProperties): Promise<readonly string[]> {
  const longestUpdate = 36 * 3_600_000; // that CloudFormation works on a stack
  const outcomes = await outcomesOf(clients, order.LogGroup, order.Release, clients.now() - longestUpdate);
  const applied = new Set<string>();
  outcomes.forEach(({ direction, migrations }) => migrations.forEach(it => direction === 'up' ? applied.add(it) : applied.delete(it)));
  return [...applied];
}

/** Whether a deployment has brought the database to this release before, and none has taken it back since. */
export async function reachedBefore(clients: GateClients, { LogGroup, Release }: { readonly [name: string]: unknown }): Promise<boolean> {
  const last = (await outcomesOf(clients, String(LogGroup), String(Release))).filter(({ outcome }) => outcome !== 'failed' && outcome !== 'interrupted').at(-1);
  return last?.direction === 'up';
}

async function outcomesOf({ logs }: GateClients, logGroupName: string, release: string, startTime?: number): Promise<MigrationOutcome[]> {
  const outcomes: MigrationOutcome[] = [];
  for (let page = 0, nextToken: string | undefined; page < PAGES; page++) {
    const found = await logs.filterLogEvents({ logGroupName, startTime, nextToken, filterPattern: `{ $.message = "${OUTCOME}" && $.release = "${release}" }` });
    outcomes.push(...(found.events ?? []).map(({ message }) => outcomeIn(message)).filter(it => it !== undefined));
    if (!found.nextToken) {
      break;
    }
    nextToken = found.nextToken;
  }
  return outcomes;
}

function outcomeIn(line = ''): MigrationOutcome | undefined {
  try {
    const value = JSON.parse(line) as MigrationOutcome & { message?: string };
    return value.message === OUTCOME ? value : undefined;
  } catch {
    return undefined; // a line that is not ours
  }
}

/** The end of a migration that failed, in the few words that CloudFormation has room for. */
export async function failureOf(clients: GateClients, outcome: MigrationOutcome | undefined, order: MigrationGateProperties, { action, task = '', stopped }: Progress): Promise<string> {
  const { reason = `its task ended without a word (${stopped})`, migrations = [], tail = [] } = outcome ?? {};
  const earlier = action === 'up' ? await appliedByRelease(clients, order).catch(() => []) : [];
  const done = [...new Set([...earlier, ...migrations])];
  const before = done.length > 0 ? ` ${action === 'up' ? 'Applied' : 'Taken back'} before: ${done.join(', ')}; they stay so.` : '';
  const lines = tail.length > 0 ? ` The tool's last lines:\n${tail.slice(-10).join('\n')}` : '';
  return `the migrations of ${order.Database} failed: ${reason}.${before} Log: ${order.LogGroup}, ${order.LogStreamPrefix}/${order.Container}/${idOf(task)}.${lines}`;
}
