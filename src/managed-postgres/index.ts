export * from './managed-postgres';
export * from './postgres-version';
