export * from './database-access';
export * from './managed-postgres';
export * from './migrations';
export * from './postgres-version';
