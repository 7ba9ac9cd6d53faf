export * from './database-access';
export * from './managed-postgres';
export * from './managed-postgres-props';
export * from './migrations';
export * from './people-access';
export * from './postgres-version';
