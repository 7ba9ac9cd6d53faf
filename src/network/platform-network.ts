import { Annotations, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { IObservable, Observation } from '../contracts';
import { Tier } from '../environment/tier';
import { observeNatGateways } from '../golden-signals/nat-gateway';
import { admitLogs, dataKey, encryptedLogGroup } from '../policy/encryption';
import { keepProviderLogs } from '../policy/provider-logs';
import { defaultsOf, type TierDefaults } from '../policy/tier-defaults';
import { acknowledge, acknowledgeInlinePolicies, acknowledgeProvider, inCompliancePacks } from '../private/acknowledge';
import { mustFit } from '../private/argument';
import { description } from '../private/description';
import { invalid } from '../private/invalid';
import { ipv4RangeOf, isSpecial } from '../private/ipv4-range';

/** Zones for which a network has room. */
const MOST_ZONES = 3;

/** How a network is laid out. */
export interface PlatformNetworkProps {
  /**
   * The address range in CIDR notation, between /16 and /20. Changing it replaces the VPC and all that stands in it.
   *
   * Choose distinct ranges for networks that may one day be connected.
   *
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;
  /**
   * NAT gateways. Each costs about 33 USD a month and traffic; with fewer than zones, the loss of one zone cuts others
   * off the internet.
   *
   * @default - by tier: 1 in DEV and STAGING, one for each zone in PROD
   */
  readonly natGateways?: number;
  /**
   * AWS APIs that are reached without leaving the VPC, by interface endpoints. Each costs about 8 USD a month for each zone,
   * those of PROD 120 USD together: docs/costs.md says above which traffic that is less than a NAT gateway takes. An empty
   * list: none.
   *
   * @default - by tier: none in DEV and STAGING; ECR, CloudWatch Logs, Secrets Manager and KMS in PROD
   */
  readonly interfaceEndpoints?: ec2.InterfaceVpcEndpointAwsService[];
  /**
   * How much this network must guarantee.
   *
   * @default - the tier of the stage
   */
  readonly tier?: Tier;
}

/**
 * A VPC of three tiers in each zone: public subnets for load balancers and NAT, private ones for tasks, isolated ones for data.
 *
 * All traffic is recorded in an encrypted log group, the default security group is closed, and nothing gets a public
 * address by itself. S3 and DynamoDB are reached by gateway endpoints, which cost nothing.
 *
 * The other constructs take any `ec2.IVpc`: use this one where no network exists yet.
 */
export class PlatformNetwork extends Construct implements IObservable {
  /** The VPC. */
  public readonly vpc: ec2.Vpc;
  /** Where the traffic is recorded. */
  public readonly flowLogGroup: logs.LogGroup;

  /** Throws when the address range is malformed or out of bounds, or when there are more NAT gateways than zones. */
  constructor(scope: Construct, id: string, props: PlatformNetworkProps = {}) {
    super(scope, id);
    mustFit(this, 'PlatformNetworkProps', props);
    const defaults = defaultsOf(Tier._settle(this, props.tier));
    const cidr = validCidr(this, props.cidr ?? '10.0.0.0/16');
    const zones = zonesOf(this, defaults);
    const natGateways = validNatGateways(this, props.natGateways, zones, defaults);

    const logKey = this.defineLogKey(defaults);
    this.flowLogGroup = encryptedLogGroup(this, 'FlowLogs', logKey, defaults);
    this.vpc = this.defineVpc(cidr, zones, natGateways);
    keepProviderLogs(this, 'Custom::VpcRestrictDefaultSG', logKey, defaults);
    this.defineFlowLog();
    this.defineEndpoints(cidr, props.interfaceEndpoints ?? (defaults.interfaceEndpoints ? whatATaskNeeds() : []));
  }

  /** Its golden signals: what goes out through the NAT gateways, and what they cannot take. */
  public observe(): Observation {
    const gateways = this.vpc.publicSubnets.map((it) => it.node.tryFindChild('NATGateway')).filter((it) => it instanceof ec2.CfnNatGateway);
    return observeNatGateways({ subject: this, title: this.node.id, gatewayIds: gateways.map((it) => it.attrNatGatewayId) });
  }

  private defineVpc(cidr: string, zones: number, natGateways: number): ec2.Vpc {
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      maxAzs: zones,
      // Room for the zones that may come: subnets that stand already must not move when they do.
      reservedAzs: MOST_ZONES - zones,
      natGateways,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'App', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      gatewayEndpoints: {
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        DynamoDB: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    acknowledgeProvider(this, 'VpcRestrictDefaultSG');
    acknowledgeInlinePolicies(Stack.of(this).node.findChild('Custom::VpcRestrictDefaultSGCustomResourceProvider').node.findChild('Role'));
    // The L2 lists reserved zones too, under an invented name.
    vpc.availabilityZones.splice(zones);
    vpc.publicSubnets.forEach((subnet) => acknowledge(subnet.node.findChild('DefaultRoute'),
      'Load balancers and NAT gateways need a route to the internet gateway: this is the subnet for them, and nothing in it gets a public address by itself.',
      ...inCompliancePacks('VPCNoUnrestrictedRouteToIGW')));
    return vpc;
  }

  private defineLogKey(defaults: TierDefaults): kms.Key {
    const key = dataKey(this, 'LogKey', `Logs of the network ${this.node.path}`, defaults);
    admitLogs(key);
    return key;
  }

  private defineFlowLog(): void {
    const role = new iam.Role(this, 'FlowLogRole', { assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com') });
    acknowledgeInlinePolicies(role);
    this.vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toCloudWatchLogs(this.flowLogGroup, role) });
  }

  private defineEndpoints(cidr: string, services: ec2.InterfaceVpcEndpointAwsService[]): void {
    if (services.length === 0) {
      return;
    }
    const twice = services.find((it, index) => services.findIndex(({ name }) => name === it.name) !== index);
    if (twice) {
      throw invalid(this, 'interfaceEndpoints', { must: 'must not repeat a service', got: twice.shortName, remedy: 'name it once' });
    }
    const securityGroup = new ec2.SecurityGroup(this, 'EndpointSecurityGroup', {
      vpc: this.vpc, description: description(`AWS APIs for the network ${this.node.path}`), allowAllOutbound: false,
    });
    securityGroup.addIngressRule(ec2.Peer.ipv4(cidr), ec2.Port.HTTPS, 'AWS APIs from inside the VPC');
    services.forEach((service) => this.vpc.addInterfaceEndpoint(service.shortName, {
      service, open: false, securityGroups: [securityGroup], subnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    }));
  }
}

/** The APIs that a Fargate task needs to start: for its image, its logs and its secrets. */
function whatATaskNeeds(): ec2.InterfaceVpcEndpointAwsService[] {
  return [
    ec2.InterfaceVpcEndpointAwsService.ECR,
    ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
    ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    ec2.InterfaceVpcEndpointAwsService.KMS,
  ];
}

/** AWS allows /16 to /28; below /20 three tiers in three zones leave too few addresses for two sets of tasks. */
function validCidr(scope: Construct, cidr: string): string {
  const range = ipv4RangeOf(cidr);
  if (!range || range.mask < 16 || range.mask > 20 || isSpecial(range)) {
    throw invalid(scope, 'cidr', {
      must: 'must be a literal IPv4 range between /16 and /20', got: cidr, remedy: "write it like '10.0.0.0/16', from its first address",
    });
  }
  return cidr;
}

/** As many as the tier asks for and the stack has. A stack without a region knows two zones only, whatever the region has. */
function zonesOf(scope: Construct, defaults: TierDefaults): number {
  const available = Stack.of(scope).availabilityZones.length;
  if (available < defaults.zones) {
    Annotations.of(scope).addWarningV2('cdk-golden-path:fewerZones',
      `The tier asks for ${defaults.zones} Availability Zones and this stack has ${available}; name the zones in the `
      + 'environment, or give the stack an account and a region');
  }
  return Math.min(available, defaults.zones);
}

function validNatGateways(scope: Construct, count: number | undefined, zones: number, defaults: TierDefaults): number {
  const natGateways = count ?? Math.min(defaults.natGateways, zones);
  if (!Number.isInteger(natGateways) || natGateways < 1 || natGateways > zones) {
    throw invalid(scope, 'natGateways', {
      must: `must be between 1 and the number of zones, ${zones}`, got: count, remedy: 'tasks need one to reach the internet, and a zone has use for one',
    });
  }
  return natGateways;
}
