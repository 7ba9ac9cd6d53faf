export type { MigrationWaiver } from './migration-waiver';
export * from './migrations';
export * from './restore-point';
export * from './schema-on-rollback';
