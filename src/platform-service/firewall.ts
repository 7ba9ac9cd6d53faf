import { ArnFormat, Aws, Duration, Lazy, Names, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct, type IConstruct } from 'constructs';
import type { FirewallOptions } from './firewall-options';
import { rulesOf, seenAs } from './firewall-rules';
import type { ObservedMetric } from '../contracts';
import { encryptedLogGroup, logGroupName } from '../policy/encryption';
import type { TierDefaults } from '../policy/tier-defaults';
import { invalid } from '../private/invalid';

export interface FirewallProps {
  readonly logKey: kms.Key;
  readonly defaults: TierDefaults;
}

/**
 * A web ACL with the rules that AWS maintains against common attacks, and a limit for each address.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
export class Firewall extends Construct {
  private readonly webAcl: wafv2.CfnWebACL;
  /** Under which CloudWatch counts: another one in each stack. */
  private readonly name: string;
  private chosen?: { readonly by: IConstruct; readonly options: FirewallOptions };

  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    this.name = Names.uniqueResourceName(this, { maxLength: 128 });
    this.webAcl = new wafv2.CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: seenAs(this.name),
      rules: Lazy.any({ produce: () => rulesOf(this.chosen?.options ?? {}) }),
    });
    this.defineLog(props);
  }

  /** @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html */
  public get metrics(): ObservedMetric[] {
    const requests = (metricName: string) =>
      new cloudwatch.Metric({
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

  /** Takes the options of a service, which hold for all that share the firewall. Those that give none agree to any. */
  public agree(service: IConstruct, options: FirewallOptions): void {
    const asText = (it: FirewallOptions) => JSON.stringify(Stack.of(this).resolve(it));
    if (this.chosen && asText(this.chosen.options) !== asText(options)) {
      throw invalid(service, 'openTo', {
        must: `must have the same options as that of ${this.chosen.by.node.path}`,
        got: asText(options),
        remedy: 'services of one stack share a firewall: give one of them a stack of its own',
      });
    }
    this.chosen ??= { by: service, options };
  }

  /** Puts the firewall in front of a load balancer. */
  public protect(scope: Construct, loadBalancerArn: string): void {
    new wafv2.CfnWebACLAssociation(scope, 'Firewall', { webAclArn: this.webAcl.attrArn, resourceArn: loadBalancerArn });
  }

  /** The name must begin with aws-waf-logs-: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html */
  private defineLog(props: FirewallProps): void {
    const name = logGroupName(this, 'aws-waf-logs-', this.webAcl.attrId);
    const logGroup = encryptedLogGroup(this, 'Logs', props.logKey, props.defaults, name);
    // Of the group itself. Without it AWS WAF may add to a policy that all firewalls of the account share, and that holds
    // 5,120 characters: https://github.com/hashicorp/terraform-provider-aws/issues/25296
    (logGroup.node.defaultChild as logs.CfnLogGroup).resourcePolicyDocument = this.admitDelivery(name);
    new wafv2.CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      logDestinationConfigs: [this.logGroupArn(logGroup.logGroupName)],
      redactedFields: ['authorization', 'cookie'].map((header) => ({ singleHeader: { Name: header } })),
    });
  }

  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html */
  private admitDelivery(name: string): iam.PolicyDocument {
    return new iam.PolicyDocument({
      statements: [
        new iam.PolicyStatement({
          sid: 'AWSLogDeliveryWrite',
          principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [`${this.logGroupArn(name)}:log-stream:*`],
          conditions: {
            StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
            ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn({ service: 'logs', resource: '*' }) },
          },
        }),
      ],
    });
  }

  private logGroupArn(resourceName: string): string {
    return Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
