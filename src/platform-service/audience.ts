import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { FirewallOptions } from './firewall-options';
import { mustBeTakenByWaf } from './firewall-rules';
import { mustBeOf, mustFit } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';
import { ipv4RangeOf } from '../private/ipv4-range';

/** The widest range that still names somebody: two halves of the internet would need no firewall, and be everybody. */
const WIDEST = 8;

/** Rules that a security group takes: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MOST_RANGES = 60;

/**
 * Who may reach a service. Always named, never assumed.
 */
export class Audience {
  static { brand(this.prototype, 'Audience'); }

  /**
   * Everybody: a load balancer with public addresses, behind AWS WAF.
   *
   * The firewall blocks, with the answer 403: more than 2,000 requests from one address in five minutes; addresses of
   * bad repute; and what AWS's core rule set and its known bad inputs take for an attack, in path, query, headers,
   * cookies and the first 8 kB of the body. That is also a request without a `User-Agent`, a query above 2 kB, a path
   * that ends in `.ini` or `.bak`, and a form or a file with markup or paths in it. Look into its log before anybody
   * complains (`docs/guides/firewall.md`).
   *
   * Services of one stack share a firewall, at about 9 USD a month with its rules: options of one of them hold for all,
   * and a change of them is in place. A service with other options is refused.
   *
   * Throws, in words, for options that AWS WAF would refuse.
   *
   * @param options what the web application behind it needs, beyond the defaults
   */
  public static internet(options?: FirewallOptions): Audience {
    if (options !== undefined) {
      mustFit('Audience.internet', 'FirewallOptions', options);
      mustBeTakenByWaf(options);
    }
    return new Audience(true, [ec2.Peer.anyIpv4()], true, options);
  }

  /**
   * Named address ranges on the internet, such as an office or a partner: public addresses that admit only these.
   *
   * @param cidrs IPv4 ranges in CIDR notation
   */
  public static internetFrom(...cidrs: string[]): Audience {
    return new Audience(true, ipv4Ranges('Audience.internetFrom', cidrs), false);
  }

  /**
   * The edge locations of Amazon CloudFront: a load balancer with public addresses that admits only these.
   *
   * **Everybody's distributions come from there**, of any account of AWS: whoever knows the name of the load balancer
   * can put a distribution of their own in front of it, without your firewall. Let the service check a secret header
   * that only your distribution adds, or choose `cloudFrontVpcOrigin`.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html
   * @param prefixListId the managed prefix list `com.amazonaws.global.cloudfront.origin-facing` of the region
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
   */
  public static cloudFront(prefixListId: string): Audience {
    return new Audience(true, [edge('Audience.cloudFront', prefixListId)], false, undefined,
      'Only Amazon CloudFront reaches this load balancer: its security group admits nobody else, and a firewall for it '
      + 'stands at the edge, with the distribution. Distributions of other accounts reach it as well, so the service has to know its own.');
  }

  /**
   * Your own distributions of Amazon CloudFront and nobody else: a load balancer with private addresses, to which a VPC
   * origin of your account leads. Define that origin with the load balancer of the service, `api.loadBalancer`. The VPC
   * needs an internet gateway, though no request takes it.
   *
   * @param prefixListId the managed prefix list `com.amazonaws.global.cloudfront.origin-facing` of the region
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
   */
  public static cloudFrontVpcOrigin(prefixListId: string): Audience {
    return new Audience(false, [edge('Audience.cloudFrontVpcOrigin', prefixListId)], false);
  }

  /**
   * Named address ranges inside the VPC or a connected network: a load balancer with private addresses only.
   *
   * @param cidrs IPv4 ranges in CIDR notation; may be known at deployment only, as `vpc.vpcCidrBlock` is
   */
  public static network(...cidrs: string[]): Audience {
    return new Audience(false, ipv4Ranges('Audience.network', cidrs, Token.isUnresolved), false);
  }

  /**
   * Whatever carries one of these security groups: a load balancer with private addresses only.
   */
  public static securityGroups(...securityGroups: ec2.ISecurityGroup[]): Audience {
    mustBeOf('Audience.securityGroups', 'ec2.ISecurityGroup[]', securityGroups, 'securityGroups');
    if (securityGroups.length === 0) {
      throw nobody('Audience.securityGroups', 'securityGroups');
    }
    return new Audience(false, securityGroups, false);
  }

  private constructor(
    /** Whether the load balancer has public addresses. */
    public readonly internetFacing: boolean,
    /** Whom it admits. */
    public readonly peers: ec2.IPeer[],
    /** Whether that is everybody. */
    public readonly everybody: boolean,
    /**
     * What the firewall in front of everybody does otherwise than by default; undefined where it is as by default, or
     * as another service says.
     */
    public readonly firewall?: FirewallOptions,
    /**
     * Why it needs no firewall.
     * @internal
     */
    public readonly _reason = 'Only named peers reach this load balancer: its security group admits nobody else.',
  ) {}
}

function edge(factory: string, prefixListId: string): ec2.IPeer {
  mustBeOf(factory, 'string', prefixListId, 'prefixListId');
  if (!Token.isUnresolved(prefixListId) && !/^pl-[0-9a-f]{8,17}$/.test(prefixListId)) {
    throw invalid(factory, 'prefixListId', {
      must: "must be a prefix list id such as 'pl-3b927c52'",
      got: prefixListId,
      remedy: 'look it up in the VPC console of the region',
    });
  }
  return ec2.Peer.prefixList(prefixListId);
}

function ipv4Ranges(factory: string, cidrs: string[], isTrusted: (cidr: string) => boolean = () => false): ec2.IPeer[] {
  mustBeOf(factory, 'string[]', cidrs, 'cidrs');
  if (cidrs.length === 0) {
    throw nobody(factory, 'cidrs');
  }
  if (cidrs.length > MOST_RANGES) {
    throw invalid(factory, 'cidrs', { must: `must be at most ${MOST_RANGES}`, got: cidrs.length, remedy: 'join ranges, or name a prefix list' });
  }
  return cidrs.map((cidr) => {
    const range = ipv4RangeOf(cidr);
    if (!range && !isTrusted(cidr)) {
      throw invalid(factory, 'cidrs', { must: 'must be IPv4 ranges in CIDR notation', got: cidr, remedy: "write them like '203.0.113.0/24'" });
    }
    if (range && range.mask < WIDEST) {
      throw invalid(factory, 'cidrs', { must: `must not be wider than /${WIDEST}`, got: cidr, remedy: 'say Audience.internet() if everybody is meant' });
    }
    return ec2.Peer.ipv4(cidr);
  });
}

function nobody(factory: string, prop: string): Error {
  return invalid(factory, prop, { must: 'must name at least one', got: '', remedy: 'name who may reach the service' });
}
