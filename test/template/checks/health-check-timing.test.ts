import { checkTemplate } from '../check-template';
import { JsonObject } from '../json';
import { Template } from '../template';

function targetGroup(properties: JsonObject): Template {
  return { Resources: { Group: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: properties } } };
}

describe('health-check-timing', () => {
  test.each<[string, JsonObject]>([
    ['a timeout below the interval', { Protocol: 'HTTP', HealthCheckIntervalSeconds: 15, HealthCheckTimeoutSeconds: 5 }],
    ['the defaults of the service', { Protocol: 'HTTP' }],
    ['an interval just above the default timeout', { Protocol: 'HTTP', HealthCheckIntervalSeconds: 6 }],
    ['a timeout just below the default interval', { Protocol: 'HTTP', HealthCheckTimeoutSeconds: 29 }],
    ['equal times on a network load balancer', { Protocol: 'TCP', HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 10 }],
    ['the shorter default timeout of an HTTP check over TCP', { Protocol: 'TCP', HealthCheckProtocol: 'HTTP', HealthCheckIntervalSeconds: 6 }],
    ['the defaults of a Lambda target', { TargetType: 'lambda' }],
    ['an interval that is a token', { Protocol: 'HTTP', HealthCheckIntervalSeconds: { Ref: 'AWS::NoValue' }, HealthCheckTimeoutSeconds: 60 }],
  ])('accepts %s', (_, properties) => {
    expect(checkTemplate(targetGroup(properties))).toEqual([]);
  });

  test.each<[string, JsonObject, string]>([
    [
      'equal times', { Protocol: 'HTTP', HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 10 },
      "'HealthCheckTimeoutSeconds' must be less than 'HealthCheckIntervalSeconds' (10), got 10",
    ],
    [
      'an interval at the default timeout', { Protocol: 'HTTPS', HealthCheckIntervalSeconds: 5 },
      "'HealthCheckTimeoutSeconds' must be less than 'HealthCheckIntervalSeconds' (5), got 5",
    ],
    [
      'a timeout at the default interval', { Protocol: 'HTTP', HealthCheckTimeoutSeconds: 30 },
      "'HealthCheckTimeoutSeconds' must be less than 'HealthCheckIntervalSeconds' (30), got 30",
    ],
    [
      'a longer timeout on a network load balancer', { Protocol: 'TCP', HealthCheckIntervalSeconds: 5 },
      "'HealthCheckTimeoutSeconds' must be at most 'HealthCheckIntervalSeconds' (5), got 10",
    ],
    [
      'a timeout above the default interval of GENEVE', { Protocol: 'GENEVE', HealthCheckTimeoutSeconds: 12 },
      "'HealthCheckTimeoutSeconds' must be less than 'HealthCheckIntervalSeconds' (10), got 12",
    ],
    [
      'an interval below the default timeout of a Lambda target', { TargetType: 'lambda', HealthCheckIntervalSeconds: 20 },
      "'HealthCheckTimeoutSeconds' must be less than 'HealthCheckIntervalSeconds' (20), got 30",
    ],
  ])('finds %s', (_, properties, message) => {
    expect(checkTemplate(targetGroup(properties))).toEqual([{ check: 'health-check-timing', logicalId: 'Group', message }]);
  });
});
