import { createRequire } from 'node:module';
import * as path from 'node:path';
import type { Client, ClientConfig } from 'pg';
import { EXIT, type MigrationOutcome, OUTCOME } from './contract';
import { guard } from './guard';
import { type MigrationMetrics, migrationMetrics } from './migration-metrics';
import { orderOf } from './order';
import { Tool } from './tool';
import { AS_TOOL, runTool } from './tool-process';
import { Log } from '../log';

if (process.argv[2] === AS_TOOL) {
  runTool(process.argv[3], { pauseFactor: Number(process.env.MIGRATION_PAUSE_FACTOR ?? 1) });
} else {
  runGuard().catch((error: Error) => {
    new Log({}).error(OUTCOME, { outcome: 'failed', reason: error.message });
    process.exitCode = EXIT.failed;
  });
}

async function runGuard(): Promise<void> {
  const { env } = process;
  const order = orderOf(env);
  const log = new Log({ database: order.database, run: order.run, action: order.action, startedBy: order.startedBy, image: order.image, release: order.release });
  const { PGPASSWORD: password = '' } = env;
  [password, encodeURIComponent(password)].forEach(it => log.hide(it)); // as it is, and as it stands in an address
  const stopping = new AbortController();
  process.on('SIGTERM', () => stopping.abort());
  process.on('SIGINT', () => stopping.abort());

  const startTool = () => Tool.start(__filename, [AS_TOOL, order.dataSource], env, log);
  const outcome = await guard(order, { environment: env, startTool, log, signal: stopping.signal, makeClient: config => new (driver(order.dataSource))(config) });

  const write = outcome.reason ? log.error.bind(log) : log.info.bind(log);
  write(OUTCOME, { ...outcome, ...migrationMetrics(order.database, metrics(outcome)) });
  const code = outcome.outcome === 'failed' ? EXIT.failed : outcome.outcome === 'interrupted' ? EXIT.interrupted : EXIT.done;
  // Nothing that was under way when the run ended may go on: it could still get the lock, and hold it.
  process.stdout.write('', () => process.exit(code));
}

/** The driver of the image: TypeORM has it, and ours would be one more to keep up to date. */
function driver(dataSource: string): new (config: ClientConfig) => Client {
  const image = createRequire(path.resolve(dataSource));
  try {
    return (image('pg') as { Client: new (config: ClientConfig) => Client }).Client;
  } catch (error) {
    throw new Error(`the image has no PostgreSQL driver beside ${dataSource} (${(error as Error).message}); add the package 'pg' to its dependencies`);
  }
}

function metrics({ outcome, direction, migrations, ahead, seconds }: MigrationOutcome): MigrationMetrics {
  const failed = outcome === 'failed' || outcome === 'interrupted';
  return {
    MigrationsApplied: direction === 'up' ? migrations.length : 0,
    MigrationsReverted: direction === 'down' ? migrations.length : 0,
    MigrationFailed: failed ? 1 : 0,
    MigrationSeconds: seconds,
    ...direction === 'up' && !failed && { SchemaAhead: ahead.length },
  };
}
