import type { RehearsalOrder, RehearsalReport } from './contract';
import { NotRehearsed } from './not-rehearsed';
import { Performance } from './performance';
import { ScratchDatabase } from './scratch-database';
import { ScratchServer } from './scratch-server';
import { serverPrograms } from './server-programs';
import { throwawayServer } from './throwaway-server';

/** What a rehearsal reaches the world with. */
export interface RehearsalWorld {
  /** The program that is the tool when its first argument says so. */
  readonly toolFile: string;
  /** Aborted when it is to end, and leave nothing behind. */
  readonly signal: AbortSignal;
}

/**
 * Takes a scratch database from the schema of the previous release to that of this one, back, and there again, and says
 * what did not go as it must. Never throws: how it ended is the report. Nothing stays of the database and its roles.
 */
export async function rehearse(order: RehearsalOrder, { toolFile, signal }: RehearsalWorld): Promise<RehearsalReport> {
  const performance = new Performance(order, toolFile, signal);
  if (order.migrations.every(({ released }) => released)) {
    return performance.report();
  }
  const closing: (() => Promise<void>)[] = [];
  let reason: string | undefined;
  try {
    const server = order.server ? new ScratchServer(order.server) : await throwawayServer(serverPrograms(order.serverBin), signal);
    closing.unshift(() => server.close());
    const database = await ScratchDatabase.create(server, order, !order.server);
    closing.unshift(...order.server ? [() => database.drop()] : []);
    signal.throwIfAborted();
    await performance.play(server, database);
  } catch (error) {
    reason = signal.aborted ? 'it was interrupted' : error instanceof NotRehearsed ? error.message : `the rehearsal failed: ${(error as Error).stack}`;
  }
  const left: string[] = [];
  for (const close of closing) {
    await close().catch((error: Error) => left.push(error.message));
  }
  const isClean = signal.aborted && left.length === 0;
  return performance.report([...reason === undefined ? [] : [reason], ...isClean ? ['nothing is left of it'] : left].join('; ') || undefined);
}
