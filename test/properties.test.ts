import { type App, Aws, Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as fc from 'fast-check';
import { appOf, certificateIn, ENV, IMAGE, stackOf, vpcIn } from './support';
import { ConfigStore } from '../src/environment/config-store';
import { PlatformEnvironment } from '../src/environment/platform-environment';
import { PlatformStage } from '../src/environment/platform-stage';
import { ServiceConfig } from '../src/environment/service-config';
import { Tier } from '../src/environment/tier';
import { ManagedPostgres } from '../src/managed-postgres/managed-postgres';
import { PostgresVersion } from '../src/managed-postgres/postgres-version';
import { PlatformNetwork } from '../src/network/platform-network';
import { Audience } from '../src/platform-service/audience';
import { Ingress } from '../src/platform-service/ingress';
import { PlatformService } from '../src/platform-service/platform-service';
import { Rollout } from '../src/platform-service/rollout';
import { Scaling } from '../src/platform-service/scaling';
import { InvalidValue } from '../src/private/invalid';

/** `[path] 'prop' must …, got …; remedy`, without a full stop. */
const HOUSE_FORM = /^\[[^\]]+\] '[^']+' .*must .+; .*[^.]$/s;

/** How often each property is tried: `PROPERTY_RUNS=1000` looks harder. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 25);

/** Whatever the props: they are refused in the words of this package, or the app synthesises, and its templates are sound. */
function refusedOrSound<T>(props: fc.Arbitrary<T>, define: (props: T) => Stack): void {
  let sound = 0;
  fc.assert(fc.property(props, (it) => {
    let stack: Stack;
    try {
      stack = define(it);
    } catch (error) {
      expect((error as Error).message).toMatch(HOUSE_FORM);
      expect(error).toBeInstanceOf(InvalidValue);
      return;
    }
    (stack.node.root as App).synth();
    sound++;
  }), { numRuns: RUNS });
  expect(sound).toBeGreaterThan(0);
}

/** Mostly what is right, now and then what is not, and now and then nothing. */
function mostly<T>(right: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ arbitrary: right, weight: 20 }, { arbitrary: odd, weight: 1 }, { arbitrary: fc.constant(undefined), weight: 6 });
}

/** Without the props that are not given at all. */
function given<T extends object>(props: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as any;
}

const tier = fc.constantFrom(Tier.DEV, Tier.STAGING, Tier.PROD);
const flag = fc.boolean();
const oddNumber = fc.constantFrom(-1, 0, 0.5, 1e9, NaN, Infinity, Token.asNumber(Fn.importValue('Elsewhere')));
const oddText = fc.constantFrom('', ' ', 'ä', 'a b', '../..', '-', '0', 'x'.repeat(300), '${Token}', "'", 'a\nb', '*');
const oddDuration = fc.constantFrom(Duration.millis(1500), Duration.seconds(0), Duration.seconds(90), Duration.days(400), Duration.hours(1));
const minutes = fc.integer({ min: 0, max: 120 }).map((it) => Duration.minutes(it));
const ipv4Range = fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 16, max: 28 })).map(([a, b, mask]) => `${a}.${b}.0.0/${mask}`);

test('a network', () => {
  const SERVICES = [
    ec2.InterfaceVpcEndpointAwsService.ECR, ec2.InterfaceVpcEndpointAwsService.KMS, ec2.InterfaceVpcEndpointAwsService.SSM, ec2.InterfaceVpcEndpointAwsService.STS,
  ];
  const props = fc.record({
    tier,
    zones: fc.integer({ min: 2, max: 6 }),
    cidr: mostly(
      fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 16, max: 20 })).map(([a, b, mask]) => `${a}.${b}.0.0/${mask}`),
      fc.oneof(oddText, ipv4Range, fc.constantFrom('10.0.0.1/16', '10.0.0.0/8', '256.0.0.0/16', '10.0.0.0', '10.0.128.0/16', Aws.STACK_NAME))),
    natGateways: mostly(fc.integer({ min: 1, max: 2 }), fc.oneof(oddNumber, fc.integer({ min: 3, max: 9 }))),
    interfaceEndpoints: mostly(fc.uniqueArray(fc.constantFrom(...SERVICES)), fc.constant([SERVICES[0], SERVICES[0]])),
  });

  refusedOrSound(props, ({ zones, tier: of, ...rest }) => {
    const stack = stackOf(of, { [`availability-zones:account=${ENV.account}:region=${ENV.region}`]: ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, zones).map((it) => `eu-west-1${it}`) });
    new PlatformNetwork(stack, 'Network', given(rest));
    return stack;
  });
});

test('a service', () => {
  const audience = fc.oneof(
    { arbitrary: fc.constant(() => Audience.internet()), weight: 3 },
    { arbitrary: fc.array(fc.oneof({ arbitrary: ipv4Range, weight: 20 }, oddText), { minLength: 1, maxLength: 3 }).map((cidrs) => () => Audience.network(...cidrs)), weight: 3 },
    fc.array(ipv4Range, { maxLength: 5 }).map((cidrs) => () => Audience.internetFrom(...cidrs)),
    fc.oneof({ arbitrary: fc.constant('pl-3b927c52'), weight: 5 }, oddText).map((id) => () => Audience.cloudFront(id)),
  );
  const domain = fc.record({
    name: fc.oneof({ arbitrary: fc.constant('shop.example.com'), weight: 8 }, oddText),
    hostedZoneId: fc.oneof({ arbitrary: fc.constant('Z0123456789ABCDEFGHIJ'), weight: 8 }, oddText),
  });
  const ingress = fc.record({
    audience,
    domain: fc.option(domain, { nil: undefined }),
    certificate: fc.oneof({ arbitrary: fc.constant(true), weight: 3 }, fc.constant(false)),
    healthPath: mostly(fc.constantFrom('/', '/health', '/a/b?c=d'), oddText),
    port: mostly(fc.integer({ min: 1024, max: 65535 }), fc.oneof(oddNumber, fc.integer({ min: 0, max: 1023 }))),
  });
  const rollout = fc.record({
    blueGreen: fc.oneof({ arbitrary: fc.constant(false), weight: 2 }, fc.constant(true)),
    bake: mostly(minutes, oddDuration),
    maxErrorPercent: mostly(fc.integer({ min: 1, max: 100 }), oddNumber),
    maxLatency: mostly(minutes, oddDuration),
  });
  const scaling = fc.record({
    min: mostly(fc.integer({ min: 2, max: 5 }), oddNumber),
    max: mostly(fc.integer({ min: 5, max: 50 }), oddNumber),
    targetPercent: mostly(fc.integer({ min: 10, max: 90 }), oddNumber),
  });
  const config = fc.record({
    variables: mostly(fc.dictionary(fc.constantFrom('LOG_LEVEL', 'MODE', 'B'), fc.oneof(fc.string(), oddText)), fc.dictionary(fc.oneof(oddText, fc.constantFrom('APPCONFIG_PROFILES', 'A')), oddText)),
    secrets: mostly(fc.subarray(['STRIPE_API_KEY', 'TOKEN', 'A']), fc.array(oddText)),
    secretName: fc.oneof({ arbitrary: fc.constant('prod/api'), weight: 20 }, fc.constant(undefined), oddText),
    flags: mostly(fc.subarray(['new-checkout', 'fastSearch', 'off', 'a']), fc.array(oddText)),
    inSecretsManager: flag,
  });
  const props = fc.record({
    tier,
    ingress: fc.option(ingress, { nil: undefined }),
    rollout: fc.option(rollout, { nil: undefined }),
    scaling: fc.option(scaling, { nil: undefined }),
    config: fc.option(config, { nil: undefined }),
    size: fc.oneof(
      { arbitrary: fc.constantFrom([256, 512], [512, 1024], [1024, 3072], [4096, 30720], [16384, 122880]), weight: 8 },
      fc.tuple(fc.oneof(fc.constantFrom(256, 1024), oddNumber), fc.oneof(fc.constantFrom(512, 8192), oddNumber)),
      fc.tuple(fc.constantFrom(undefined, 1024), fc.constantFrom(undefined, 2048))),
    architecture: fc.constantFrom(undefined, ecs.CpuArchitecture.ARM64, ecs.CpuArchitecture.X86_64),
    command: mostly(fc.constantFrom(['node', 'worker.js'], []), fc.array(oddText)),
    healthCommand: mostly(fc.constantFrom(['CMD', 'true'], ['CMD-SHELL', 'curl -f http://localhost']), fc.array(oddText, { minLength: 1 })),
    user: mostly(fc.constantFrom('1000', '1000:1000', 'node', 'node:node'), fc.oneof(oddText, fc.constantFrom('root', '0', 'root:root', '00:1'))),
    writablePaths: mostly(fc.subarray(['/tmp', '/var/run', '/srv/cache']), fc.oneof(fc.array(oddText), fc.constantFrom(['/tmp', '/tmp'], ['/'], ['tmp'], ['/tmp/'])),
    ),
    isolated: flag,
  });

  refusedOrSound(props, (it) => {
    const stack = stackOf(it.tier);
    const { ingress: front, size: [cpu, memoryLimitMiB], isolated, rollout: change, scaling: range, config: settings } = it;
    const vpc = isolated
      ? new ec2.Vpc(stack, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false, subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }, { name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] })
      : vpcIn(stack);
    new PlatformService(stack, 'Api', {
      vpc,
      image: IMAGE,
      ...given({ cpu, memoryLimitMiB, architecture: it.architecture, command: it.command, healthCommand: it.healthCommand, user: it.user, writablePaths: it.writablePaths }),
      ingress: front && Ingress.https({
        openTo: front.audience(), ...given({ domain: front.domain, healthPath: front.healthPath, port: front.port }), certificate: front.certificate ? certificateIn(stack) : undefined,
      }),
      rollout: change && (change.blueGreen ? Rollout.blueGreen : Rollout.rolling)(given({ bake: change.bake, maxErrorPercent: change.maxErrorPercent, maxLatency: change.maxLatency })),
      scaling: range && Scaling.cpu(given(range)),
      config: settings && new ServiceConfig({ ...given({ ...settings, inSecretsManager: undefined }), store: settings.inSecretsManager ? ConfigStore.secretsManager() : undefined }),
    });
    return stack;
  });
});

test('a database', () => {
  const identifier = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);
  const props = fc.record({
    tier,
    version: fc.constantFrom(PostgresVersion.V15, PostgresVersion.V16, PostgresVersion.V17, PostgresVersion.V18),
    databaseName: mostly(identifier, fc.oneof(oddText, fc.constantFrom('postgres', 'rdsadmin', 'select', 'Orders'))),
    schema: mostly(identifier, fc.oneof(oddText, fc.constantFrom('public', 'pg_orders', 'app'))),
    instanceType: mostly(
      fc.constantFrom('t4g.medium', 'm7g.large', 'r8g.4xlarge', 't4g.micro').map((it) => new ec2.InstanceType(it)),
      fc.constantFrom('db.t4g.medium', 'x2g.large', '', 'large').map((it) => new ec2.InstanceType(it))),
    allocatedStorage: mostly(fc.integer({ min: 20, max: 5000 }), fc.oneof(oddNumber, fc.integer({ min: 0, max: 65537 }))),
    maxAllocatedStorage: mostly(fc.integer({ min: 5500, max: 65536 }), fc.oneof(oddNumber, fc.integer({ min: 0, max: 65537 }))),
    port: mostly(fc.integer({ min: 1150, max: 65535 }), oddNumber),
    backupRetention: mostly(fc.integer({ min: 1, max: 35 }).map((it) => Duration.days(it)), oddDuration),
    parameters: mostly(fc.dictionary(fc.constantFrom('work_mem', 'log_lock_waits'), fc.constantFrom('0', '1')), fc.dictionary(fc.oneof(oddText, fc.constant('log_statement')), oddText)),
    connectionsPerTask: mostly(fc.integer({ min: 1, max: 5 }), fc.oneof(oddNumber, fc.constant(100))),
    variablePrefix: mostly(fc.constantFrom('PG', 'ORDERS', 'ORDERS_PG'), oddText),
  });

  refusedOrSound(props, ({ tier: of, ...rest }) => {
    const stack = stackOf(of);
    const vpc = vpcIn(stack);
    const orders = new ManagedPostgres(stack, 'Orders', { vpc, ...given(rest) });
    new PlatformService(stack, 'Worker', { vpc, image: IMAGE }).connectTo(orders);
    return stack;
  });
});

test('an environment and the configuration of its services', () => {
  const props = fc.record({
    name: fc.oneof({ arbitrary: fc.constantFrom('dev', 'prod', 'prod-us'), weight: 8 }, oddText),
    tier,
    account: fc.oneof({ arbitrary: fc.constant(ENV.account), weight: 8 }, oddText),
    region: fc.oneof({ arbitrary: fc.constantFrom('eu-west-1', 'us-gov-west-1', 'cn-north-1'), weight: 8 }, oddText),
    zones: fc.oneof({ arbitrary: fc.subarray(['a', 'b', 'c', 'd'], { minLength: 2 }), weight: 8 }, fc.array(oddText)),
    domain: fc.option(fc.record({ name: fc.oneof({ arbitrary: fc.constantFrom('shop.example.com', 'a.io', 'x-1.shop.example.museum'), weight: 8 }, fc.domain(), oddText), hostedZoneId: fc.oneof({ arbitrary: fc.constant('Z0123456789ABCDEFGHIJ'), weight: 8 }, oddText) }), { nil: undefined }),
    variables: fc.dictionary(fc.oneof({ arbitrary: fc.stringMatching(/^[A-Z_]{1,10}$/), weight: 20 }, oddText), fc.string(), { maxKeys: 3 }),
    secrets: fc.uniqueArray(fc.oneof({ arbitrary: fc.stringMatching(/^[A-Z]{3,6}_KEY$/), weight: 20 }, oddText), { maxLength: 3 }),
    secretName: fc.oneof({ arbitrary: fc.constant('prod/api'), weight: 20 }, fc.constant(undefined), oddText, fc.constantFrom('prod-secret', 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:prod')),
    flags: fc.uniqueArray(fc.oneof({ arbitrary: fc.stringMatching(/^[a-z][a-z-]{0,10}$/), weight: 20 }, oddText), { maxLength: 3 }),
    inSecretsManager: flag,
  });

  refusedOrSound(props, ({ variables, secrets, secretName, flags, inSecretsManager, zones, ...where }) => {
    const environment = new PlatformEnvironment({
      ...given(where) as typeof where,
      zones: zones.map((it) => `${where.region}${it}`),
      services: {
        api: new ServiceConfig({ variables, secrets, flags, ...given({ secretName }), store: inSecretsManager ? ConfigStore.secretsManager() : undefined }),
      },
    });
    const stack = new Stack(new PlatformStage(appOf(), 'Shop', { environment }), 'Shop');
    new PlatformService(stack, 'Api', { vpc: vpcIn(stack), image: IMAGE, config: environment.config('api') });
    return stack;
  });
});
