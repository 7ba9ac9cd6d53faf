import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { mustBeOf } from '../private/argument';
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

  /** Everybody: a load balancer with public addresses, behind a web application firewall. */
  public static internet(): Audience {
    return new Audience(true, [ec2.Peer.anyIpv4()], true);
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
   * The edge locations of Amazon CloudFront and nobody else.
   *
   * @param prefixListId the managed prefix list `com.amazonaws.global.cloudfront.origin-facing` of the region
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
   */
  public static cloudFront(prefixListId: string): Audience {
    mustBeOf('Audience.cloudFront', 'string', prefixListId, 'prefixListId');
    if (!Token.isUnresolved(prefixListId) && !/^pl-[0-9a-f]{8,17}$/.test(prefixListId)) {
      throw invalid('Audience.cloudFront', 'prefixListId', { must: "must be a prefix list id such as 'pl-3b927c52'", got: prefixListId, remedy: 'look it up in the VPC console of the region' });
    }
    return new Audience(true, [ec2.Peer.prefixList(prefixListId)], false);
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
  ) {}
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
