export * from './database-access';
export * from './managed-postgres';
export type { MigrationWaiver } from './migrations/migration-waiver';
export { Migrations, TypeormMigrationsOptions } from './migrations/migrations';
export * from './migrations/restore-point';
export * from './migrations/schema-on-rollback';
export * from './people-access';
export * from './postgres-version';
