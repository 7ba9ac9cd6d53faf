import { Duration, type Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ConfigStore } from '../../src/environment/config-store';
import { ServiceConfig } from '../../src/environment/service-config';
import { Tier } from '../../src/environment/tier';
import { ServiceImage } from '../../src/fargate-task/service-image';
import { Audience } from '../../src/platform-service/audience';
import { Ingress } from '../../src/platform-service/ingress';
import { PlatformService } from '../../src/platform-service/platform-service';
import type { PlatformServiceProps } from '../../src/platform-service/platform-service-props';
import { Rollout } from '../../src/platform-service/rollout';
import { Scaling } from '../../src/platform-service/scaling';
import { certificateIn, IMAGE, stackOf, vpcIn, ZONES } from '../support';
import * as fc from '../support/fast-check';

/*
 * ECS writes the weights of this rule. CloudFormation writes the declared ones back whenever the rule changes in the
 * template, and so sends all traffic to a target group that may have no task.
 */

const domain = { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };

/** What says how a service is reached; a part of a stack, since a certificate stands in one. */
const ingresses = fc.record({
  openTo: fc.constantFrom(Audience.internet(), Audience.internetFrom('203.0.113.0/24'), Audience.network('10.0.0.0/8')),
  domain: fc.constantFrom(undefined, domain),
  port: fc.integer({ min: 1024, max: 65535 }),
  healthPath: fc.constantFrom('/health', '/', '/alive?deep=1'),
}).map((options) => (stack: Stack) => Ingress.https({ ...options, certificate: certificateIn(stack) }));

const ROLLOUTS = [Rollout.rolling, Rollout.blueGreen, Rollout.canary, Rollout.linear];

/** Everything else that may change from one release to the next. */
const releases: fc.Arbitrary<Omit<PlatformServiceProps, 'vpc' | 'ingress'>> = fc.record({
  image: fc.integer({ min: 0, max: 9 }).map((digit) => ServiceImage.fromRegistry(`public.ecr.aws/shop/api@sha256:${String(digit).repeat(64)}`)),
  config: fc.record({
    variables: fc.dictionary(fc.constantFrom('LOG_LEVEL', 'REGION', 'PAGE_SIZE'), fc.constantFrom('a', 'b', 'c')),
    flags: fc.subarray(['new-checkout', 'dark-mode']),
    store: fc.constantFrom(ConfigStore.taskDefinition(), ConfigStore.secretsManager()),
  }).map((props) => new ServiceConfig(props)),
  rollout: fc.option(fc.tuple(fc.constantFrom(...ROLLOUTS), fc.record({
    bake: fc.integer({ min: 0, max: 60 }).map((it) => Duration.minutes(it)),
    stepBake: fc.integer({ min: 0, max: 50 }).map((it) => Duration.minutes(it)),
    percent: fc.integer({ min: 3, max: 99 }),
    maxErrorPercent: fc.integer({ min: 1, max: 50 }),
    maxLatency: fc.integer({ min: 1, max: 9000 }).map((it) => Duration.millis(it)),
  })).map(([define, options]) => define(options)), { nil: undefined }),
  scaling: fc.constantFrom(undefined, Scaling.fixed(2), Scaling.cpu({ min: 2, max: 9, targetPercent: 50 })),
  cpu: fc.constantFrom(512, 1024),
  memoryLimitMiB: fc.constantFrom(2048, 4096),
  architecture: fc.constantFrom(undefined, ecs.CpuArchitecture.X86_64),
  command: fc.constantFrom(undefined, ['node', 'server.js']),
  writablePaths: fc.constantFrom(undefined, ['/tmp', '/data']),
  tier: fc.constantFrom(Tier.DEV, Tier.STAGING, Tier.PROD),
});

/** What replaces a target group: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html */
const REPLACING = ['IpAddressType', 'Name', 'Port', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId'];

/** The production rule, byte for byte, with its logical id, and what would replace the target groups that it names. */
function ruleOf(ingress: (stack: Stack) => Ingress, release: Omit<PlatformServiceProps, 'vpc' | 'ingress'>, commit = '0'): string {
  const stack = stackOf();
  Tags.of(stack).add('commit', commit);
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-12345678', availabilityZones: ZONES, publicSubnetIds: ['subnet-1', 'subnet-2', 'subnet-3'], privateSubnetIds: ['subnet-4', 'subnet-5', 'subnet-6'],
  });
  new PlatformService(stack, 'Api', { vpc, ...release, ingress: ingress(stack) });
  const template = Template.fromStack(stack);
  const groups = Object.entries(template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup'))
    .map(([id, { Properties }]) => [id, REPLACING.map((name) => Properties[name])]);
  return JSON.stringify([template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'), groups]);
}

test('stays the same, byte for byte, whatever changes from one release to the next', () => {
  fc.assert(fc.property(ingresses, releases, releases, (ingress, one, other) => {
    expect(ruleOf(ingress, other, 'b')).toBe(ruleOf(ingress, one, 'a'));
  }), { numRuns: 25 });
});

test('stays the same between any two rollouts', () => {
  const openTo = Audience.internet();
  const rules = ROLLOUTS.map((define) => ruleOf((stack) => Ingress.https({ openTo, certificate: certificateIn(stack) }), { image: IMAGE, rollout: define() }));

  expect(new Set(rules).size).toBe(1);
});

test('stays the same when the service is reached otherwise, by the same kind of load balancer', () => {
  fc.assert(fc.property(ingresses, ingresses, releases, (one, other, release) => {
    const [kindOfOne, kindOfOther] = [one, other].map((it) => it(stackOf()).openTo.internetFacing);

    expect(ruleOf(other, release) === ruleOf(one, release)).toBe(kindOfOne === kindOfOther);
  }), { numRuns: 8 });
});

test('names other target groups when the load balancer must be another, since a group belongs to one', () => {
  const certificate = (stack: Stack) => certificateIn(stack);
  const release = { image: IMAGE };

  const publicly = ruleOf((stack) => Ingress.https({ openTo: Audience.internet(), certificate: certificate(stack) }), release);
  const privately = ruleOf((stack) => Ingress.https({ openTo: Audience.network('10.0.0.0/8'), certificate: certificate(stack) }), release);

  expect([publicly.includes('PublicBlue'), privately.includes('PrivateBlue')]).toEqual([true, true]);
});

test('declares both target groups, the first of which serves until ECS says otherwise', () => {
  const stack = stackOf();
  new PlatformService(stack, 'Api', {
    vpc: vpcIn(stack), image: ServiceImage.fromRegistry(`nginx@sha256:${'0'.repeat(64)}`), ingress: Ingress.https({ openTo: Audience.internet(), domain }),
  });

  Template.fromStack(stack).templateMatches({
    Resources: {
      ApiIngressProductionRule7DA5EAA1: {
        Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
        Properties: {
          Priority: 1,
          Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
          Actions: [{
            Type: 'forward',
            ForwardConfig: { TargetGroups: [{ TargetGroupArn: { Ref: 'ApiIngressPublicBlue643CF5C7' }, Weight: 100 }, { TargetGroupArn: { Ref: 'ApiIngressPublicGreen51131AF2' }, Weight: 0 }] },
          }],
          ListenerArn: { Ref: 'ApiIngressLoadBalancerHttpsC6C2B17B' },
        },
      },
    },
  });
});
