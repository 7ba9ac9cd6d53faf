/*
 * What the command line and the rehearsal, which is a bundle of its own, agree on. It imports nothing.
 */

/** The bundle below the root of the package. */
export const REHEARSAL_ASSET = 'assets/rehearsal/main/rehearsal.js';

/** What is to be rehearsed, and where. */
export interface RehearsalOrder {
  /** The compiled file that exports the TypeORM data source. */
  readonly dataSource: string;
  /** The migrations of the sources, in the order in which they run. */
  readonly migrations: readonly RehearsedMigration[];
  /** A file of SQL that is run by the owner at the schema of the previous release. */
  readonly seed?: string;
  /** A command line, run by the shell as the application on the new schema. Its exit code decides. */
  readonly test?: string;
  /** The schema of the owner. */
  readonly schema: string;
  /** What the master would make. */
  readonly extensions: readonly string[];
  /** A server to make databases in; a throwaway one where there is none. */
  readonly server?: GivenServer;
  /** The directory of `initdb` and `postgres`, for a throwaway server. */
  readonly serverBin?: string;
}

/** A migration, as its source has it. */
export interface RehearsedMigration {
  readonly name: string;
  /** Whether the previous release has it. */
  readonly released: boolean;
  /** Whether its source says `contract: …`: that it takes something away on purpose. */
  readonly contract: boolean;
  readonly hasDown: boolean;
}

/** A server that somebody has declared scratch. */
export interface GivenServer {
  readonly host: string;
  readonly port: number;
  /** A superuser. */
  readonly user: string;
  readonly password: string;
  /** The database to sign in to first. */
  readonly database: string;
  readonly tls: boolean;
  /** A file of the authorities that are trusted. */
  readonly authorityFile?: string;
}

/** What was seen. */
export interface RehearsalReport {
  readonly outcome: 'passed' | 'failed' | 'not rehearsed';
  /** Why it could not be rehearsed. */
  readonly reason?: string;
  /** `PostgreSQL 18.4`. */
  readonly server?: string;
  /** The newest migration of the previous release. */
  readonly from?: string;
  readonly migrations: readonly MigrationReport[];
  /** The rows that were there before, by table. */
  readonly rows: { readonly [table: string]: number };
  readonly tests?: TestReport;
  readonly findings: readonly Finding[];
}

/** One migration, up and down. */
export interface MigrationReport {
  readonly name: string;
  readonly upMillis: number;
  /** Absent where it was not taken back. */
  readonly downMillis?: number;
  /** The strongest lock on each table that was there before. Absent where it runs outside of a transaction. */
  readonly locks?: readonly TableLock[];
}

export interface TableLock {
  readonly table: string;
  /** `ACCESS EXCLUSIVE`. */
  readonly mode: string;
  /** Whom it keeps waiting, until the migration commits. */
  readonly stops: 'reads and writes' | 'writes' | 'neither reads nor writes';
}

/** How the tests of the previous release ended. */
export interface TestReport {
  readonly command: string;
  readonly exitCode: number;
  readonly seconds: number;
}

/** Something that was found, and what to do about it. */
export interface Finding {
  readonly kind: 'fails' | 'breaks the previous release' | 'is not restored' | 'loses data' | 'differs the second time' | 'comes too late' | 'tests fail';
  /** Absent where no single one is to blame. */
  readonly migration?: string;
  /** `dropped column app.articles.colour`. */
  readonly what: string;
  readonly remedy: string;
  /** Whether the migration is marked with `contract: …`, so that this is meant. */
  readonly meant: boolean;
}
