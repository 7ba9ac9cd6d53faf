export * from './platform-bucket';
export * from './platform-queue';
