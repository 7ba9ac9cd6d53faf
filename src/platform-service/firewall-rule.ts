import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { mustBeOf } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';

/** What a rule of a firewall does with a request that it fits. */
export enum FirewallAction {
  /** Lets it through: no rule behind this one looks at it. */
  ALLOW = 'allow',
  /** Answers 403. */
  BLOCK = 'block',
  /** Counts it in a metric of its own, and leaves the decision to the rules behind. */
  COUNT = 'count',
}

/**
 * One rule of your own, or a group of them.
 *
 * Its name is that of its metric, too: letters, digits, hyphens and underscores, at most 128.
 */
export class FirewallRule {
  static { brand(this.prototype, 'FirewallRule'); }

  /**
   * Requests from named addresses. Throws for a malformed name.
   *
   * @param ipSetArn the ARN of an IP set of AWS WAF, in the region of the service
   * @param action what to do with them
   */
  public static addresses(name: string, ipSetArn: string, action: FirewallAction): FirewallRule {
    mustBeOf('FirewallRule.addresses', 'string', ipSetArn, 'ipSetArn');
    mustBeOf('FirewallRule.addresses', 'FirewallAction', action, 'action');
    return new FirewallRule('addresses', name, { ipSetReferenceStatement: { arn: ipSetArn } }, { action: { [action]: {} } });
  }

  /**
   * A rule group of yours: whatever AWS WAF can look for, defined by `wafv2.CfnRuleGroup`. It decides by its own actions.
   * Throws for a malformed name.
   *
   * @param ruleGroupArn the ARN of a rule group of AWS WAF, in the region of the service
   * @param onlyCount whether to count what its rules fit, and to leave the decision to the rules behind
   */
  public static ruleGroup(name: string, ruleGroupArn: string, onlyCount = false): FirewallRule {
    mustBeOf('FirewallRule.ruleGroup', 'string', ruleGroupArn, 'ruleGroupArn');
    return new FirewallRule('ruleGroup', name, { ruleGroupReferenceStatement: { arn: ruleGroupArn } }, groupAction(onlyCount));
  }

  /**
   * Another rule group of AWS, such as `AWSManagedRulesSQLiRuleSet`, or of a vendor. It decides by its own actions.
   * Throws for a malformed name.
   *
   * @param name the name that AWS or the vendor gave it
   * @param onlyCount whether to count what its rules fit, and to leave the decision to the rules behind
   * @param vendor whose it is
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
   */
  public static managedRuleGroup(name: string, onlyCount = false, vendor = 'AWS'): FirewallRule {
    mustBeOf('FirewallRule.managedRuleGroup', 'string', vendor, 'vendor');
    const statement = { managedRuleGroupStatement: { vendorName: vendor, name } };
    return new FirewallRule('managedRuleGroup', name, statement, groupAction(onlyCount));
  }

  private constructor(
    factory: string,
    /** Its name, and that of its metric. */
    public readonly name: string,
    /** @internal */
    public readonly _statement: wafv2.CfnWebACL.StatementProperty,
    /** @internal */
    public readonly _decision: Pick<wafv2.CfnWebACL.RuleProperty, 'action' | 'overrideAction'>,
  ) {
    mustBeOf(`FirewallRule.${factory}`, 'string', name, 'name');
    if (!/^[\w-]{1,128}$/.test(name)) {
      throw invalid(`FirewallRule.${factory}`, 'name', {
        must: 'must be letters, digits, hyphens and underscores, at most 128',
        got: name,
        remedy: "write it like 'OldClients'",
      });
    }
  }
}

/** Whoever names a group is answered by the actions of its rules. */
function groupAction(onlyCount: boolean): Pick<wafv2.CfnWebACL.RuleProperty, 'overrideAction'> {
  return { overrideAction: onlyCount ? { count: {} } : { none: {} } };
}
