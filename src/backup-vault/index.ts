export * from './backup-schedule';
export * from './backup-vault';
export * from './protectable';
