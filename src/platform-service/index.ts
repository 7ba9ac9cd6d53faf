export * from './audience';
export * from './ingress';
export * from './platform-service';
export * from './platform-service-props';
export * from './rollout';
export * from './scaling';
