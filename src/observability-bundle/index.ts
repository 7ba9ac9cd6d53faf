export * from './notify';
export * from './observability-bundle';
export * from './watchable';
