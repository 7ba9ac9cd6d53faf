export type { MigrationWaiver } from './migration-waiver';
