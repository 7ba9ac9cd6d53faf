import { danglingReferences } from './dangling-references';
import { Json } from './json';
import { Template } from './template';

const healthy: Template = {
  Parameters: { Stage: { Type: 'String' } },
  Mappings: { Sizes: { prod: { cpu: 1024 } } },
  Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] }, IsNotProd: { 'Fn::Not': [{ Condition: 'IsProd' }] } },
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC', Condition: 'IsProd' },
    Thing: {
      Type: 'Test::Thing',
      DependsOn: ['Vpc'],
      Properties: {
        text: { 'Fn::Sub': ['${AWS::Region} ${Stage} ${Vpc.CidrBlock} ${own} ${!literal}', { own: { Ref: 'Vpc' } }] },
        choice: { 'Fn::If': ['IsProd', { Ref: 'Vpc' }, { Ref: 'AWS::NoValue' }] },
        size: { 'Fn::FindInMap': ['Sizes', 'prod', 'cpu'] },
        // A key of an IAM statement, which names no condition of the template.
        policy: { Statement: [{ Condition: { StringEquals: { 'aws:x': 'y' } } }] },
      },
    },
  },
  Outputs: { VpcId: { Value: { Ref: 'Vpc' }, Condition: 'IsProd' } },
};

function withProperty(value: Json): Template {
  return { ...healthy, Resources: { ...healthy.Resources, Thing: { Type: 'Test::Thing', Properties: { value } } } };
}

describe('danglingReferences', () => {
  test('finds none where everything named is defined', () => {
    expect(danglingReferences(healthy)).toEqual([]);
  });

  test.each<[string, Json, string]>([
    ['Ref', { Ref: 'Gone' }, "Ref names 'Gone', which the template does not define"],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Gone', 'Arn'] }, "Fn::GetAtt names 'Gone.Arn', which the template does not define"],
    ['Fn::Sub', { 'Fn::Sub': 'x-${Gone}' }, "Fn::Sub names 'Gone', which the template does not define"],
    ['an attribute of a parameter', { 'Fn::GetAtt': ['Stage', 'Arn'] }, "Fn::GetAtt names 'Stage.Arn', which the template does not define"],
    ['Fn::If', { 'Fn::If': ['IsGone', 1, 2] }, "condition 'IsGone' is not defined in the template"],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Gone', 'a', 'b'] }, "mapping 'Gone' is not defined in the template"],
  ])('finds what %s names and nothing defines', (_, value, message) => {
    expect(danglingReferences(withProperty(value))).toEqual([{ logicalId: 'Thing', message }]);
  });

  test('finds a dependency on nothing', () => {
    const template: Template = { ...healthy, Resources: { ...healthy.Resources, Thing: { Type: 'Test::Thing', DependsOn: 'Stage' } } };

    expect(danglingReferences(template)).toEqual([{ logicalId: 'Thing', message: "DependsOn names 'Stage', which the template does not define" }]);
  });

  test('finds a condition of a resource that nothing defines', () => {
    const template: Template = { ...healthy, Resources: { ...healthy.Resources, Thing: { Type: 'Test::Thing', Condition: 'IsGone' } } };

    expect(danglingReferences(template)).toEqual([{ logicalId: 'Thing', message: "condition 'IsGone' is not defined in the template" }]);
  });

  test('finds an output of a resource that is gone', () => {
    const template: Template = { ...healthy, Outputs: { Gone: { Value: { 'Fn::GetAtt': ['Gone', 'Arn'] } } } };

    expect(danglingReferences(template)).toEqual([{ logicalId: 'Gone', message: "Fn::GetAtt names 'Gone.Arn', which the template does not define" }]);
  });

  test('finds a condition made of a condition that is gone', () => {
    const template: Template = { ...healthy, Conditions: { ...healthy.Conditions, IsOdd: { 'Fn::Not': [{ Condition: 'IsGone' }] } } };

    expect(danglingReferences(template)).toEqual([{ logicalId: 'IsOdd', message: "condition 'IsGone' is not defined in the template" }]);
  });
});
