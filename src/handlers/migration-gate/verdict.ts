import type { GateClients } from './clients';
import type { MigrationGateProperties } from './contract';
import { idOf } from './migration-task';
import { type MigrationOutcome, OUTCOME } from '../migration-guard/contract';

/** How the task itself says it ended; undefined while its log has not arrived, or where it had no time to say so. */
export async function verdictOf({ logs }: GateClients, order: MigrationGateProperties, task: string): Promise<MigrationOutcome | undefined> {
  try {
    const { events = [] } = await logs.getLogEvents({
      logGroupName: order.LogGroup, logStreamName: `${order.LogStreamPrefix}/${order.Container}/${idOf(task)}`, limit: 50,
    });
    return events.map(({ message }) => outcomeIn(message)).filter(it => it !== undefined).at(-1);
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') {
      return undefined; // a task that did not start has no log stream
    }
    throw error;
  }
}

/** What a deployment of this release applied, as far as the log remembers: the newest outcome. */
export async function appliedByRelease({ logs, now }: GateClients, order: MigrationGateProperties): Promise<readonly string[]> {
  const { events = [] } = await logs.filterLogEvents({
    logGroupName: order.LogGroup,
    startTime: now() - 36 * 3_600_000, // the longest that CloudFormation works on a stack
    filterPattern: `{ $.message = "${OUTCOME}" && $.release = "${order.Release}" && $.direction = "up" }`,
  });
  return events.map(({ message }) => outcomeIn(message)?.migrations ?? []).at(-1) ?? [];
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
export function failureIn(outcome: MigrationOutcome | undefined, stopped: string, order: MigrationGateProperties, task: string): string {
  const { reason = `its task ended without a word (${stopped})`, migrations = [], tail = [] } = outcome ?? {};
  const applied = migrations.length > 0 ? ` Applied before: ${migrations.join(', ')}; they stay.` : '';
  const lines = tail.length > 0 ? ` The tool's last lines:\n${tail.slice(-10).join('\n')}` : '';
  return `the migrations of ${order.Database} failed: ${reason}.${applied} Log: ${order.LogGroup}, ${order.LogStreamPrefix}/${order.Container}/${idOf(task)}.${lines}`;
}
