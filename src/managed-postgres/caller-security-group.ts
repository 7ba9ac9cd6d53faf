import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { description } from '../private/description';

export interface CallerSecurityGroupProps {
  readonly vpc: ec2.IVpc;
  /** The database. */
  readonly target: ec2.IConnectable;
  readonly port: number;
  /** Who calls: `Migrations of Shop/Orders`. */
  readonly who: string;
  /** What it needs HTTPS for. */
  readonly https: string;
}

/** The security group of something of ours that calls the database: it reaches that, HTTPS, and nothing else. */
export function callerSecurityGroup(scope: Construct, { vpc, target, port, who, https }: CallerSecurityGroupProps): ec2.SecurityGroup {
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description: description(who), allowAllOutbound: false });
  securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, https);
  securityGroup.connections.allowTo(target, ec2.Port.tcp(port), 'PostgreSQL');
  return securityGroup;
}
