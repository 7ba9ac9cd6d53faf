import { Check } from '../finding';
import { JsonObject, numeric } from '../json';
import { resourcesOfType } from '../template';

export const healthCheckTiming: Check = {
  name: 'health-check-timing',
  sentence: 'a load balancer refuses a health check that may still be waiting when the next one starts',
  find: (template) => resourcesOfType(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').flatMap(({ logicalId, properties }) => {
    const interval = numeric(properties.HealthCheckIntervalSeconds ?? defaultInterval(properties));
    const timeout = numeric(properties.HealthCheckTimeoutSeconds ?? defaultTimeout(properties));
    if (interval === undefined || timeout === undefined) return [];

    // Network load balancers have always allowed the two to be equal.
    const mayBeEqual = isNetwork(properties);
    if (timeout < interval || (mayBeEqual && timeout === interval)) return [];
    const limit = `${mayBeEqual ? 'at most' : 'less than'} 'HealthCheckIntervalSeconds' (${interval})`;
    return [{ logicalId, message: `'HealthCheckTimeoutSeconds' must be ${limit}, got ${timeout}` }];
  }),
};

function isNetwork({ Protocol }: JsonObject): boolean {
  return typeof Protocol === 'string' && ['TCP', 'TLS', 'UDP', 'TCP_UDP', 'QUIC', 'TCP_QUIC'].includes(Protocol);
}

/** The service's own defaults, as its API reference gives them per protocol and target type. */
function defaultInterval({ Protocol, TargetType }: JsonObject): number {
  if (TargetType === 'lambda') return 35;
  return Protocol === 'GENEVE' ? 10 : 30;
}

function defaultTimeout(properties: JsonObject): number {
  if (properties.TargetType === 'lambda') return 30;
  if (!isNetwork(properties)) return 5;
  return properties.HealthCheckProtocol === 'HTTP' ? 6 : 10;
}
