import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Tier } from '../../src/environment/tier';
import { Audience } from '../../src/platform-service/audience';
import type { FirewallOptions } from '../../src/platform-service/firewall-options';
import { FirewallAction, FirewallRule } from '../../src/platform-service/firewall-rule';
import { MANAGED_GROUPS } from '../../src/platform-service/firewall-rules';
import { PlatformService } from '../../src/platform-service/platform-service';
import { ingressIn, stackOf, vpcIn, workerProps } from '../support';

function templateOf(tier: Tier, ...services: string[]): Template {
  const stack = stackOf(tier);
  const vpc = vpcIn(stack);
  services.forEach(
    (id) => new PlatformService(stack, id, { ...workerProps(vpc), ingress: ingressIn(stack, Audience.internet()) }),
  );
  return Template.fromStack(stack);
}

test('blocks what AWS knows as attacks, and whoever asks too often', () => {
  templateOf(Tier.PROD, 'Api').hasResourceProperties('AWS::WAFv2::WebACL', {
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
    Rules: [
      Match.objectLike({
        Priority: 0,
        Action: { Block: {} },
        Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2000 } },
      }),
      Match.objectLike({
        Priority: 1,
        OverrideAction: { None: {} },
        Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesAmazonIpReputationList' } },
      }),
      Match.objectLike({ Priority: 2, OverrideAction: { None: {} } }),
      Match.objectLike({
        Priority: 3,
        OverrideAction: { None: {} },
        Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesKnownBadInputsRuleSet' } },
      }),
    ],
  });
});

test('counts large bodies and does not block them, since uploads are made of them', () => {
  templateOf(Tier.PROD, 'Api').hasResourceProperties('AWS::WAFv2::WebACL', {
    Rules: Match.arrayWith([
      Match.objectLike({
        Statement: {
          ManagedRuleGroupStatement: {
            VendorName: 'AWS',
            Name: 'AWSManagedRulesCommonRuleSet',
            RuleActionOverrides: [{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }],
          },
        },
      }),
    ]),
  });
});

test('writes what it saw to an encrypted log group of the one kind of name that WAF accepts, without credentials', () => {
  const template = templateOf(Tier.STAGING, 'Api');
  const [[id, logGroup]] = Object.entries(
    template.findResources('AWS::Logs::LogGroup', { Properties: { LogGroupName: Match.anyValue() } }),
  );
  const { KmsKeyId, LogGroupName, RetentionInDays } = logGroup.Properties;

  expect(KmsKeyId).toBeDefined();
  expect(RetentionInDays).toBe(30);
  expect(LogGroupName['Fn::Join'][1][0]).toMatch(/^aws-waf-logs-[\w-]{1,300}$/);
  template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
    LogDestinationConfigs: [
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:eu-west-1:444455556666:log-group:', { Ref: id }]] },
    ],
    RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }],
  });
});

test('names its log group after its own id, so that what a former one left behind is not in the way', () => {
  const template = templateOf(Tier.PROD, 'Api');
  const [webAcl] = Object.keys(template.findResources('AWS::WAFv2::WebACL'));

  template.hasResourceProperties('AWS::Logs::LogGroup', {
    LogGroupName: { 'Fn::Join': ['', [Match.anyValue(), { 'Fn::GetAtt': [webAcl, 'Id'] }]] },
  });
});

test('stands in front of all public services of a stack', () => {
  const template = templateOf(Tier.PROD, 'Api', 'Shop');

  template.resourceCountIs('AWS::WAFv2::WebACL', 1);
  template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 2);
});

test('admits the delivery of logs by a policy of its log group, not by the one that the account has for all', () => {
  const template = templateOf(Tier.PROD, 'Api');
  const [logGroup] = Object.values(
    template.findResources('AWS::Logs::LogGroup', { Properties: { LogGroupName: Match.anyValue() } }),
  );
  const { LogGroupName, ResourcePolicyDocument } = logGroup.Properties;

  expect(ResourcePolicyDocument.Statement).toEqual([
    {
      Sid: 'AWSLogDeliveryWrite',
      Effect: 'Allow',
      Principal: { Service: 'delivery.logs.amazonaws.com' },
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            `:logs:eu-west-1:444455556666:log-group:${LogGroupName['Fn::Join'][1][0]}`,
            LogGroupName['Fn::Join'][1][1],
            ':log-stream:*',
          ],
        ],
      },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLike: {
          'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:eu-west-1:444455556666:*']] },
        },
      },
    },
  ]);
  template.resourceCountIs('AWS::Logs::ResourcePolicy', 0);
});

describe('with options', () => {
  const PARTNERS = 'arn:aws:wafv2:eu-west-1:444455556666:regional/ipset/partners/1a2b3c4d';
  const OURS = 'arn:aws:wafv2:eu-west-1:444455556666:regional/rulegroup/ours/1a2b3c4d';

  function rulesWith(...options: (FirewallOptions | undefined)[]): any[] {
    const stack = stackOf(Tier.PROD);
    const vpc = vpcIn(stack);
    options.forEach(
      (it, index) =>
        new PlatformService(stack, `Api${index}`, {
          ...workerProps(vpc),
          ingress: ingressIn(stack, Audience.internet(it)),
        }),
    );
    const [webAcl] = Object.values(Template.fromStack(stack).findResources('AWS::WAFv2::WebACL'));
    return webAcl.Properties.Rules;
  }

  const countedWith = (options: FirewallOptions) =>
    rulesWith(options).flatMap(({ Statement }) =>
      (Statement.ManagedRuleGroupStatement?.RuleActionOverrides ?? []).map(
        ({ Name, ActionToUse }: any) => `${Name} ${Object.keys(ActionToUse)}`,
      ),
    );

  test('of nothing it is as without', () => {
    expect(rulesWith({})).toEqual(rulesWith(undefined));
  });

  test('it lets one address ask more', () => {
    expect(rulesWith({ requestsPerAddress: 10_000 })[0].Statement).toEqual({
      RateBasedStatement: { AggregateKeyType: 'IP', Limit: 10_000 },
    });
  });

  test('it counts what it finds in bodies, in all groups, and goes on blocking the rest', () => {
    expect(countedWith({ blockByBody: false })).toEqual(
      [
        'SizeRestrictions_BODY',
        'EC2MetaDataSSRF_BODY',
        'GenericLFI_BODY',
        'GenericRFI_BODY',
        'CrossSiteScripting_BODY',
        'JavaDeserializationRCE_BODY',
        'Log4JRCE_BODY',
        'ReactJSRCE_BODY',
      ].map((it) => `${it} Count`),
    );
  });

  test('it counts by the rules that are named, in their group', () => {
    expect(countedWith({ countedRules: ['NoUserAgent_HEADER', 'AWSManagedReconnaissanceList'] })).toEqual([
      'AWSManagedReconnaissanceList Count',
      'NoUserAgent_HEADER Count',
      'SizeRestrictions_BODY Count',
    ]);
  });

  test('its own rules stand behind the limit for an address and in front of the groups of AWS', () => {
    const rules = rulesWith({
      rules: [FirewallRule.addresses('Partners', PARTNERS, FirewallAction.ALLOW), FirewallRule.ruleGroup('Ours', OURS)],
    });

    expect(rules.map(({ Name, Priority }) => `${Priority} ${Name}`)).toEqual([
      '0 RatePerAddress',
      '1 Partners',
      '2 Ours',
      '3 AWSManagedRulesAmazonIpReputationList',
      '4 AWSManagedRulesCommonRuleSet',
      '5 AWSManagedRulesKnownBadInputsRuleSet',
    ]);
  });

  test.each([
    [FirewallAction.BLOCK, { Block: {} }],
    [FirewallAction.COUNT, { Count: {} }],
    [FirewallAction.ALLOW, { Allow: {} }],
  ])('named addresses are treated as it is told: %s', (action, Action) => {
    expect(rulesWith({ rules: [FirewallRule.addresses('Partners', PARTNERS, action)] })[1]).toEqual({
      Name: 'Partners',
      Priority: 1,
      Action,
      Statement: { IPSetReferenceStatement: { Arn: PARTNERS } },
      VisibilityConfig: { MetricName: 'Partners', CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true },
    });
  });

  test.each([
    [false, { None: {} }],
    [true, { Count: {} }],
  ])('a rule group decides by its own actions, or counts only: %s', (onlyCount, OverrideAction) => {
    const rules = [
      FirewallRule.ruleGroup('Ours', OURS, onlyCount),
      FirewallRule.managedRuleGroup('AWSManagedRulesSQLiRuleSet', onlyCount),
      FirewallRule.managedRuleGroup('ApiGateway', onlyCount, 'F5'),
    ];

    expect(rulesWith({ rules }).slice(1, 4)).toMatchObject([
      { OverrideAction, Statement: { RuleGroupReferenceStatement: { Arn: OURS } } },
      {
        OverrideAction,
        Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesSQLiRuleSet' } },
      },
      { OverrideAction, Statement: { ManagedRuleGroupStatement: { VendorName: 'F5', Name: 'ApiGateway' } } },
    ]);
  });

  test('of one service it holds for all of the stack, whoever comes first', () => {
    expect(rulesWith(undefined, { requestsPerAddress: 500 })).toEqual(
      rulesWith({ requestsPerAddress: 500 }, undefined),
    );
    expect(
      rulesWith({ requestsPerAddress: 500 }, { requestsPerAddress: 500 })[0].Statement.RateBasedStatement.Limit,
    ).toBe(500);
  });

  test('that contradict those of another service it is refused', () => {
    expect(() => rulesWith({ requestsPerAddress: 500 }, { requestsPerAddress: 600 })).toThrow(
      new Error(
        "[Shop/Api1] 'openTo' must have the same options as that of Shop/Api0, got '{\"requestsPerAddress\":600}'; services of one stack share a firewall: give one of them a stack of its own",
      ),
    );
  });

  test.each([9, 2_000_000_001, 99.5, NaN])('a limit of %s is refused', (requestsPerAddress) => {
    expect(() => Audience.internet({ requestsPerAddress })).toThrow(
      new Error(
        `[Audience.internet] 'requestsPerAddress' must be a whole number from 10 to 2000000000, got ${requestsPerAddress}; AWS WAF counts in five minutes`,
      ),
    );
  });

  test('a rule that AWS does not have cannot be counted', () => {
    expect(() => Audience.internet({ countedRules: ['CrossSiteScripting_Body'] })).toThrow(
      new Error(
        "[Audience.internet] 'countedRules' must be names of rules of AWS's groups, got 'CrossSiteScripting_Body'; look it up in the log of the firewall or in the documentation of AWS WAF",
      ),
    );
  });

  test.each(['', 'Old clients', 'x'.repeat(129)])('%p is no name of a rule', (name) => {
    expect(() => FirewallRule.ruleGroup(name, OURS)).toThrow(
      new Error(
        "[FirewallRule.ruleGroup] 'name' must be letters, digits, hyphens and underscores, at most 128, "
          + `got '${name}'; write it like 'OldClients'`,
      ),
    );
  });

  test.each([
    ['RatePerAddress', 'Other'],
    ['AWSManagedRulesCommonRuleSet', 'Other'],
    ['Twice', 'Twice'],
  ])('%s is a name that another rule has', (first, second) => {
    expect(() => Audience.internet({ rules: [second, first].map((it) => FirewallRule.ruleGroup(it, OURS)) })).toThrow(
      new Error(
        `[Audience.internet] 'rules' must have names that no other rule has, got '${first}'; rename it, or leave it out`,
      ),
    );
  });
});

test('the guide names every rule that blocks, and those that count', () => {
  const guide = readFileSync(join(__dirname, '../../docs/guides/firewall.md'), 'utf8');
  const [webAcl] = Object.values(templateOf(Tier.PROD, 'Api').findResources('AWS::WAFv2::WebACL'));
  const names = [...webAcl.Properties.Rules.map(({ Name }: any) => Name), ...Object.values(MANAGED_GROUPS).flat()];

  expect(names.filter((it) => !guide.includes(`\`${it}\``))).toEqual([]);
});
