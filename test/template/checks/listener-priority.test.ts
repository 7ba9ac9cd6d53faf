import { checkTemplate } from '../check-template';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const rule = (listener: string, priority: number, condition?: string) => ({
  Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  Condition: condition,
  Properties: { ListenerArn: { Ref: listener }, Priority: priority },
});
const listener = { Type: 'AWS::ElasticLoadBalancingV2::Listener', Properties: { Protocol: 'HTTP' } };
const healthy: Template = {
  Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] }, IsNotProd: { 'Fn::Not': [{ Condition: 'IsProd' }] } },
  Resources: {
    Public: listener,
    Internal: listener,
    First: rule('Public', 1),
    Second: rule('Public', 2),
    Other: rule('Internal', 1),
    Either: rule('Public', 3, 'IsProd'),
    Or: rule('Public', 3, 'IsNotProd'),
  },
};

describe('listener-priority', () => {
  test('accepts one priority on two listeners, and on rules that exclude each other', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test('finds a priority that another rule of the listener has', () => {
    expect(findingsAfter(healthy, 'Second.Priority', 1)).toEqual([
      { check: 'listener-priority', logicalId: 'Second', message: "'Priority' 1 is taken on this listener by 'First'" },
    ]);
  });
});
