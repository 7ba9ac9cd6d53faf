import { Check } from '../finding';
import { elements, get, Json, numeric } from '../json';
import { resourcesOfType } from '../template';

export const scalingRange: Check = {
  name: 'scaling-range',
  sentence: 'Application Auto Scaling refuses a range whose minimum is above its maximum',
  find: (template) => resourcesOfType(template, 'AWS::ApplicationAutoScaling::ScalableTarget').flatMap(({ logicalId, properties }) => {
    const scheduled = elements(properties.ScheduledActions).map((action) => get(action, 'ScalableTargetAction'));
    return [properties, ...scheduled].flatMap((range) => {
      const [min, max] = [bound(range, 'MinCapacity'), bound(range, 'MaxCapacity')];
      if (min === undefined || max === undefined || min <= max) return [];
      return [{ logicalId, message: `'MinCapacity' must be at most 'MaxCapacity' (${max}), got ${min}` }];
    });
  }),
};

function bound(range: Json | undefined, name: string): number | undefined {
  return numeric(get(range, name));
}
