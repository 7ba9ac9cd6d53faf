export * from './config-store';
export * from './platform-environment';
export * from './platform-environments';
export * from './platform-stage';
export * from './service-config';
export * from './tier';
