import type { DataSourceOptions } from 'typeorm';
import type { DatabaseConfiguration } from '../configuration/database-configuration.js';
import { entities } from './entities.js';
import { migrations } from './migrations.js';
import { tlsOptions } from './tls.js';

export const MIGRATIONS_TABLE = 'schema_migrations';

/** Bounds for requests; migrations have none, since building an index may rightly take an hour. */
const SERVING = { statement_timeout: 15_000, idle_in_transaction_session_timeout: 60_000 };

export interface DataSourcePurpose {
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly serving: boolean;
}

/** No schema is named anywhere: tables are found and made in the first schema of the role's search_path. */
export function dataSourceOptions(configuration: DatabaseConfiguration, purpose: DataSourcePurpose): DataSourceOptions {
  return {
    type: 'postgres',
    host: configuration.host,
    port: configuration.port,
    database: configuration.database,
    username: configuration.user,
    password: configuration.password,
    ssl: tlsOptions(configuration),
    poolSize: configuration.poolSize,
    applicationName: purpose.applicationName,
    connectTimeoutMS: 3_000,
    extra: { keepAlive: true, ...(purpose.serving && SERVING) },
    entities,
    migrations,
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
    installExtensions: false,
    synchronize: false,
    logging: false,
  };
}
