import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Tier } from '../../src/environment/tier';
import { PlatformNetwork, type PlatformNetworkProps } from '../../src/network/platform-network';
import { agnosticStackOf, appOf, RECOMMENDED_FLAGS, stackIn, stackOf, ZONES } from '../support';
import * as fc from '../support/fast-check';

/** The template of a stack with one network in it. */
function templateOf(tier: Tier, props?: PlatformNetworkProps): Template {
  const stack = stackOf(tier);
  new PlatformNetwork(stack, 'Network', props);
  return Template.fromStack(stack);
}

function subnetsOf(template: Template, name: string): any[] {
  return Object.values(template.findResources('AWS::EC2::Subnet', {
    Properties: { Tags: Match.arrayWith([{ Key: 'aws-cdk:subnet-name', Value: name }]) },
  }));
}

describe.each([
  { tier: Tier.DEV, zones: 2, nat: 1, endpoints: 0, days: 7, kept: 'Delete' },
  { tier: Tier.STAGING, zones: 2, nat: 1, endpoints: 0, days: 30, kept: 'RetainExceptOnCreate' },
  { tier: Tier.PROD, zones: 3, nat: 3, endpoints: 5, days: 365, kept: 'RetainExceptOnCreate' },
])('in tier $tier.name', ({ tier, zones, nat, endpoints, days, kept }) => {
  let template: Template;
  beforeAll(() => {
    template = templateOf(tier);
  });

  test(`has public, private and isolated subnets in each of ${zones} zones`, () => {
    for (const name of ['Public', 'App', 'Data']) {
      expect(subnetsOf(template, name).map((it) => it.Properties.AvailabilityZone)).toEqual(ZONES.slice(0, zones));
    }
    template.resourceCountIs('AWS::EC2::Subnet', 3 * zones);
  });

  test(`has ${nat} NAT gateways, and a way out from every private subnet and from no isolated one`, () => {
    template.resourceCountIs('AWS::EC2::NatGateway', nat);
    const routes = Object.values(template.findResources('AWS::EC2::Route'));
    expect(routes.filter((it) => it.Properties.NatGatewayId)).toHaveLength(zones);
    expect(routes.filter((it) => it.Properties.GatewayId)).toHaveLength(zones);
  });

  test(`has ${endpoints} interface endpoints`, () => {
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, endpoints);
  });

  test(`records all traffic in a log group that is encrypted, kept for ${days} days, and in the event of its removal: ${kept}`, () => {
    const [logGroup] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));

    template.resourceCountIs('AWS::EC2::FlowLog', 1);
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'ALL', LogDestinationType: 'cloud-watch-logs', LogGroupName: { Ref: logGroup } });
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { KmsKeyId: { 'Fn::GetAtt': [key, 'Arn'] }, RetentionInDays: days },
      DeletionPolicy: kept,
    });
    template.hasResource('AWS::KMS::Key', { Properties: { EnableKeyRotation: true }, DeletionPolicy: kept });
  });

  test('gives no public address by itself', () => {
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  test('closes the default security group', () => {
    template.resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
  });

  test('reaches S3 and DynamoDB from every private and isolated subnet without leaving the VPC', () => {
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }, 2);
    Object.values(template.findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: 'Gateway' } }))
      .forEach((it) => expect(it.Properties.RouteTableIds).toHaveLength(3 * zones));
  });
});

test('lets the key of the flow logs be used for log groups of this account and region only', () => {
  const template = templateOf(Tier.PROD);

  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([Match.objectLike({
        Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
        Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:eu-west-1:444455556666:log-group:*']] } } },
      })]),
    },
  });
});

test('lets flow logs be written by VPC flow logs only', () => {
  const template = templateOf(Tier.DEV);

  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: { Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'vpc-flow-logs.amazonaws.com' } }] },
  });
});

test('synthesises without a look-up', () => {
  const app = appOf(Tier.PROD);
  new PlatformNetwork(stackIn(app), 'Network');

  expect(app.synth().manifest.missing ?? []).toEqual([]);
});

test('spreads over two zones in a stack that may go to any region, and warns in PROD', () => {
  const stack = agnosticStackOf(Tier.PROD);
  const network = new PlatformNetwork(stack, 'Network');

  expect(network.vpc.availabilityZones).toHaveLength(2);
  Template.fromStack(stack).resourceCountIs('AWS::EC2::NatGateway', 2);
  Annotations.fromStack(stack).hasWarning('/Shop/Network',
    'The tier asks for 3 Availability Zones and this stack has 2; name the zones in the environment, or give the stack an account and a region '
    + '[ack: cdk-golden-path:fewerZones]');
});

test('does not warn where there are zones enough', () => {
  const stack = stackOf(Tier.PROD);
  new PlatformNetwork(stack, 'Network');

  Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('Availability Zones'));
});

test('keeps to its own tier against that of the stage', () => {
  const template = templateOf(Tier.PROD, { tier: Tier.DEV.because('its guards are what is tested here') });

  template.resourceCountIs('AWS::EC2::NatGateway', 1);
  template.resourceCountIs('AWS::EC2::Subnet', 6);
});

test('admits to its endpoints HTTPS from inside the VPC and nothing else', () => {
  const template = templateOf(Tier.DEV, { cidr: '10.7.0.0/16', interfaceEndpoints: [ec2.InterfaceVpcEndpointAwsService.SQS] });

  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    GroupDescription: 'AWS APIs for the network Shop/Network',
    SecurityGroupIngress: [{ CidrIp: '10.7.0.0/16', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' }],
  });
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', PrivateDnsEnabled: true });
});

test('has no interface endpoint in PROD when told so', () => {
  templateOf(Tier.PROD, { interfaceEndpoints: [] })
    .resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 0);
});

test('stands beside another network in the same stack', () => {
  const stack = stackOf(Tier.PROD);
  new PlatformNetwork(stack, 'One', { cidr: '10.1.0.0/16' });
  new PlatformNetwork(stack, 'Two', { cidr: '10.2.0.0/16', natGateways: 1 });

  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::EC2::VPC', 2);
  template.resourceCountIs('AWS::EC2::FlowLog', 2);
  template.resourceCountIs('AWS::EC2::NatGateway', 4);
});

test('is the same with the recommended feature flags in what it promises', () => {
  const stack = stackOf(Tier.PROD, RECOMMENDED_FLAGS);
  new PlatformNetwork(stack, 'Network');

  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::EC2::Subnet', 9);
  template.resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
  template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
});

test('describes its security group in characters that EC2 accepts', () => {
  const stack = stackOf(Tier.PROD);
  new PlatformNetwork(stack, "Réseau d'André", {});

  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', { GroupDescription: 'AWS APIs for the network Shop/R-seau d-Andr-' });
});

test.each(['10.0.0.0/15', '10.0.0.0/21', '10.0.0.0/28', '10.0.0.0/160', '10.0.0.0', '10.0.0.0/', '256.0.0.0/16', '10.0.0/16', '010.0.0.0/16', 'fd00::/16', ''])(
  'refuses the range %p', (cidr) => {
    expect(() => new PlatformNetwork(stackOf(), 'Network', { cidr })).toThrow(new Error(
      `[Shop/Network] 'cidr' must be a literal IPv4 range between /16 and /20, got '${cidr}'; write it like '10.0.0.0/16', from its first address`,
    ));
  });

test.each(['10.0.1.0/16', '10.0.128.0/16', '10.0.8.0/20', '10.0.0.1/18'])('refuses %p, which is not the first address of its range', (cidr) => {
  expect(() => new PlatformNetwork(stackOf(), 'Network', { cidr })).toThrow(new Error(
    `[Shop/Network] 'cidr' must be a literal IPv4 range between /16 and /20, got '${cidr}'; write it like '10.0.0.0/16', from its first address`,
  ));
});

test.each([[0, 3], [4, 3], [-1, 3], [1.5, 3], [NaN, 3]])('refuses %p NAT gateways in %p zones', (natGateways, zones) => {
  expect(() => new PlatformNetwork(stackOf(Tier.PROD), 'Network', { natGateways })).toThrow(new Error(
    `[Shop/Network] 'natGateways' must be between 1 and the number of zones, ${zones}, got ${natGateways}; `
    + 'tasks need one to reach the internet, and a zone has use for one',
  ));
});

test('refuses an endpoint that is named twice', () => {
  const interfaceEndpoints = [ec2.InterfaceVpcEndpointAwsService.SQS, ec2.InterfaceVpcEndpointAwsService.KMS, ec2.InterfaceVpcEndpointAwsService.SQS];

  expect(() => new PlatformNetwork(stackOf(), 'Network', { interfaceEndpoints })).toThrow(new Error(
    "[Shop/Network] 'interfaceEndpoints' must not repeat a service, got 'sqs'; name it once",
  ));
});

test.each(['0.0.0.0/16', '127.0.0.0/16', '169.254.0.0/16', '224.0.0.0/16', '255.255.0.0/16'])('refuses %p, where no host can be', (cidr) => {
  expect(() => templateOf(Tier.DEV, { cidr })).toThrow(new Error(
    `[Shop/Network] 'cidr' must be a literal IPv4 range between /16 and /20, got '${cidr}'; write it like '10.0.0.0/16', from its first address`,
  ));
});

test('leaves the subnets that stand where they are when a third zone comes', () => {
  const rangesIn = (tier: Tier) => Object.entries(templateOf(tier).findResources('AWS::EC2::Subnet')).map(([id, it]) => [id, it.Properties.CidrBlock]);

  expect(rangesIn(Tier.PROD)).toEqual(expect.arrayContaining(rangesIn(Tier.STAGING)));
  expect(rangesIn(Tier.STAGING)).toHaveLength(6);
});

test('has room for its subnets, without overlap, in every range that it accepts', () => {
  fc.assert(fc.property(fc.integer({ min: 16, max: 20 }), fc.integer({ min: 0, max: 15 }), fc.constantFrom(Tier.DEV, Tier.PROD), (mask, block, tier) => {
    const size = 2 ** (24 - mask);
    const cidr = `10.1.${Math.floor(block * 16 / size) * size}.0/${mask}`;

    const ranges = Object.values(templateOf(tier, { cidr, interfaceEndpoints: [] }).findResources('AWS::EC2::Subnet'))
      .map((it) => rangeOf(it.Properties.CidrBlock)).sort((a, b) => a.first - b.first);

    const whole = rangeOf(cidr);
    ranges.forEach(({ first, last }, index) => {
      expect(first).toBeGreaterThanOrEqual(index === 0 ? whole.first : ranges[index - 1].last + 1);
      expect(last).toBeLessThanOrEqual(whole.last);
    });
  }), { numRuns: 10 });
});

function rangeOf(cidr: string): { first: number; last: number } {
  const [address, mask] = cidr.split('/');
  const first = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { first, last: first + 2 ** (32 - Number(mask)) - 1 };
}
