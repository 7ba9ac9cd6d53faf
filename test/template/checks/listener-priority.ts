import { Check } from '../finding';
import { canonical, numeric } from '../json';
import { resourcesOfType } from '../template';

export const listenerPriority: Check = {
  name: 'listener-priority',
  sentence: 'a listener takes each rule priority once, so the second rule with the same priority fails to deploy',
  find: (template) => {
    const taken = new Map<string, string>();
    return resourcesOfType(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').flatMap(({ logicalId, properties, condition }) => {
      const priority = numeric(properties.Priority);
      if (priority === undefined) return [];
      // Rules under different conditions may be each other's alternatives.
      const place = [canonical(properties.ListenerArn), priority, condition].join(' ');
      const holder = taken.get(place);
      if (holder !== undefined) return [{ logicalId, message: `'Priority' ${priority} is taken on this listener by '${holder}'` }];
      taken.set(place, logicalId);
      return [];
    });
  },
};
