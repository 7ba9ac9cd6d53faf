import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Acknowledgements } from '../../src/checks/acknowledgements';
import { Audience } from '../../src/platform-service/audience';
import { PlatformService } from '../../src/platform-service/platform-service';
import { ingressIn, stackOf, vpcIn, workerProps } from '../support';

test('says who of all may come from the internet', () => {
  expect(Audience.internet()).toMatchObject({ internetFacing: true, everybody: true });
  expect(Audience.internetFrom('203.0.113.0/24')).toMatchObject({ internetFacing: true, everybody: false });
  expect(Audience.cloudFront('pl-3b927c52')).toMatchObject({ internetFacing: true, everybody: false });
  expect(Audience.cloudFrontVpcOrigin('pl-3b927c52')).toMatchObject({ internetFacing: false, everybody: false });
  expect(Audience.network('10.0.0.0/8')).toMatchObject({ internetFacing: false, everybody: false });
});

test('takes a range of the internet only as it can be reviewed', () => {
  const cidr = new CfnParameter(new Stack(), 'Office').valueAsString;

  expect(() => Audience.internetFrom(cidr)).toThrow(new Error(
    `[Audience.internetFrom] 'cidrs' must be IPv4 ranges in CIDR notation, got '${cidr}'; write them like '203.0.113.0/24'`,
  ));
});

test('takes private addresses that are known at deployment only', () => {
  const stack = new Stack();
  const cidr = new ec2.Vpc(stack, 'Vpc').vpcCidrBlock;
  const prefixList = new CfnParameter(stack, 'PrefixList').valueAsString;

  expect(Audience.network(cidr).peers).toHaveLength(1);
  expect(Audience.cloudFront(prefixList).peers).toHaveLength(1);
});

test.each(['10.0.0.0', '10.0.0/8', '256.0.0.0/8', '10.0.0.0/33', '10.0.0.0/', 'example.com', '2001:db8::/32', '0.0.0.0/00', '010.0.0.0/8', '10.0.0.1/8', ''])('refuses %p as a range', (cidr) => {
  expect(() => Audience.network('10.0.0.0/8', cidr)).toThrow(new Error(
    `[Audience.network] 'cidrs' must be IPv4 ranges in CIDR notation, got '${cidr}'; write them like '203.0.113.0/24'`,
  ));
  expect(() => Audience.internetFrom(cidr)).toThrow(new Error(
    `[Audience.internetFrom] 'cidrs' must be IPv4 ranges in CIDR notation, got '${cidr}'; write them like '203.0.113.0/24'`,
  ));
});

test.each(['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '16.0.0.0/7'])('refuses %p, which is as good as everybody, unless it is said so', (cidr) => {
  expect(() => Audience.internetFrom(cidr)).toThrow(new Error(
    `[Audience.internetFrom] 'cidrs' must not be wider than /8, got '${cidr}'; say Audience.internet() if everybody is meant`,
  ));
});

test('refuses an audience of nobody', () => {
  expect(() => Audience.network()).toThrow(new Error("[Audience.network] 'cidrs' must name at least one, got ''; name who may reach the service"));
  expect(() => Audience.internetFrom()).toThrow(new Error("[Audience.internetFrom] 'cidrs' must name at least one, got ''; name who may reach the service"));
  expect(() => Audience.securityGroups()).toThrow(new Error(
    "[Audience.securityGroups] 'securityGroups' must name at least one, got ''; name who may reach the service",
  ));
});

function templateFor(openTo: Audience): Template {
  const stack = stackOf();
  new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), ingress: ingressIn(stack, openTo) });
  return Template.fromStack(stack);
}

test('reaches a load balancer with private addresses by a VPC origin, from CloudFront only', () => {
  const template = templateFor(Audience.cloudFrontVpcOrigin('pl-3b927c52'));

  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    SourcePrefixListId: 'pl-3b927c52', FromPort: 443, ToPort: 443,
  });
});

test.each([
  [Audience.internetFrom('203.0.113.0/24'), /^Only named peers reach .+: its security group admits nobody else\.$/],
  [Audience.cloudFront('pl-3b927c52'), /^Only Amazon CloudFront .+ Distributions of other accounts reach it as well/],
])('says truly who reaches it where no firewall stands in front', (openTo, words) => {
  const stack = stackOf();
  new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), ingress: ingressIn(stack, openTo) });

  const acknowledgements = new Acknowledgements(['NIST.800.53.R5']).in(stack.node.root);
  expect(acknowledgements.find(({ rule }) => rule.endsWith('ALBWAFEnabled'))!.reason).toMatch(words);
});

test.each(['3b927c52', 'pl-', 'pl-XYZ', 'com.amazonaws.global.cloudfront.origin-facing'])('refuses %p as a prefix list', (id) => {
  const words = `'prefixListId' must be a prefix list id such as 'pl-3b927c52', got '${id}'; `
    + 'look it up in the VPC console of the region';

  expect(() => Audience.cloudFront(id)).toThrow(new Error(`[Audience.cloudFront] ${words}`));
  expect(() => Audience.cloudFrontVpcOrigin(id)).toThrow(new Error(`[Audience.cloudFrontVpcOrigin] ${words}`));
});

test('refuses more ranges than a security group takes', () => {
  const ranges = Array.from({ length: 61 }, (_, index) => `10.${index}.0.0/16`);

  expect(() => Audience.network(...ranges)).toThrow(new Error("[Audience.network] 'cidrs' must be at most 60, got 61; join ranges, or name a prefix list"));
});
