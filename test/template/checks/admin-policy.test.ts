import { checkTemplate } from '../check-template';
import { JsonObject } from '../json';
import { Template } from '../template';

const EVERYTHING: JsonObject = { Effect: 'Allow', Action: '*', Resource: '*' };
const MESSAGE = "a statement allows Action '*' on Resource '*'; name the actions or the resources";

function policy(...statements: JsonObject[]): Template {
  return { Resources: { Policy: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Statement: statements } } } } };
}

describe('admin-policy', () => {
  test.each<[string, JsonObject]>([
    ['every action on one resource', { ...EVERYTHING, Resource: 'arn:aws:s3:::shop/*' }],
    ['some actions on every resource', { ...EVERYTHING, Action: ['ecs:Describe*'] }],
    ['a denial of everything', { ...EVERYTHING, Effect: 'Deny' }],
  ])('accepts %s', (_, statement) => {
    expect(checkTemplate(policy(statement))).toEqual([]);
  });

  test('accepts a key policy, whose every resource is the key', () => {
    const template: Template = { Resources: { Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement: [EVERYTHING] } } } } };

    expect(checkTemplate(template)).toEqual([]);
  });

  test.each<[string, JsonObject]>([
    ['as texts', EVERYTHING],
    ['in lists', { ...EVERYTHING, Action: ['s3:GetObject', '*'], Resource: ['*'] }],
  ])('finds every action on every resource %s', (_, statement) => {
    expect(checkTemplate(policy(statement))).toEqual([{ check: 'admin-policy', logicalId: 'Policy', message: MESSAGE }]);
  });

  test('finds it in the inline policy of a role', () => {
    const template: Template = {
      Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyName: 'Inline', PolicyDocument: { Statement: EVERYTHING } }] } } },
    };

    expect(checkTemplate(template)).toEqual([{ check: 'admin-policy', logicalId: 'Role', message: MESSAGE }]);
  });
});
