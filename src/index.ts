export * from './contracts';
export * from './environment';
export * from './network';
export * from './platform-service';
export * from './managed-postgres';
export * from './checks';
