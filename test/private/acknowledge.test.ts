import { App, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { RulePack } from '../../src/checks';
import { Acknowledgements } from '../../src/checks/acknowledgements';
import { acknowledge, inCompliancePacks, inNistAndHipaa, PACKS } from '../../src/private/acknowledge';

test('each rule is recorded on the construct, with the reason', () => {
  const stack = new Stack(new App(), 'Shop');

  acknowledge(stack, 'because', 'AwsSolutions-S1', 'AwsSolutions-IAM5[Resource::*]');

  expect(new Acknowledgements(['AwsSolutions']).in(stack)).toMatchObject([
    { rule: 'AwsSolutions-S1', path: 'Shop', reason: 'because' },
    { rule: 'AwsSolutions-IAM5[Resource::*]', path: 'Shop', reason: 'because' },
  ]);
});

test('a plain pack of cdk-nag honours it', () => {
  const stack = new Stack(new App(), 'Shop');
  const bucket = new s3.Bucket(stack, 'Bucket', { enforceSSL: true });
  const rules = () => new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName);

  expect(rules()).toEqual(['AwsSolutions-S1']);
  acknowledge(bucket, 'because', 'AwsSolutions-S1');

  expect(rules()).toEqual([]);
});

test('the packs have the names that cdk-nag gives them', () => {
  const names = [new AwsSolutionsChecks(), new NIST80053R5Checks(), new HIPAASecurityChecks(), new PCIDSS321Checks()].map((pack) => pack.readPackName);

  expect(Object.values(PACKS)).toEqual(names);
  expect(Object.values<string>(RulePack)).toEqual(names);
});

test('a rule is named in the packs that have it', () => {
  expect(inNistAndHipaa('LambdaDLQ')).toEqual(['NIST.800.53.R5-LambdaDLQ', 'HIPAA.Security-LambdaDLQ']);
  expect(inCompliancePacks('IAMNoInlinePolicy')).toEqual([
    'NIST.800.53.R5-IAMNoInlinePolicy', 'HIPAA.Security-IAMNoInlinePolicy', 'PCI.DSS.321-IAMNoInlinePolicy',
  ]);
});
