import { Match, Template } from 'aws-cdk-lib/assertions';
import { Tier } from '../../src/environment/tier';
import { Audience } from '../../src/platform-service/audience';
import { PlatformService } from '../../src/platform-service/platform-service';
import { ingressIn, stackOf, vpcIn, workerProps } from '../support';

function templateOf(tier: Tier, ...services: string[]): Template {
  const stack = stackOf(tier);
  const vpc = vpcIn(stack);
  services.forEach((id) => new PlatformService(stack, id, { ...workerProps(vpc), ingress: ingressIn(stack, Audience.internet()) }));
  return Template.fromStack(stack);
}

test('blocks what AWS knows as attacks, and whoever asks too often', () => {
  templateOf(Tier.PROD, 'Api').hasResourceProperties('AWS::WAFv2::WebACL', {
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
    Rules: [
      Match.objectLike({ Priority: 0, Action: { Block: {} }, Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2000 } } }),
      Match.objectLike({ Priority: 1, OverrideAction: { None: {} }, Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesAmazonIpReputationList' } } }),
      Match.objectLike({ Priority: 2, OverrideAction: { None: {} } }),
      Match.objectLike({ Priority: 3, OverrideAction: { None: {} }, Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesKnownBadInputsRuleSet' } } }),
    ],
  });
});

test('counts large bodies and does not block them, since uploads are made of them', () => {
  templateOf(Tier.PROD, 'Api').hasResourceProperties('AWS::WAFv2::WebACL', {
    Rules: Match.arrayWith([Match.objectLike({
      Statement: {
        ManagedRuleGroupStatement: {
          VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet', RuleActionOverrides: [{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }],
        },
      },
    })]),
  });
});

test('writes what it saw to an encrypted log group of the one kind of name that WAF accepts, without credentials', () => {
  const template = templateOf(Tier.STAGING, 'Api');
  const [[id, logGroup]] = Object.entries(template.findResources('AWS::Logs::LogGroup', { Properties: { LogGroupName: Match.anyValue() } }));
  const { KmsKeyId, LogGroupName, RetentionInDays } = logGroup.Properties;

  expect(KmsKeyId).toBeDefined();
  expect(RetentionInDays).toBe(30);
  expect(LogGroupName['Fn::Join'][1][0]).toMatch(/^aws-waf-logs-[\w-]{1,300}$/);
  template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
    LogDestinationConfigs: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:eu-west-1:444455556666:log-group:', { Ref: id }]] }],
    RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }],
  });
});

test('names its log group after the stack itself, so that what a former stack left behind is not in the way', () => {
  templateOf(Tier.PROD, 'Api').hasResourceProperties('AWS::Logs::LogGroup', {
    LogGroupName: { 'Fn::Join': ['', [Match.anyValue(), { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }]] },
  });
});

test('stands in front of all public services of a stack', () => {
  const template = templateOf(Tier.PROD, 'Api', 'Shop');

  template.resourceCountIs('AWS::WAFv2::WebACL', 1);
  template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 2);
});
