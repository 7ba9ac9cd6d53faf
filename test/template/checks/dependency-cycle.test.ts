import { checkTemplate } from '../check-template';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const healthy: Template = {
  Resources: {
    Api: { Type: 'AWS::EC2::SecurityGroup', Properties: { SecurityGroupIngress: [{ SourceSecurityGroupId: { 'Fn::GetAtt': ['Gate', 'GroupId'] } }] } },
    Gate: { Type: 'AWS::EC2::SecurityGroup', Properties: {} },
  },
};

describe('dependency-cycle', () => {
  test('accepts references that run one way', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test('finds resources that wait for one another', () => {
    expect(findingsAfter(healthy, 'Gate.SecurityGroupEgress', [{ DestinationSecurityGroupId: { 'Fn::GetAtt': ['Api', 'GroupId'] } }])).toEqual([
      { check: 'dependency-cycle', logicalId: 'Api', message: 'depends on itself: Api -> Gate -> Api' },
    ]);
  });
});
