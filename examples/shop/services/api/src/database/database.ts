import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Logger } from '../logging/logger.js';
import { MIGRATIONS_TABLE } from './data-source-options.js';

const LONGEST_PAUSE = 5_000;

/** The connection pool and what is known about it. */
export class Database {
  readonly dataSource: DataSource;

  constructor(
    options: DataSourceOptions,
    private readonly logger: Logger,
  ) {
    this.dataSource = new DataSource(options);
  }

  get connected(): boolean {
    return this.dataSource.isInitialized;
  }

  /**
   * Keeps trying until the database answers or the process stops. Exiting instead would have the
   * platform restart every task at once, just when the database comes back from a failover.
   */
  async connect(stopping?: AbortSignal): Promise<void> {
    for (let pause = 250; !this.connected && !stopping?.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        await this.dataSource.initialize();
        this.logger.info('database connected');
      } catch (err) {
        this.logger.warn({ err, retryInMilliseconds: pause }, 'database does not answer');
        await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
  }

  /** Names of the migrations this build brings and the database lacks; asks without changing anything. */
  async pendingMigrations(): Promise<string[]> {
    const [{ present }] = await this.dataSource.query('SELECT to_regclass($1) IS NOT NULL AS present', [
      MIGRATIONS_TABLE,
    ]);
    const executed: { name: string }[] = present
      ? await this.dataSource.query(`SELECT name FROM ${MIGRATIONS_TABLE}`)
      : [];
    const names = new Set(executed.map(({ name }) => name));
    return this.dataSource.migrations
      .map(({ name, constructor }) => name ?? constructor.name)
      .filter((name) => !names.has(name));
  }

  async close(): Promise<void> {
    if (this.connected) await this.dataSource.destroy();
  }
}
