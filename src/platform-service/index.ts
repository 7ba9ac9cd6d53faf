export * from './audience';
export * from './firewall-options';
export * from './firewall-rule';
export * from './ingress';
export * from './platform-service';
export * from './platform-service-props';
export * from './rollout';
export * from './scaling';
