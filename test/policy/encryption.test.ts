import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Tier } from '../../src/environment/tier';
import { admitLogs, dataKey } from '../../src/policy/encryption';
import { defaultsOf } from '../../src/policy/tier-defaults';
import { agnosticStackOf, stackOf } from '../support';

const KEY = 'AWS::KMS::Key';

function keyIn(stack: Stack, removal: RemovalPolicy = RemovalPolicy.RETAIN): Template {
  admitLogs(dataKey(stack, 'Key', 'Logs', { ...defaultsOf(Tier.PROD), removal }));
  return Template.fromStack(stack);
}

/** What the policy of the key says beside what every key says: that the account decides. */
function statementsOf(template: Template): any[] {
  const [key] = Object.values(template.findResources(KEY));
  return key.Properties.KeyPolicy.Statement.slice(1);
}

test('CloudWatch Logs of the region may encrypt and decrypt with a key, for log groups of the account, and do nothing else with it', () => {
  const { Condition: condition, ...statement } = statementsOf(keyIn(stackOf())).find(({ Sid: sid }) => sid === 'CloudWatchLogs');

  expect(statement).toEqual({
    Sid: 'CloudWatchLogs',
    Effect: 'Allow',
    Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
    Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    Resource: '*',
  });
  expect(JSON.stringify(condition)).toBe(JSON.stringify({
    ArnLike: { 'kms:EncryptionContext:aws:logs:arn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:eu-west-1:444455556666:log-group:*']] } },
  }));
});

test('log groups of another account, or another region, are none of its log groups, wherever it stands', () => {
  const { Condition: condition } = statementsOf(keyIn(agnosticStackOf())).find(({ Sid: sid }) => sid === 'CloudWatchLogs');

  expect(condition.ArnLike['kms:EncryptionContext:aws:logs:arn']).toEqual({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':log-group:*']],
  });
});

test('nobody hands the use of a key on by a grant, except AWS services', () => {
  expect(statementsOf(keyIn(stackOf())).find(({ Effect: effect }) => effect === 'Deny')).toEqual({
    Sid: 'GrantsByServicesOnly',
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'kms:CreateGrant',
    Resource: '*',
    Condition: { BoolIfExists: { 'kms:GrantIsForAWSResource': 'false', 'aws:PrincipalIsAWSService': 'false' } },
  });
});

test('a key that goes with its stack is gone after 7 days, the shortest time that AWS KMS allows', () => {
  keyIn(stackOf(), RemovalPolicy.DESTROY).hasResource(KEY, { DeletionPolicy: 'Delete', Properties: { PendingWindowInDays: 7, EnableKeyRotation: true } });
});

test.each([RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])('a key that is kept (%s) has the 30 days of AWS KMS, should somebody delete it', (removal) => {
  keyIn(stackOf(), removal).hasResourceProperties(KEY, { PendingWindowInDays: Match.absent(), EnableKeyRotation: true });
});
