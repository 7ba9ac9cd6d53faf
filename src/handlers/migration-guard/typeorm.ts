import { createRequire } from 'node:module';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

/*
 * TypeORM as far as it is needed here: it is the team's own, in the team's image, and not among our dependencies.
 */

export interface TypeormMigration {
  readonly name?: string;
  readonly transaction?: boolean;
  up(runner: QueryRunner): Promise<void>;
  down(runner: QueryRunner): Promise<void>;
}

export interface QueryRunner {
  readonly isTransactionActive: boolean;
  /** How many transactions are begun, one in the other: those within are savepoints. */
  readonly transactionDepth: number;
  startTransaction(...options: unknown[]): Promise<void>;
  commitTransaction(): Promise<void>;
  rollbackTransaction(): Promise<void>;
  connect(): Promise<unknown>;
  query(sql: string, ...rest: unknown[]): Promise<unknown>;
}

export interface DataSource {
  readonly options: { readonly migrationsTransactionMode?: string; readonly extra?: object };
  /** Filled when the data source is initialised. */
  migrations: readonly TypeormMigration[];
  setOptions(options: object): unknown;
  initialize(): Promise<unknown>;
  createQueryRunner(...options: unknown[]): QueryRunner;
}

export interface MigrationExecutor {
  transaction: string;
  getExecutedMigrations(): Promise<{ readonly id: number; readonly name: string; readonly timestamp: number }[]>;
  getPendingMigrations(): Promise<{ readonly name: string; readonly timestamp: number }[]>;
  executePendingMigrations(): Promise<unknown>;
  undoLastMigration(): Promise<void>;
}

/** The one data source that a compiled file exports, in whatever way: as TypeORM's own command line finds it. */
export async function loadDataSource(file: string): Promise<DataSource> {
  const exported: object = await import(pathToFileURL(path.resolve(file)).href).catch((error: Error) => {
    throw new Error(`the data source cannot be loaded from ${file} (${error.message}); it must be compiled JavaScript in the image, at this path below its working directory`);
  });
  const values = await Promise.all(Object.values(exported).flatMap(value => isObject(value) && !isDataSource(value) ? [value, ...Object.values(value)] : [value]));
  const found = [...new Set(values.filter(isDataSource))];
  if (found.length !== 1) {
    throw new Error(`${file} must export one TypeORM DataSource, got ${found.length}; name the file that TypeORM's own command line is given with -d`);
  }
  return found[0];
}

/** The executor of the TypeORM that made the data source: one beside it would not know its classes. */
export function executorOf(file: string, dataSource: DataSource, runner: QueryRunner): MigrationExecutor {
  const { MigrationExecutor: Executor } = createRequire(path.resolve(file))('typeorm') as {
    MigrationExecutor: new (dataSource: DataSource, runner: QueryRunner) => MigrationExecutor;
  };
  return new Executor(dataSource, runner);
}

/** @see https://typeorm.io/docs/advanced-topics/migrations: the name is that of the class unless the migration names itself */
export function nameOf(migration: TypeormMigration): string {
  return migration.name ?? migration.constructor.name;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isDataSource(value: unknown): value is DataSource {
  return isObject(value) && ['initialize', 'createQueryRunner', 'setOptions'].every(method => typeof (value as Record<string, unknown>)[method] === 'function');
}
