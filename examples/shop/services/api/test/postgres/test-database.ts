import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DatabaseConfiguration } from '../../src/configuration/database-configuration.js';
import { dataSourceOptions } from '../../src/database/data-source-options.js';
import { Database } from '../../src/database/database.js';
import { silentLogger } from '../harness/log-capture.js';
import { SUPERUSER, type ClusterAddress } from './cluster.js';

export const OWNER = 'shop_owner';
export const SCHEMA = 'shop';
const TEMPLATE = 'shop_template';

/** The cluster the test runner started. */
export function sharedCluster(): ClusterAddress {
  const address = process.env.SHOP_TEST_CLUSTER;
  if (!address) throw new Error('Run the tests with `npm test`, which starts PostgreSQL for them.');
  return JSON.parse(address) as ClusterAddress;
}

/** The role the service runs as: it owns its schema and is not a superuser. */
export async function createOwner(cluster: ClusterAddress): Promise<void> {
  await administer(cluster, 'postgres', [
    `CREATE ROLE ${OWNER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '${cluster.ownerPassword}'`,
    `ALTER ROLE ${OWNER} SET search_path = ${SCHEMA}`,
  ]);
}

/** A migrated database that others are copied from, which is much faster than migrating each. */
export async function createTemplate(cluster: ClusterAddress): Promise<void> {
  const configuration = await createEmptyDatabase(cluster, TEMPLATE);
  const database = connectTo(configuration);
  await database.connect();
  await database.dataSource.runMigrations();
  await database.close();
}

export async function createMigratedDatabase(cluster = sharedCluster()): Promise<DatabaseConfiguration> {
  const name = `shop_${randomBytes(6).toString('hex')}`;
  await administer(cluster, 'postgres', [`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} OWNER ${OWNER}`]);
  return configurationOf(cluster, name);
}

export async function createEmptyDatabase(
  cluster = sharedCluster(),
  name = `shop_${randomBytes(6).toString('hex')}`,
): Promise<DatabaseConfiguration> {
  await administer(cluster, 'postgres', [`CREATE DATABASE ${name} OWNER ${OWNER}`]);
  await administer(cluster, name, [`CREATE SCHEMA ${SCHEMA} AUTHORIZATION ${OWNER}`]);
  return configurationOf(cluster, name);
}

export function connectTo(configuration: DatabaseConfiguration): Database {
  return new Database(
    dataSourceOptions(configuration, { applicationName: 'shop-test', serving: false }),
    silentLogger(),
  );
}

/** A connection apart from the service's, to look at its data or get in its way. */
export async function connectDirectly({
  host,
  port,
  database,
  user,
  password,
}: DatabaseConfiguration): Promise<pg.Client> {
  const client = new pg.Client({ host, port, database, user, password });
  await client.connect();
  return client;
}

function configurationOf({ host, port, ownerPassword }: ClusterAddress, database: string): DatabaseConfiguration {
  return { host, port, database, user: OWNER, password: ownerPassword, sslMode: 'disable', poolSize: 10 };
}

async function administer(
  { host, port, superuserPassword }: ClusterAddress,
  database: string,
  statements: string[],
): Promise<void> {
  const client = new pg.Client({ host, port, database, user: SUPERUSER, password: superuserPassword });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
