import { checkTemplate } from '../check-template';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const healthy: Template = {
  Resources: {
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        DeploymentConfiguration: { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 10 },
        LoadBalancers: [{
          TargetGroupArn: { Ref: 'Blue' },
          AdvancedConfiguration: {
            AlternateTargetGroupArn: { Ref: 'Green' },
            ProductionListenerRule: { Ref: 'Rule' },
            RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
          },
        }],
      },
    },
    Blue: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup' },
    Green: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup' },
    Role: { Type: 'AWS::IAM::Role' },
    Rule: {
      Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
      Properties: {
        Priority: 1,
        Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: { Ref: 'Blue' }, Weight: 100 }, { TargetGroupArn: { Ref: 'Green' }, Weight: 0 }] } }],
      },
    },
  },
};

describe('traffic-shift', () => {
  test('accepts a service between two target groups behind one rule', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test.each(['BLUE_GREEN', 'LINEAR', 'CANARY'])('finds strategy %s without the means to shift', (strategy) => {
    const shifting = structuredClone(healthy);
    shifting.Resources!.Service.Properties!.DeploymentConfiguration = { Strategy: strategy, BakeTimeInMinutes: 10 };

    expect(findingsAfter(shifting, 'Service.LoadBalancers.0.AdvancedConfiguration', undefined)).toEqual([{
      check: 'traffic-shift',
      logicalId: 'Service',
      message: `strategy '${strategy}' needs 'AdvancedConfiguration.AlternateTargetGroupArn' and 'AdvancedConfiguration.ProductionListenerRule' and 'AdvancedConfiguration.RoleArn'`,
    }]);
  });

  test('asks nothing of a rolling deployment', () => {
    const rolling = structuredClone(healthy);
    rolling.Resources!.Service.Properties!.DeploymentConfiguration = { Strategy: 'ROLLING' };

    expect(findingsAfter(rolling, 'Service.LoadBalancers.0.AdvancedConfiguration', undefined)).toEqual([]);
  });

  test('finds an alternate that is the same target group', () => {
    expect(findingsAfter(healthy, 'Service.LoadBalancers.0.AdvancedConfiguration.AlternateTargetGroupArn', { Ref: 'Blue' })).toEqual([{
      check: 'traffic-shift',
      logicalId: 'Service',
      message: "'AlternateTargetGroupArn' must differ from 'TargetGroupArn', got the same target group",
    }]);
  });

  test('finds a rule that forwards elsewhere', () => {
    expect(findingsAfter(healthy, 'Rule.Actions', [{ Type: 'forward', TargetGroupArn: { Ref: 'Green' } }])).toEqual([{
      check: 'traffic-shift',
      logicalId: 'Service',
      message: "'ProductionListenerRule' is 'Rule', which does not forward to target group 'Blue'",
    }]);
  });
});
