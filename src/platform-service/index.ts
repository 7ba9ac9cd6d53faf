export * from './audience';
export * from './ingress';
export * from './platform-service';
export * from './rollout';
export * from './scaling';
