export * from './database-access';
export * from './managed-postgres';
export * from './postgres-version';
