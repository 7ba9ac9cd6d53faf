import { ArnFormat, Duration, Names, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { ObservedMetric } from '../contracts';
import { encryptedLogGroup, logGroupName } from '../policy/encryption';
import type { TierDefaults } from '../policy/tier-defaults';

export interface FirewallProps {
  readonly logKey: kms.Key;
  readonly defaults: TierDefaults;
}

/** Requests from one address in five minutes above which it is blocked. */
const REQUESTS_PER_ADDRESS = 2000;

/**
 * A web ACL with the rules that AWS maintains against common attacks, and a limit for each address.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
export class Firewall extends Construct {
  private readonly webAcl: wafv2.CfnWebACL;
  /** Under which CloudWatch counts: another one in each stack. */
  private readonly name: string;

  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    this.name = Names.uniqueResourceName(this, { maxLength: 128 });
    this.webAcl = new wafv2.CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: seenAs(this.name),
      rules: [
        {
          name: 'RatePerAddress',
          priority: 0,
          action: { block: {} },
          statement: { rateBasedStatement: { aggregateKeyType: 'IP', limit: REQUESTS_PER_ADDRESS } },
          visibilityConfig: seenAs('RatePerAddress'),
        },
        managed(1, 'AWSManagedRulesAmazonIpReputationList'),
        // Bodies above 8 kB are counted, not blocked: they are what uploads are made of.
        managed(2, 'AWSManagedRulesCommonRuleSet', ['SizeRestrictions_BODY']),
        managed(3, 'AWSManagedRulesKnownBadInputsRuleSet'),
      ],
    });
    this.defineLog(props);
  }

  /** @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html */
  public get metrics(): ObservedMetric[] {
    const requests = (metricName: string) => new cloudwatch.Metric({
      namespace: 'AWS/WAFV2',
      metricName,
      dimensionsMap: { WebACL: this.name, Rule: 'ALL', Region: Stack.of(this).region },
      statistic: cloudwatch.Stats.SUM,
      period: Duration.minutes(1),
    });
    return [
      { title: 'Requests allowed by the firewall (per minute)', metric: requests('AllowedRequests') },
      { title: 'Requests blocked by the firewall (per minute)', metric: requests('BlockedRequests') },
    ];
  }

  /** Puts the firewall in front of a load balancer. */
  public protect(scope: Construct, loadBalancerArn: string): void {
    new wafv2.CfnWebACLAssociation(scope, 'Firewall', { webAclArn: this.webAcl.attrArn, resourceArn: loadBalancerArn });
  }

  /** The name must begin with aws-waf-logs-: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html */
  private defineLog(props: FirewallProps): void {
    const logGroup = encryptedLogGroup(this, 'Logs', props.logKey, props.defaults, logGroupName(this, 'aws-waf-logs-'));
    new wafv2.CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      logDestinationConfigs: [Stack.of(this).formatArn({ service: 'logs', resource: 'log-group', resourceName: logGroup.logGroupName, arnFormat: ArnFormat.COLON_RESOURCE_NAME })],
      redactedFields: ['authorization', 'cookie'].map((header) => ({ singleHeader: { Name: header } })),
    });
  }
}

function managed(priority: number, name: string, counted: string[] = []): wafv2.CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.length > 0 ? counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })) : undefined,
      },
    },
    visibilityConfig: seenAs(name),
  };
}

function seenAs(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
