import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { oneOf, readEnvironment, required, wholeNumber, type Environment } from './environment.js';

export const databaseVariables = z.object({
  PGHOST: required('the database host'),
  PGPORT: wholeNumber(1, 65_535).default(5432),
  PGDATABASE: required('the database name'),
  PGUSER: required('the database user'),
  PGPASSWORD: required('the password of the database user'),
  PGSSLMODE: oneOf(['verify-full', 'require', 'disable']).default('verify-full'),
  PGSSLROOTCERT: z.string().transform(readCertificate).optional(),
  // The worker holds one connection for its batch while a handler uses another, so one is never enough.
  DB_POOL_SIZE: wholeNumber(2, 1000).default(10),
});

export interface DatabaseConfiguration {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly sslMode: 'verify-full' | 'require' | 'disable';
  /** PEM text of the certificate authorities to trust instead of the built-in ones. */
  readonly sslRootCertificates?: string;
  readonly poolSize: number;
}

export function readDatabaseConfiguration(environment: Environment): DatabaseConfiguration {
  return toDatabaseConfiguration(readEnvironment(databaseVariables, environment));
}

export function toDatabaseConfiguration(variables: z.infer<typeof databaseVariables>): DatabaseConfiguration {
  return {
    host: variables.PGHOST,
    port: variables.PGPORT,
    database: variables.PGDATABASE,
    user: variables.PGUSER,
    password: variables.PGPASSWORD,
    sslMode: variables.PGSSLMODE,
    sslRootCertificates: variables.PGSSLROOTCERT,
    poolSize: variables.DB_POOL_SIZE,
  };
}

function readCertificate(path: string, context: z.RefinementCtx): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    context.addIssue({ code: 'custom', message: 'names a file that cannot be read' });
    return z.NEVER;
  }
}
