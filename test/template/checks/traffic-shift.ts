import { Check } from '../finding';
import { canonical, elements, get, Json } from '../json';
import { referencesWithin, referredResource } from '../reference';
import { resourcesOfType, Template } from '../template';

const SHIFTING = ['BLUE_GREEN', 'LINEAR', 'CANARY'];
const NEEDED = ['AlternateTargetGroupArn', 'ProductionListenerRule', 'RoleArn'];

export const trafficShift: Check = {
  name: 'traffic-shift',
  sentence: 'ECS can only shift traffic between two different target groups, through a listener rule that forwards to the service',
  find: (template) => resourcesOfType(template, 'AWS::ECS::Service').flatMap(({ logicalId, properties }) => {
    const strategy = get(properties, 'DeploymentConfiguration', 'Strategy');
    if (typeof strategy !== 'string' || !SHIFTING.includes(strategy)) return [];
    return elements(properties.LoadBalancers)
      .flatMap((loadBalancer) => defects(template, strategy, loadBalancer))
      .map((message) => ({ logicalId, message }));
  }),
};

function defects(template: Template, strategy: string, loadBalancer: Json): string[] {
  const advanced = get(loadBalancer, 'AdvancedConfiguration');
  const missing = NEEDED.filter((name) => get(advanced, name) === undefined);
  if (missing.length > 0) return [`strategy '${strategy}' needs ${missing.map((name) => `'AdvancedConfiguration.${name}'`).join(' and ')}`];

  const targetGroup = get(loadBalancer, 'TargetGroupArn');
  if (canonical(targetGroup) === canonical(get(advanced, 'AlternateTargetGroupArn'))) {
    return ["'AlternateTargetGroupArn' must differ from 'TargetGroupArn', got the same target group"];
  }
  return ruleDefect(template, targetGroup, get(advanced, 'ProductionListenerRule'));
}

function ruleDefect(template: Template, targetGroup: Json | undefined, reference: Json | undefined): string[] {
  const [group, rule] = [referredResource(template, targetGroup), referredResource(template, reference)];
  if (!group || rule?.type !== 'AWS::ElasticLoadBalancingV2::ListenerRule') return [];
  if (referencesWithin(rule.properties.Actions).some(({ to }) => to === group.logicalId)) return [];
  return [`'ProductionListenerRule' is '${rule.logicalId}', which does not forward to target group '${group.logicalId}'`];
}
