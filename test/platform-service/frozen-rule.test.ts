import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, NestedStack, Stack, type TagProps, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { ConfigStore } from '../../src/environment/config-store';
import { PlatformEnvironment } from '../../src/environment/platform-environment';
import { PlatformStage } from '../../src/environment/platform-stage';
import { ServiceConfig } from '../../src/environment/service-config';
import { Tier } from '../../src/environment/tier';
import { ServiceImage } from '../../src/fargate-task/service-image';
import { Audience } from '../../src/platform-service/audience';
import { Ingress } from '../../src/platform-service/ingress';
import { PlatformService } from '../../src/platform-service/platform-service';
import type { PlatformServiceProps } from '../../src/platform-service/platform-service-props';
import { Rollout } from '../../src/platform-service/rollout';
import { Scaling } from '../../src/platform-service/scaling';
import { certificateIn, ENV, IMAGE, stackOf, vpcIn, webProps, ZONES } from '../support';
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
  healthyHttpCodes: fc.constantFrom(undefined, '200-299'),
  idleTimeout: fc.constantFrom(undefined, Duration.minutes(5)),
  deregistrationDelay: fc.constantFrom(undefined, Duration.minutes(2)),
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
    stepBake: fc.integer({ min: 1, max: 50 }).map((it) => Duration.minutes(it)),
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
function ruleOf(ingress: (stack: Stack) => Ingress, release: Omit<PlatformServiceProps, 'vpc' | 'ingress'>): string {
  const stack = stackOf(release.tier);
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
    expect(ruleOf(ingress, other)).toBe(ruleOf(ingress, one));
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

/*
 * CloudFormation hands the tags of a stack on to its listener rules, so they belong to the rule as much as its
 * template.
 */

const PLACES = ['app', 'stage', 'stack', 'construct'] as const;

interface Tagging {
  readonly tagged: (typeof PLACES)[number][];
  readonly value: string;
  readonly prop?: { [key: string]: string };
  readonly only?: TagProps;
  readonly environment: string;
  readonly flags: { [flag: string]: boolean };
}

const tagging: fc.Arbitrary<Tagging> = fc.record({
  tagged: fc.subarray([...PLACES]),
  value: fc.constantFrom('0c1d', '7f3a'),
  prop: fc.constantFrom<Tagging['prop'][]>(undefined, { team: 'shop' }, { team: 'platform', commit: '0c1d' }),
  only: fc.constantFrom<(TagProps | undefined)[]>(undefined, {
    includeResourceTypes: ['aws:cdk:stack', 'AWS::ElasticLoadBalancingV2::ListenerRule'],
  }),
  environment: fc.constantFrom('prod', 'prod-eu'),
  flags: fc.constantFrom<Tagging['flags'][]>({}, { '@aws-cdk/core:explicitStackTags': true }),
});

/** The production rule of a service, and all tags that CloudFormation would hand on to it. */
function taggedRule(how: Tagging, isNested: boolean): unknown {
  const app = new App({ context: how.flags });
  const environment = new PlatformEnvironment({ name: how.environment, tier: Tier.PROD, ...ENV, zones: ZONES });
  const stage = new PlatformStage(app, 'Prod', { environment });
  const stack = new Stack(stage, 'Shop', { tags: how.prop });
  const home = isNested ? new NestedStack(stack, 'Nested') : stack;
  const service = new PlatformService(home, 'Api', webProps(home, vpcIn(home)));
  const scopes = { app, stage, stack, construct: service };
  how.tagged.forEach((it) => Tags.of(scopes[it]).add('commit', how.value, how.only));

  const rules = Template.fromStack(home).findResources('AWS::ElasticLoadBalancingV2::ListenerRule');
  const nested = Object.values(Template.fromStack(stack).findResources('AWS::CloudFormation::Stack'))
    .map(({ Properties }) => Properties.Tags);
  return [rules, nested, stage.synth().getStackArtifact(stack.artifactId).tags];
}

test.each([false, true])('stays the same whatever tags change, in a nested stack: %p', (isNested) => {
  fc.assert(fc.property(tagging, tagging, (one, other) => {
    expect(taggedRule(other, isNested)).toEqual(taggedRule(one, isNested));
  }), { numRuns: 8 });
});

test.each([false, true])('has no tags that could change, in a nested stack: %p', (isNested) => {
  const everywhere: Tagging = {
    tagged: [...PLACES], value: '0c1d', prop: { team: 'shop' }, only: undefined, environment: 'prod', flags: {},
  };
  const [rules, nested, tags] = taggedRule(everywhere, isNested) as any[];

  expect(Object.values<any>(rules).map(({ Properties }) => 'Tags' in Properties)).toEqual([false]);
  expect([nested, tags]).toEqual([isNested ? [undefined] : [], {}]);
});

test('leaves every other resource of the stack the tags that the stack was given, the weaker ones', () => {
  const stack = new Stack(new App(), 'Shop', { env: ENV, tags: { team: 'shop', part: 'web' } });
  new PlatformService(stack, 'Api', webProps(stack, vpcIn(stack)));
  const topic = new sns.Topic(stack, 'Topic');
  Tags.of(topic).add('part', 'news');

  Template.fromStack(stack).hasResourceProperties('AWS::SNS::Topic', {
    Tags: [{ Key: 'part', Value: 'news' }, { Key: 'team', Value: 'shop' }],
  });
  Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    Tags: [{ Key: 'part', Value: 'web' }, { Key: 'team', Value: 'shop' }],
  });
});

test('leaves a stack that has no such rule, and one that is merely defined inside, their tags', () => {
  const app = new App();
  const stack = new Stack(app, 'Shop', { env: ENV, tags: { team: 'shop' } });
  const data = new Stack(stack, 'Data', { env: ENV, tags: { team: 'data' } });
  new sns.Topic(data, 'Topic');
  new PlatformService(stack, 'Api', webProps(stack, vpcIn(stack)));

  expect(app.synth().getStackArtifact(data.artifactId).tags).toEqual({ team: 'data' });
  Template.fromStack(data).hasResourceProperties('AWS::SNS::Topic', { Tags: Match.absent() });
});

test.each([
  ['warns', '{ "app": "npx tsx app.ts", "tags": [{ "Key": "commit", "Value": "0c1d" }] }', 1],
  ['does not warn', '{ "app": "npx tsx app.ts" }', 0],
])('%s of tags that only the deployment adds, where cdk.json is %s', (_, json, warnings) => {
  const before = process.cwd();
  const directory = mkdtempSync(join(tmpdir(), 'cdk-json-'));
  writeFileSync(join(directory, 'cdk.json'), json);
  process.chdir(directory);
  try {
    const stack = stackOf();
    const vpc = vpcIn(stack);
    ['Api', 'Site'].forEach((id) => new PlatformService(stack, id, webProps(stack, vpc)));

    expect(Annotations.fromStack(stack).findWarning('/Shop', Match.stringLikeRegexp("^The 'tags' of cdk.json "
      + 'become tags of the stack'))).toHaveLength(warnings);
  } finally {
    process.chdir(before);
  }
});
