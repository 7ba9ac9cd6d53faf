export * from './gate';
export * from './image-registry';
export * from './pipeline-stack';
export * from './setup-action';
