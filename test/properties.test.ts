import { Aws, CfnResource, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { appOf, certificateIn, ENV, stackOf, vpcIn, workerProps } from './support';
import * as fc from './support/fast-check';
import { given, mostly, oddDuration, oddNumber, oddText, optional, rarely, refusedOrSound, tier } from './support/refused-or-sound';
import { ConfigStore } from '../src/environment/config-store';
import { PlatformEnvironment } from '../src/environment/platform-environment';
import { PlatformStage } from '../src/environment/platform-stage';
import { ServiceConfig } from '../src/environment/service-config';
import { ManagedPostgres } from '../src/managed-postgres/managed-postgres';
import { PostgresVersion } from '../src/managed-postgres/postgres-version';
import { PlatformNetwork } from '../src/network/platform-network';
import { Audience } from '../src/platform-service/audience';
import { Ingress } from '../src/platform-service/ingress';
import { PlatformService } from '../src/platform-service/platform-service';
import { Rollout } from '../src/platform-service/rollout';
import { Scaling } from '../src/platform-service/scaling';
import { InvalidValue } from '../src/private/invalid';

const minutes = fc.integer({ min: 0, max: 120 }).map((it) => Duration.minutes(it));
const ipv4Range = fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 16, max: 28 })).map(([a, b, mask]) => `${a}.${b}.0.0/${mask}`);

const ENDPOINTS = [
  ec2.InterfaceVpcEndpointAwsService.ECR, ec2.InterfaceVpcEndpointAwsService.KMS, ec2.InterfaceVpcEndpointAwsService.SSM, ec2.InterfaceVpcEndpointAwsService.STS,
];

const networkProps = fc.record({
  cidr: mostly(
    fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 16, max: 20 })).map(([a, b, mask]) => `${a}.${b}.0.0/${mask}`),
    fc.oneof(oddText, ipv4Range, fc.constantFrom('10.0.0.1/16', '10.0.0.0/8', '256.0.0.0/16', '10.0.0.0', '10.0.128.0/16', Aws.STACK_NAME))),
  natGateways: mostly(fc.integer({ min: 1, max: 2 }), fc.oneof(oddNumber, fc.integer({ min: 3, max: 9 }))),
  interfaceEndpoints: mostly(fc.subarray(ENDPOINTS), fc.constant<ec2.InterfaceVpcEndpointAwsService[]>([...ENDPOINTS, ENDPOINTS[0]])),
});

const audience = fc.oneof(
  { arbitrary: fc.constant(() => Audience.internet()), weight: 3 },
  { arbitrary: fc.array(rarely(oddText, ipv4Range), { minLength: 1, maxLength: 3 }).map((cidrs) => () => Audience.network(...cidrs)), weight: 3 },
  fc.array(ipv4Range, { maxLength: 5 }).map((cidrs) => () => Audience.internetFrom(...cidrs)),
  rarely(oddText, fc.constant('pl-3b927c52')).map((id) => () => Audience.cloudFront(id)),
);

const domain = fc.record({
  name: rarely(fc.oneof(oddText, fc.domain()), fc.constantFrom('shop.example.com', 'a.io', 'x-1.shop.example.museum')),
  hostedZoneId: rarely(oddText, fc.constant('Z0123456789ABCDEFGHIJ')),
});

const ingressOptions = fc.record({
  domain: fc.option(domain, { nil: undefined }),
  healthPath: mostly(fc.constantFrom('/', '/health', '/a/b?c=d'), oddText),
  port: mostly(fc.integer({ min: 1024, max: 65535 }), fc.oneof(oddNumber, fc.integer({ min: 0, max: 1023 }))),
  healthyHttpCodes: rarely(oddText, fc.constantFrom('200', '200,204', '200-299')),
  idleTimeout: mostly(fc.integer({ min: 60, max: 4000 }).map((it) => Duration.seconds(it)), oddDuration),
  deregistrationDelay: rarely(oddDuration, fc.integer({ min: 200, max: 3600 }).map((it) => Duration.seconds(it))),
});

const strategy = fc.constantFrom(Rollout.rolling, Rollout.blueGreen, Rollout.canary, Rollout.linear);

const rolloutOptions = fc.record({
  bake: mostly(minutes, oddDuration),
  percent: mostly(fc.integer({ min: 30, max: 999 }).map((it) => it / 10), oddNumber),
  stepBake: mostly(minutes, oddDuration),
  maxErrorPercent: mostly(fc.integer({ min: 1, max: 100 }), oddNumber),
  maxLatency: mostly(fc.integer({ min: 1, max: 60 }).map((it) => Duration.seconds(it)), oddDuration),
});

const scalingOptions = fc.record({
  min: mostly(fc.integer({ min: 2, max: 5 }), oddNumber),
  max: mostly(fc.integer({ min: 5, max: 50 }), oddNumber),
  targetPercent: mostly(fc.integer({ min: 10, max: 90 }), oddNumber),
});

const configProps = fc.record({
  variables: rarely(
    fc.dictionary(fc.oneof(oddText, fc.constantFrom('APPCONFIG_PROFILES', 'A')), oddText),
    fc.dictionary(fc.constantFrom('LOG_LEVEL', 'MODE', 'B'), fc.oneof(fc.string(), oddText))),
  secrets: rarely(fc.array(oddText), fc.subarray(['STRIPE_API_KEY', 'TOKEN', 'A'])),
  secretName: rarely<string | undefined>(
    fc.oneof(oddText, fc.constantFrom(undefined, 'prod-secret', 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:prod')), fc.constant('prod/api')),
  flags: rarely(fc.array(oddText), fc.subarray(['new-checkout', 'fastSearch', 'off', 'a'])),
  store: fc.constantFrom(ConfigStore.taskDefinition(), ConfigStore.secretsManager()),
});

const size = fc.oneof(
  { arbitrary: fc.constantFrom([256, 512], [512, 1024], [1024, 3072], [4096, 30720], [16384, 122880]), weight: 20 },
  fc.tuple(fc.oneof(fc.constantFrom(256, 1024), oddNumber), fc.oneof(fc.constantFrom(512, 8192), oddNumber)),
).map(([cpu, memoryLimitMiB]) => ({ cpu, memoryLimitMiB }));

const containerProps = fc.record({
  architecture: fc.constantFrom(undefined, ecs.CpuArchitecture.ARM64, ecs.CpuArchitecture.X86_64),
  command: mostly(fc.constantFrom<string[]>(['node', 'worker.js'], []), fc.array(oddText)),
  healthCommand: mostly(fc.constantFrom<string[]>(['CMD', 'true'], ['CMD-SHELL', 'curl -f http://localhost']), fc.array(oddText)),
  stopTimeout: mostly(fc.integer({ min: 1, max: 120 }).map((it) => Duration.seconds(it)), oddDuration),
  user: mostly(fc.constantFrom('1000', '1000:1000', 'node', 'node:node'), fc.oneof(oddText, fc.constantFrom('root', '0', 'root:root', '00:1'))),
  writablePaths: mostly(
    fc.subarray(['/tmp', '/var/run', '/srv/cache']), fc.oneof(fc.array(oddText), fc.constantFrom<string[]>(['/tmp', '/tmp'], ['/'], ['tmp'], ['/tmp/']))),
});

const identifier = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);

const databaseProps = fc.record({
  version: fc.constantFrom(PostgresVersion.V15, PostgresVersion.V16, PostgresVersion.V17, PostgresVersion.V18),
  databaseName: mostly(identifier, fc.oneof(oddText, fc.constantFrom('postgres', 'rdsadmin', 'select', 'Orders'))),
  extensions: mostly(fc.subarray(['citext', 'uuid-ossp', 'pg_trgm']), fc.oneof(fc.array(oddText), fc.constantFrom<string[]>(['pg_cron'], ['PostGIS']))),
  schema: mostly(identifier, fc.oneof(oddText, fc.constantFrom('public', 'pg_orders', 'app'))),
  instanceType: mostly(
    fc.constantFrom('t4g.medium', 'm7g.large', 'r8g.4xlarge', 't4g.micro').map((it) => new ec2.InstanceType(it)),
    fc.constantFrom('db.t4g.medium', 'x2g.large', '', 'large').map((it) => new ec2.InstanceType(it))),
  allocatedStorage: mostly(fc.integer({ min: 20, max: 5000 }), fc.oneof(oddNumber, fc.integer({ min: 0, max: 65537 }))),
  maxAllocatedStorage: mostly(fc.integer({ min: 5500, max: 65536 }), fc.oneof(oddNumber, fc.integer({ min: 0, max: 65537 }))),
  port: mostly(fc.integer({ min: 1150, max: 65535 }), oddNumber),
  backupRetention: mostly(fc.integer({ min: 1, max: 35 }).map((it) => Duration.days(it)), oddDuration),
  parameters: mostly(
    fc.dictionary(fc.constantFrom('work_mem', 'log_lock_waits'), fc.constantFrom('0', '1')),
    fc.dictionary(fc.oneof(oddText, fc.constant('log_statement')), oddText)),
  connectionsPerTask: mostly(fc.integer({ min: 1, max: 5 }), fc.oneof(oddNumber, fc.constant(100))),
  variablePrefix: mostly(fc.constantFrom('PG', 'ORDERS', 'ORDERS_PG'), oddText),
});

const environmentProps = fc.record({
  name: rarely(oddText, fc.constantFrom('dev', 'prod', 'prod-us')),
  tier,
  account: rarely(oddText, fc.constant(ENV.account)),
  region: rarely(oddText, fc.constantFrom('eu-west-1', 'us-gov-west-1', 'cn-north-1')),
  zones: rarely(fc.array(oddText), fc.subarray(['a', 'b', 'c', 'd'], { minLength: 2 })),
  domain: fc.option(domain, { nil: undefined }),
});

test('a network is sound whatever its props, or they are refused', () => {
  const zones = fc.subarray(['a', 'b', 'c', 'd', 'e', 'f'], { minLength: 2 }).map((letters) => letters.map((it) => `${ENV.region}${it}`));

  refusedOrSound(fc.tuple(tier, zones, networkProps), ([of, zonesOfRegion, props]) => {
    const stack = stackOf(of, { [`availability-zones:account=${ENV.account}:region=${ENV.region}`]: zonesOfRegion });
    new PlatformNetwork(stack, 'Network', given(props));
    return stack;
  });
});

test('a worker is sound whatever its props, or they are refused', () => {
  const parts = fc.tuple(tier, size, containerProps, optional(scalingOptions), optional(configProps));

  refusedOrSound(parts, ([of, taskSize, container, scaling, config]) => {
    const stack = stackOf(of);
    new PlatformService(stack, 'Worker', {
      ...workerProps(vpcIn(stack)),
      ...taskSize,
      ...given(container),
      scaling: scaling && Scaling.cpu(given(scaling)),
      config: config && new ServiceConfig(given(config)),
    });
    return stack;
  });
});

test('a web service is sound whatever its props, or they are refused', () => {
  const parts = fc.tuple(tier, audience, ingressOptions, rarely(fc.constant(false), fc.constant(true)), strategy, optional(rolloutOptions));

  refusedOrSound(parts, ([of, openTo, ingress, certified, rolloutOf, rollout]) => {
    const stack = stackOf(of);
    const certificate = certified ? certificateIn(stack) : undefined;
    new PlatformService(stack, 'Api', {
      ...workerProps(vpcIn(stack)),
      ingress: Ingress.https({ ...given(ingress), openTo: openTo(), certificate }),
      rollout: rollout && rolloutOf(given(rollout)),
    });
    return stack;
  });
});

test('a database is sound whatever its props, or they are refused, also when a service connects', () => {
  refusedOrSound(fc.tuple(tier, databaseProps), ([of, props]) => {
    const stack = stackOf(of);
    const vpc = vpcIn(stack);
    const orders = new ManagedPostgres(stack, 'Orders', { ...given(props), version: props.version, vpc });
    new PlatformService(stack, 'Worker', workerProps(vpc)).connectTo(orders);
    return stack;
  });
});

test('an environment is sound whatever its props, or they are refused, also when a service reads its configuration', () => {
  refusedOrSound(fc.tuple(environmentProps, configProps), ([props, config]) => {
    const zones = props.zones.map((it) => `${props.region}${it}`);
    const environment = new PlatformEnvironment({ ...props, zones, services: { api: new ServiceConfig(given(config)) } });
    const stack = new Stack(new PlatformStage(appOf(), 'Shop', { environment }), 'Shop');
    new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), config: environment.config('api') });
    return stack;
  });
});

test("a refusal in another's words would be seen", () => {
  const inOtherWords = new InvalidValue('At least one argument must be supplied for health check command.');

  expect(() => refusedOrSound(fc.constant(1), () => { throw inOtherWords; })).toThrow('Property failed after 1 tests');
});

test('a template that is not sound would be seen', () => {
  const withBadSize = () => {
    const stack = stackOf();
    new CfnResource(stack, 'Task', { type: 'AWS::ECS::TaskDefinition', properties: { RequiresCompatibilities: ['FARGATE'], Cpu: '7', Memory: '512' } });
    return stack;
  };

  expect(() => refusedOrSound(fc.constant(1), withBadSize)).toThrow('Property failed after 1 tests');
});
