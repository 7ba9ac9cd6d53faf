import { cycles } from './cycles';
import { Json } from './json';
import { Template } from './template';

/** Resources of no particular type: only what they refer to matters here. */
function resourcesReferring(references: { [logicalId: string]: Json }): Template {
  return { Resources: Object.fromEntries(Object.entries(references).map(([id, to]) => [id, { Type: 'Test::Thing', Properties: { to } }])) };
}

describe('cycles', () => {
  test('finds none where references run one way', () => {
    const template = resourcesReferring({
      Service: { 'Fn::GetAtt': ['Cluster', 'Arn'] },
      Cluster: { 'Fn::Sub': '${Vpc}' },
      Vpc: 'literal',
    });

    expect(cycles(template)).toEqual([]);
  });

  test('finds two security groups that let each other in inline', () => {
    const template: Template = {
      Resources: {
        Api: { Type: 'AWS::EC2::SecurityGroup', Properties: { SecurityGroupIngress: [{ SourceSecurityGroupId: { 'Fn::GetAtt': ['Database', 'GroupId'] } }] } },
        Database: { Type: 'AWS::EC2::SecurityGroup', Properties: { SecurityGroupIngress: [{ SourceSecurityGroupId: { 'Fn::GetAtt': ['Api', 'GroupId'] } }] } },
      },
    };

    expect(cycles(template)).toEqual(['Api -> Database -> Api']);
  });

  test('finds none where the ingress of the two security groups are resources of their own', () => {
    const ingress = (into: string, from: string) => ({
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: { GroupId: { 'Fn::GetAtt': [into, 'GroupId'] }, SourceSecurityGroupId: { 'Fn::GetAtt': [from, 'GroupId'] } },
    });
    const template: Template = {
      Resources: {
        Api: { Type: 'AWS::EC2::SecurityGroup' },
        Database: { Type: 'AWS::EC2::SecurityGroup' },
        IntoApi: ingress('Api', 'Database'),
        IntoDatabase: ingress('Database', 'Api'),
      },
    };

    expect(cycles(template)).toEqual([]);
  });

  test('finds a resource that refers to itself', () => {
    expect(cycles(resourcesReferring({ Role: { Ref: 'Role' } }))).toEqual(['Role -> Role']);
  });

  test('finds a cycle through three resources, beginning at the first name', () => {
    const template = resourcesReferring({ C: { Ref: 'A' }, A: { 'Fn::GetAtt': 'B.Arn' }, B: { 'Fn::Join': ['', ['x', { Ref: 'C' }]] } });

    expect(cycles(template)).toEqual(['A -> B -> C -> A']);
  });

  test('tells each of several cycles once', () => {
    const template = resourcesReferring({ A: { Ref: 'B' }, B: [{ Ref: 'A' }, { Ref: 'C' }], C: { Ref: 'D' }, D: { Ref: 'C' }, Before: { Ref: 'A' } });

    expect(cycles(template)).toEqual(['A -> B -> A', 'C -> D -> C']);
  });

  test.each<[string, Json]>([
    ['the text form of Fn::Sub', { 'Fn::Sub': 'arn:${AWS::Partition}:${B}' }],
    ['an attribute in Fn::Sub', { 'Fn::Sub': '${B.Arn}/*' }],
    ['the list form of Fn::Sub', { 'Fn::Sub': ['${B}-${name}', { name: 'x' }] }],
    ['a variable of the list form of Fn::Sub', { 'Fn::Sub': ['${name}', { name: { Ref: 'B' } }] }],
    ['either branch of Fn::If', { 'Fn::If': ['IsProd', 'x', { Ref: 'B' }] }],
  ])('follows %s', (_, to) => {
    expect(cycles(resourcesReferring({ A: to, B: { Ref: 'A' } }))).toEqual(['A -> B -> A']);
  });

  test.each<[string, Json]>([
    ['literal text in Fn::Sub', { 'Fn::Sub': '${!B}' }],
    ['a name that the list form of Fn::Sub defines itself', { 'Fn::Sub': ['${B}', { B: 'x' }] }],
    ['an object that has a key Ref among others', { Ref: 'B', Other: 'x' }],
  ])('does not follow %s', (_, to) => {
    expect(cycles(resourcesReferring({ A: to, B: { Ref: 'A' } }))).toEqual([]);
  });

  test.each<[string, string | string[]]>([
    ['one name', 'B'],
    ['a list of names', ['Vpc', 'B']],
  ])('follows DependsOn with %s', (_, dependsOn) => {
    const template: Template = {
      Resources: {
        A: { Type: 'Test::Thing', DependsOn: dependsOn },
        B: { Type: 'Test::Thing', Properties: { to: { Ref: 'A' } } },
        Vpc: { Type: 'AWS::EC2::VPC' },
      },
    };

    expect(cycles(template)).toEqual(['A -> B -> A']);
  });

  test('takes neither parameters nor pseudo parameters nor outputs for resources', () => {
    const template: Template = {
      ...resourcesReferring({ A: [{ Ref: 'Stage' }, { Ref: 'AWS::Region' }] }),
      Parameters: { Stage: { Type: 'String', Default: 'A' } },
      Outputs: { Stage: { Value: { Ref: 'A' } } },
    };

    expect(cycles(template)).toEqual([]);
  });
});
