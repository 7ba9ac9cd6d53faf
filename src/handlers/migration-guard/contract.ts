/*
 * What the task of a migration, the gate that starts it and the constructs agree on. It imports nothing.
 */

/** The environment variables of the task, beside the PG… ones of libpq: who signs in, and where. */
export interface MigrationGuardEnvironment {
  /** `up` applies what is pending; `down` takes back what the newest run of the release applied. */
  readonly MIGRATION_ACTION: 'up' | 'down';
  /** One deployment, whatever the number of tasks that it takes. */
  readonly MIGRATION_RUN: string;
  /** The content of the migrations, as a hash. */
  readonly MIGRATION_RELEASE: string;
  /** Who asked for it, for the record. */
  readonly MIGRATION_STARTED_BY: string;
  /** The image, for the record. */
  readonly MIGRATION_IMAGE: string;
  /** What the metrics are filed under. */
  readonly MIGRATION_DATABASE: string;
  /** The compiled file that exports the TypeORM data source, relative to the working directory of the image. */
  readonly MIGRATION_DATA_SOURCE: string;
  /** The newest migration that synth saw. An image without it was built from other sources. */
  readonly MIGRATION_NEWEST: string;
  /** A time in milliseconds since 1970. `down` takes back what was applied from then on; `up` applies nothing where a down has run from then on. */
  readonly MIGRATION_SINCE?: string;
  /** The time in milliseconds since 1970 at which the run ends, done or not. */
  readonly MIGRATION_DEADLINE: string;
}

/** How a task ends. */
export const EXIT = {
  /** The schema is where it should be. */
  done: 0,
  /** It is not, and a second try would end alike. */
  failed: 1,
  /** It is not, for a reason that may pass: the connection was lost, or the task was stopped. */
  interrupted: 75,
} as const;

/** The message of the log line that says how a run ended. */
export const OUTCOME = 'outcome';

/** How a run ended: the fields of the line OUTCOME. */
export interface MigrationOutcome {
  readonly outcome: 'migrated' | 'nothing to do' | 'reverted' | 'failed' | 'interrupted';
  readonly direction: 'up' | 'down';
  /** The newest migration in the database before. */
  readonly from?: string;
  /** The newest migration in the database after. */
  readonly to?: string;
  /** What was applied or taken back, in order. */
  readonly migrations: readonly string[];
  /** What the database has and this image does not know. */
  readonly ahead: readonly string[];
  readonly seconds: number;
  readonly reason?: string;
  /** The last lines that the tool wrote. */
  readonly tail: readonly string[];
}

/** The namespace of the metrics; their dimension is `Database`. */
export const METRIC_NAMESPACE = 'CdkGoldenPath/Migrations';

/** How long a statement that would stop readers waits for its lock. */
export const LOCK_TIMEOUT_SECONDS = 5;

/** How often it is tried again. */
export const LOCK_RETRIES = 10;

/** The table of the runs, in the schema of the owner. */
export const RUNS_TABLE = 'platform_migration_runs';
