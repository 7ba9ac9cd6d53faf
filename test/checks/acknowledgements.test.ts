import { App, Stack, Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledgementOf, acknowledgementsOn, allAcknowledgements } from '../../src/checks/acknowledgements';

function tree(): { stack: Stack; outer: Construct; inner: Construct } {
  const stack = new Stack(new App(), 'Shop');
  const outer = new Construct(stack, 'Outer');
  return { stack, outer, inner: new Construct(outer, 'Inner') };
}

test.each([
  ['AwsSolutions-S1', 'AwsSolutions-S1'],
  ['AwsSolutions::AwsSolutions-S1', 'AwsSolutions-S1'],
  ['SecurityChecks::AwsSolutions-S1', 'AwsSolutions-S1'],
  ['annotation::AwsSolutions-S1', 'AwsSolutions-S1'],
  ['AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/ReadOnlyAccess]', 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/ReadOnlyAccess]'],
  ['SecurityChecks::AwsSolutions-IAM5[Resource::*]', 'AwsSolutions-IAM5[Resource::*]'],
])('%s is read as %s', (id, rule) => {
  const { inner } = tree();

  Validations.of(inner).acknowledge({ id, reason: 'because' });

  expect(acknowledgementsOn(inner)).toEqual([{ rule, path: 'Shop/Outer/Inner', reason: 'because' }]);
});

test('a rule with a space in its detail is found, though the CDK records a hyphen', () => {
  const { inner } = tree();

  Validations.of(inner).acknowledge({ id: 'AwsSolutions-IAM5[Resource::a b]', reason: 'because' });

  expect(acknowledgementOf(inner, 'AwsSolutions-IAM5[Resource::a b]')?.reason).toBe('because');
});

test('the nearest acknowledgement is the one that holds', () => {
  const { stack, outer, inner } = tree();
  Validations.of(stack).acknowledge({ id: 'AwsSolutions-S1', reason: 'on the stack' });
  Validations.of(outer).acknowledge({ id: 'AwsSolutions-S1', reason: 'outside' });

  expect(acknowledgementOf(inner, 'AwsSolutions-S1')).toEqual({ rule: 'AwsSolutions-S1', path: 'Shop/Outer', reason: 'outside' });
  expect(acknowledgementOf(stack, 'AwsSolutions-S1')?.path).toBe('Shop');
});

test('an acknowledgement does not hold for what stands above or beside', () => {
  const { outer, inner } = tree();
  Validations.of(inner).acknowledge({ id: 'AwsSolutions-S1', reason: 'because' });

  expect(acknowledgementOf(outer, 'AwsSolutions-S1')).toBeUndefined();
  expect(acknowledgementOf(new Construct(outer, 'Beside'), 'AwsSolutions-S1')).toBeUndefined();
});

test('a rule without its detail is not the rule with it', () => {
  const { inner } = tree();
  Validations.of(inner).acknowledge({ id: 'AwsSolutions-IAM5', reason: 'because' });

  expect(acknowledgementOf(inner, 'AwsSolutions-IAM5[Resource::*]')).toBeUndefined();
});

test('those of a pack are found in the whole tree', () => {
  const { stack, inner } = tree();
  Validations.of(stack).acknowledge({ id: 'AwsSolutions-S1', reason: 'one' }, { id: '@aws-cdk/aws-ec2:ipv4IgnoreEgressRule', reason: 'none of ours' });
  Validations.of(inner).acknowledge({ id: 'PCI.DSS.321-S3DefaultEncryptionKMS', reason: 'another' });

  expect(allAcknowledgements(stack, ['AwsSolutions', 'PCI.DSS.321']).map(({ rule }) => rule)).toEqual(['AwsSolutions-S1', 'PCI.DSS.321-S3DefaultEncryptionKMS']);
  expect(allAcknowledgements(stack, ['AwsSolutions']).map(({ rule }) => rule)).toEqual(['AwsSolutions-S1']);
});
