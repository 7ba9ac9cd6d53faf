import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { FirewallOptions } from './firewall-options';
import { invalid } from '../private/invalid';

/** Uploads are made of large bodies. */
const ALWAYS_COUNTED = ['SizeRestrictions_BODY'];

const REQUESTS_PER_ADDRESS = 2000;

/**
 * The groups that AWS maintains, in the order in which they look at a request, with the rules of theirs that block.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html (read 2026-11-30)
 */
export const MANAGED_GROUPS: { readonly [group: string]: readonly string[] } = {
  AWSManagedRulesAmazonIpReputationList: ['AWSManagedIPReputationList', 'AWSManagedReconnaissanceList'],
  AWSManagedRulesCommonRuleSet: [
    'NoUserAgent_HEADER',
    'UserAgent_BadBots_HEADER',
    'SizeRestrictions_QUERYSTRING',
    'SizeRestrictions_Cookie_HEADER',
    'SizeRestrictions_BODY',
    'SizeRestrictions_URIPATH',
    ...inPlaces('EC2MetaDataSSRF', 'BODY', 'COOKIE', 'URIPATH', 'QUERYARGUMENTS'),
    ...inPlaces('GenericLFI', 'QUERYARGUMENTS', 'URIPATH', 'BODY'),
    ...inPlaces('RestrictedExtensions', 'URIPATH', 'QUERYARGUMENTS'),
    ...inPlaces('GenericRFI', 'QUERYARGUMENTS', 'BODY', 'URIPATH'),
    ...inPlaces('CrossSiteScripting', 'COOKIE', 'QUERYARGUMENTS', 'BODY', 'URIPATH'),
  ],
  AWSManagedRulesKnownBadInputsRuleSet: [
    ...inPlaces('JavaDeserializationRCE', 'HEADER', 'BODY', 'URIPATH', 'QUERYSTRING'),
    'Host_localhost_HEADER',
    'PROPFIND_METHOD',
    'ExploitablePaths_URIPATH',
    ...inPlaces('Log4JRCE', 'HEADER', 'QUERYSTRING', 'BODY', 'URIPATH'),
    'ReactJSRCE_BODY',
  ],
};

function inPlaces(rule: string, ...places: string[]): string[] {
  return places.map((it) => `${rule}_${it}`);
}

/** Which rules of a group count, and do not block. */
function countedIn(group: string, { blockByBody = true, countedRules = [] }: FirewallOptions): string[] {
  return MANAGED_GROUPS[group].filter(
    (rule) => ALWAYS_COUNTED.includes(rule) || countedRules.includes(rule) || (!blockByBody && rule.endsWith('_BODY')),
  );
}

/** Throws, in words, for what AWS WAF would refuse. */
export function mustBeTakenByWaf({
  requestsPerAddress = REQUESTS_PER_ADDRESS,
  countedRules = [],
  rules = [],
}: FirewallOptions): void {
  const refused = (prop: string, must: string, got: unknown, remedy: string) =>
    invalid('Audience.internet', prop, { must, got, remedy });
  if (!Number.isInteger(requestsPerAddress) || requestsPerAddress < 10 || requestsPerAddress > 2_000_000_000) {
    throw refused(
      'requestsPerAddress',
      'must be a whole number from 10 to 2000000000',
      requestsPerAddress,
      'AWS WAF counts in five minutes',
    );
  }
  const known = Object.values(MANAGED_GROUPS).flat();
  const unknown = countedRules.find((it) => !known.includes(it));
  if (unknown !== undefined) {
    throw refused(
      'countedRules',
      "must be names of rules of AWS's groups",
      unknown,
      'look it up in the log of the firewall or in the documentation of AWS WAF',
    );
  }
  const names = ['RatePerAddress', ...Object.keys(MANAGED_GROUPS), ...rules.map(({ name }) => name)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw refused('rules', 'must have names that no other rule has', twice, 'rename it, or leave it out');
  }
}

/**
 * All rules, in the order in which they look at a request.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
export function rulesOf(options: FirewallOptions): wafv2.CfnWebACL.RuleProperty[] {
  const { requestsPerAddress: limit = REQUESTS_PER_ADDRESS, rules = [] } = options;
  return [
    ruleOf(0, 'RatePerAddress', { rateBasedStatement: { aggregateKeyType: 'IP', limit } }, { action: { block: {} } }),
    ...rules.map(({ name, _statement, _decision }, index) => ruleOf(index + 1, name, _statement, _decision)),
    ...Object.keys(MANAGED_GROUPS).map((group, index) => managedRule(rules.length + index + 1, group, options)),
  ];
}

function managedRule(priority: number, name: string, options: FirewallOptions): wafv2.CfnWebACL.RuleProperty {
  const counted = countedIn(name, options).map((it) => ({ name: it, actionToUse: { count: {} } }));
  const ruleActionOverrides = counted.length > 0 ? counted : undefined;
  const statement = { managedRuleGroupStatement: { vendorName: 'AWS', name, ruleActionOverrides } };
  return ruleOf(priority, name, statement, { overrideAction: { none: {} } });
}

function ruleOf(
  priority: number, name: string, statement: wafv2.CfnWebACL.StatementProperty,
  decision: Pick<wafv2.CfnWebACL.RuleProperty, 'action' | 'overrideAction'>,
): wafv2.CfnWebACL.RuleProperty {
  return { name, priority, statement, ...decision, visibilityConfig: seenAs(name) };
}

export function seenAs(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
