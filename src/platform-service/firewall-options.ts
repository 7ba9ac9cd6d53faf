import type { FirewallRule } from './firewall-rule';

/** What a firewall lets through. All of it is a matter of the web application behind it. */
export interface FirewallOptions {
  /**
   * Requests from one address in five minutes above which AWS WAF blocks that address until it asks less; 10 to
   * 2,000,000,000. Many people behind one address, such as an office or a mobile network, count as one.
   *
   * @default 2000
   */
  readonly requestsPerAddress?: number;
  /**
   * Whether the rules that look into bodies block. They take program text, markup or paths in an uploaded file or a
   * form for an attack.
   *
   * @default true, except for `SizeRestrictions_BODY`: bodies above 8 kB, which uploads are made of, are counted
   */
  readonly blockByBody?: boolean;
  /**
   * Rules of AWS's groups that count and do not block, by their names: `GenericRFI_QUERYARGUMENTS`.
   *
   * @default - none but `SizeRestrictions_BODY`
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
   */
  readonly countedRules?: string[];
  /**
   * Rules of your own, looked at in this order, behind the limit for each address and in front of AWS's groups.
   *
   * @default - none
   */
  readonly rules?: FirewallRule[];
}
