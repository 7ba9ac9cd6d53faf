export * from './gate';
export * from './pipeline-stack';
export * from './setup-action';
