export * from './service-image';
