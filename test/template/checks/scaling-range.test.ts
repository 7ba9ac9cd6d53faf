import { checkTemplate } from '../check-template';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const healthy: Template = {
  Resources: {
    Target: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: {
        MinCapacity: 2,
        MaxCapacity: 2,
        ScheduledActions: [{ ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 4 } }, { ScalableTargetAction: { MinCapacity: 9 } }],
      },
    },
  },
};

describe('scaling-range', () => {
  test('accepts a range of one size, and half a range', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test.each([
    ['MinCapacity', 3, "'MinCapacity' must be at most 'MaxCapacity' (2), got 3"],
    ['ScheduledActions.0.ScalableTargetAction.MinCapacity', 5, "'MinCapacity' must be at most 'MaxCapacity' (4), got 5"],
  ])('finds a %s of %d above its maximum', (path, capacity, message) => {
    expect(findingsAfter(healthy, `Target.${path}`, capacity)).toEqual([{ check: 'scaling-range', logicalId: 'Target', message }]);
  });
});
