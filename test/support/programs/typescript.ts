import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { bucket, bundle, database, environment, fresh, ingress, pipeline, type Program, programs, queue, service, synth, web, world } from './program';
import { BackupSchedule } from '../../../src/backup-vault/backup-schedule';
import { BackupVault } from '../../../src/backup-vault/backup-vault';
import { PlatformBucket } from '../../../src/building-blocks/platform-bucket';
import { PlatformQueue } from '../../../src/building-blocks/platform-queue';
import { ConfigStore } from '../../../src/environment/config-store';
import { PlatformStage } from '../../../src/environment/platform-stage';
import { ServiceConfig } from '../../../src/environment/service-config';
import { Tier } from '../../../src/environment/tier';
import { ServiceImage } from '../../../src/fargate-task/service-image';
import { DatabaseAccess } from '../../../src/managed-postgres/database-access';
import { ManagedPostgres } from '../../../src/managed-postgres/managed-postgres';
import { PeopleAccess } from '../../../src/managed-postgres/people-access';
import { PlatformNetwork } from '../../../src/network/platform-network';
import { Notify } from '../../../src/observability-bundle/notify';
import { ObservabilityBundle } from '../../../src/observability-bundle/observability-bundle';
import { Gate } from '../../../src/pipeline-stack/gate';
import { PipelineStack } from '../../../src/pipeline-stack/pipeline-stack';
import { Audience } from '../../../src/platform-service/audience';
import { Ingress } from '../../../src/platform-service/ingress';
import { PlatformService } from '../../../src/platform-service/platform-service';
import { Rollout } from '../../../src/platform-service/rollout';
import { Scaling } from '../../../src/platform-service/scaling';
import { certificateIn, databaseProps, ENV, ingressIn, stackIn, stackOf, vpcIn, workerProps } from '../../support';
import * as fc from '../fast-check';

const SEED = 10;

/** Numbers outside of these bounds, and what is no number: the nearest, and some at random. */
function outside(from: number, to: number, whole = true): number[] {
  const [below, above] = [fc.integer({ min: -1e6, max: from - 1 }), fc.integer({ min: to + 1, max: to + 1e9 })]
    .map((it) => fc.sample(it, { seed: SEED, numRuns: 2 }));
  return [from - 1, to + 1, NaN, Infinity, -Infinity, ...below, ...above, ...whole ? [from + 0.5] : []];
}

/** Durations outside of these bounds, in seconds. */
function longer(from: number, to: number): Duration[] {
  const seconds = [...from > 0 ? [from - 1] : [], to + 1, ...fc.sample(fc.integer({ min: to + 1, max: to * 9 + 99 }), { seed: SEED, numRuns: 2 })];
  return [...seconds.map((it) => Duration.seconds(it)), Duration.millis(1500)];
}

const DAY = 86400;

const NUMBERS: Program[] = [
  ...programs('cpu', [0, 100, 255, 257, 768, 65536, NaN, 512.5], (cpu) => service({ cpu })),
  ...programs('memoryLimitMiB', [0, 512, 1000, 1025, 5120, 1e6, NaN, -1024], (memoryLimitMiB) => service({ memoryLimitMiB })),
  ...programs('Scaling min', outside(0, 5000), (min) => Scaling.cpu({ min })),
  ...programs('Scaling targetPercent', outside(10, 90, false), (targetPercent) => Scaling.cpu({ targetPercent })),
  ...programs('Scaling.fixed', outside(0, 5000), (count) => Scaling.fixed(count)),
  ...programs('Rollout percent', [...outside(1, 99, false), 0.05, 10.05], (percent) => Rollout.canary({ percent })),
  ...programs('Rollout.linear percent', outside(3, 99, false), (percent) => Rollout.linear({ percent })),
  ...programs('maxErrorPercent', outside(1, 100, false), (maxErrorPercent) => Rollout.canary({ maxErrorPercent })),
  ...programs('ingress port', outside(1024, 65535), (port) => ingress({ port })),
  ...programs('requestsPerAddress', outside(10, 2_000_000_000), (requestsPerAddress) => Audience.internet({ requestsPerAddress })),
  ...programs('maxReceiveCount', outside(1, 1000), (maxReceiveCount) => queue({ maxReceiveCount })),
  ...programs('database port', [...outside(1150, 65535), 0], (port) => database({ port })),
  ...programs('allocatedStorage', outside(20, 65536), (allocatedStorage) => database({ allocatedStorage })),
  ...programs('maxAllocatedStorage', outside(55, 65536), (maxAllocatedStorage) => database({ maxAllocatedStorage })),
  ...programs('connectionsPerTask', outside(1, Number.MAX_SAFE_INTEGER - 1).filter((it) => !(it > 1e9)), (connectionsPerTask) => database({ connectionsPerTask })),
  ...programs('natGateways', outside(1, 3), (natGateways) => new PlatformNetwork(world().stack, fresh('Net'), { natGateways })),
  ...programs('hour', outside(0, 23), (hour) => BackupSchedule.daily({ hour })),
  ...programs('minute', outside(0, 59), (minute) => BackupSchedule.daily({ minute })),
];

const DURATIONS: Program[] = [
  ...programs('bake', longer(0, DAY), (bake) => Rollout.blueGreen({ bake })),
  ...programs('stepBake', longer(0, DAY), (stepBake) => Rollout.canary({ stepBake })),
  ...programs('maxLatency', longer(0, 4000).slice(0, -1), (maxLatency) => Rollout.canary({ maxLatency })),
  ...programs('idleTimeout', longer(1, 4000), (idleTimeout) => ingress({ idleTimeout })),
  ...programs('deregistrationDelay', longer(0, 3600), (deregistrationDelay) => ingress({ deregistrationDelay })),
  ...programs('stopTimeout', longer(1, 120), (stopTimeout) => service({ stopTimeout })),
  ...programs('startPeriod', longer(0, 300), (startPeriod) => service({ startPeriod, healthCommand: ['node', 'healthy.js'] })),
  ...programs('healthCheckGracePeriod', longer(0, 2 ** 31 - 1), (healthCheckGracePeriod) => web({ healthCheckGracePeriod })),
  ...programs('visibilityTimeout', longer(1, DAY / 2), (visibilityTimeout) => queue({ visibilityTimeout })),
  ...programs('retention', longer(60, 14 * DAY), (retention) => queue({ retention })),
  ...programs('maxAge', longer(1, 4 * DAY), (maxAge) => queue({ maxAge })),
  ...programs('expiration', [Duration.hours(5), Duration.days(0), Duration.days(2 ** 31), Duration.millis(1)], (expiration) => bucket({ expiration })),
  ...programs('noncurrentVersionExpiration', [Duration.hours(5), Duration.days(0)], (it) => bucket({ noncurrentVersionExpiration: it })),
  ...programs('backupRetention', longer(7 * DAY, 35 * DAY), (backupRetention) => database({ backupRetention })),
  ...programs('vault retention', longer(30 * DAY, 36500 * DAY), (retention) => new BackupVault(world().stack, fresh('Vault'), { retention })),
  ...programs('timeLimit', [Duration.seconds(0), Duration.days(9), Duration.millis(1500)], (timeLimit) => PeopleAccess.bySessionManager({ timeLimit })),
  ...programs('buildTimeout', longer(600, 6 * 3600), (buildTimeout) => pipeline({ buildTimeout })),
];

const ODD_TEXTS = ['', ' ', 'ä', 'a b', '../..', '-', "'", 'a\nb', '*', '${X}', 'x'.repeat(2000)];

const TEXTS: Program[] = [
  ...programs('user', ['root', '0', '0:0', 'root:root', '', 'a b', 'Röot', '1000:', ':1000'], (user) => service({ user })),
  ...programs('writablePaths', ['', '/', 'tmp', '/etc', '/usr/bin', '/tmp/', '/a/../b', '/var', '/proc', 'C:\\tmp'], (it) => service({ writablePaths: [it] })),
  ...programs('healthCommand', [[], ['CMD'], ['CMD-SHELL'], ['CMD-SHELL', 'a', 'b']], (healthCommand) => service({ healthCommand })),
  ...programs('healthPath', ['', 'health', 'https://shop', '/a b', '/ä', `/${'a'.repeat(1024)}`], (healthPath) => ingress({ healthPath })),
  ...programs('healthyHttpCodes', ['', '600', '99', '200-', '299-200', 'ok', '200,', '500'], (healthyHttpCodes) => ingress({ healthyHttpCodes })),
  ...programs('domain', ['', 'shop', 'https://shop.example.com', 'shop.example.com.', 'Shop.example.com', 'shop_1.example.com', `${'a'.repeat(64)}.com`],
    (name) => ingress({ domain: { name, hostedZoneId: 'Z0123456789ABCDEFGHIJ' } })),
  ...programs('hostedZoneId', ['', '/hostedzone/Z0123456789', 'example.com', 'z0123'], (it) => ingress({ domain: { name: 'shop.example.com', hostedZoneId: it } })),
  ...programs('Audience.network', ['10.0.0.0', '10.0.0.0/33', '0.0.0.0/0', '10.0.0.1/8', '::/0', 'office', ''], (it) => Audience.network(it)),
  ...programs('Audience.internetFrom', ['203.0.113.7', '0.0.0.0/0', '128.0.0.0/1', ''], (it) => Audience.internetFrom(it)),
  ...programs('Audience.cloudFront', ['pl-xyz', 'com.amazonaws.global.cloudfront.origin-facing', ''], (it) => Audience.cloudFront(it)),
  ...programs('databaseName', [...ODD_TEXTS, 'Orders', 'my-orders', 'postgres', 'rdsadmin', 'template1', 'user'], (it) => database({ databaseName: it })),
  ...programs('schema', [...ODD_TEXTS, 'App', 'public', 'pg_toast', 'information_schema'], (schema) => database({ schema })),
  ...programs('extensions', [...ODD_TEXTS, 'pg_cron', 'PostGIS'], (it) => database({ extensions: [it] })),
  ...programs('variablePrefix', [...ODD_TEXTS, 'pg', '1PG'], (variablePrefix) => database({ variablePrefix })),
  ...programs('parameters', [
    { 'rds.force_ssl': '0' }, { log_statement: 'all' }, { 'pgaudit.log': 'none' }, { ssl_min_protocol_version: 'TLSv1' }, { port: '1' },
    { password_encryption: 'md5' }, { Max_Connections: '100' }, { shared_preload_libraries: 'pg_cron' }, { log_connections: '0' },
  ], (parameters) => database({ parameters })),
  ...programs('instanceType', ['', 'db.m7g.large', 'm7g', 'm7g.medium', 't4g.nano', 'm4.large', 't2.micro', 'c7g.large', 'm5.metal', 'p4d.24xlarge', 'r7g.32xlarge'],
    (it) => database({ instanceType: new ec2.InstanceType(it) })),
  ...programs('cidr', ['', '10.0.0.0', '10.0.0.0/8', '10.0.0.0/24', '10.0.0.1/16', '300.0.0.0/16', '127.0.0.0/16', '224.0.0.0/16', 'default'],
    (cidr) => new PlatformNetwork(world().stack, fresh('Net'), { cidr })),
  ...programs('allowedOrigins', ['', '*', 'http://shop.example.com', 'shop.example.com', 'https://shop.example.com/', 'https://*.example.com', 'https://x:99999'],
    (it) => bucket({ allowedOrigins: [it] })),
  ...programs('variable', ['', ' ', '1A', 'A-B', 'ä'], (variable) => queue({ variable })),
  ...programs('bucket variable', ['', ' ', '1A', 'A-B', 'ä'], (variable) => bucket({ variable })),
  ...programs('team', ['', 'a;b', 'x'.repeat(257), '<b>'], (team) => bundle({ team })),
  ...programs('runbooks', ['', 'https://wiki', 'wiki/{page}', 'https://wiki/{page}?a=b c'], (runbooks) => bundle({ runbooks })),
  ...programs('Notify.email', ['', 'me', 'me@', '@example.com', 'a b@example.com', 'me@example'], (it) => Notify.email(it)),
  ...programs('timeZone', ['', 'CET+1', 'Europe/Atlantis', 'local'], (it) => BackupSchedule.daily({ timeZone: TimeZone.of(it) })),
  ...programs('image', ['', 'nginx', 'nginx:latest', `nginx@sha256:${'0'.repeat(63)}`, 'https://ghcr.io/a/b'], (it) => ServiceImage.fromRegistry(it)),
  ...programs('image directory', ['nowhere', '/nowhere', 'test'], (it) => service({ image: ServiceImage.fromDirectory(it) })),
  ...programs('buildSecrets', ['', 'npm-token', 'GITHUB_TOKEN', 'AWS_KEY', 'PATH'], (it) => ServiceImage.fromDirectory('.', { buildSecrets: [it] })),
  ...programs('environment name', ['', 'Prod', 'prod us', 'x'.repeat(33), '1prod', 'prod_eu'], (name) => environment({ name })),
  ...programs('account', ['', '44445555666', 'acme', '4444-5555-6666', '4444555566667'], (account) => environment({ account })),
  ...programs('region', ['', 'ireland', 'eu-west', 'EU-WEST-1', 'eu-west-1a'], (region) => environment({ region })),
  ...programs('zones', [[], ['eu-west-1a'], ['eu-west-1a', 'eu-west-1a'], ['eu-west-1a', 'eu-west-2a'], ['euw1-az1', 'euw1-az2']], (zones) => environment({ zones })),
  ...programs('tier', ['dev', 'staging'], (it) => environment({ tier: Tier.named(it) })),
  ...programs('Tier.named', ['', 'production', 'PROD', 'test'], (it) => Tier.named(it)),
  ...programs('variables', ['', '1A', 'A B', 'A-B', 'ä'], (it) => new ServiceConfig({ variables: { [it]: 'a' } })),
  ...programs('secrets', ['', '1A', 'A B', 'A=B', 'sk_live_0123456789abcdef'], (it) => new ServiceConfig({ secrets: [it], secretName: 'prod/api' })),
  ...programs('secretName', ['', 'prod api', 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:api', 'prod-abcdef'], (secretName) => new ServiceConfig({ secretName })),
  ...programs('secretKeyArn', ['', 'alias/mine', 'arn:aws:kms:eu-west-1:444455556666:alias/mine', '0a1b2c3d'], (secretKeyArn) => new ServiceConfig({ secretKeyArn })),
  ...programs('flags', ['', 'New', 'a b', 'a_b', 'x'.repeat(64)], (it) => new ServiceConfig({ flags: [it] })),
  ...programs('secret variable', [
    ['PASSWORD', 'hunter2'], ['API_KEY', 'abc'], ['URL', 'postgres://app:hunter2@db/app'], ['KEY', 'AKIAIOSFODNN7EXAMPLE'],
    ['TEXT', '-----BEGIN RSA PRIVATE KEY-----'], ['STRIPE', 'sk_live_0123456789abcdef'], ['GH', `ghp_${'a'.repeat(36)}`],
  ], ([name, value]) => new ServiceConfig({ variables: { [name]: value } })),
  ...programs('repository', ['', 'shop', 'https://github.com/acme/shop', 'acme/shop/x', 'acme shop'], (repository) => pipeline({ repository })),
  ...programs('branch', ['', 'refs/heads/main', 'main..x', 'feature/*', 'a b'], (branch) => pipeline({ branch })),
  ...programs('runner', ['', 'a b', 'ubuntu,arm'], (runner) => pipeline({ runner })),
  ...programs('directory', ['', '/app', './app', '../app', 'app/'], (directory) => pipeline({ directory })),
  ...programs('nodeVersion', ['', 'lts', 'v24', '>=20'], (nodeVersion) => pipeline({ nodeVersion })),
  ...programs('cliVersion', ['', 'latest', '2', '^2.1.0'], (cliVersion) => pipeline({ cliVersion })),
  ...programs('Gate.none', ['', ' ', 'no'], (it) => Gate.none(it)),
  ...programs('allowSelfReview', ['', 'yes'], (allowSelfReview) => Gate.approval({ allowSelfReview })),
];

const CONTRADICTIONS: Program[] = [
  ['a maximum below the minimum', () => Scaling.cpu({ min: 5, max: 2 })],
  ['one task in PROD', () => service({ scaling: Scaling.fixed(1) })],
  ['a canary without an ingress', () => service({ rollout: Rollout.canary() })],
  ['blue/green without an ingress', () => service({ rollout: Rollout.blueGreen() })],
  ['a latency above the idle timeout', () => web({ rollout: Rollout.canary({ maxLatency: Duration.seconds(90) }) })],
  ['more than 33 hours of bake', () => web({ rollout: Rollout.linear({ percent: 3, stepBake: Duration.hours(2) }) })],
  ['an ingress without name and certificate', () => Ingress.https({ openTo: Audience.internet() })],
  ['an audience of nobody', () => Audience.network()],
  ['security groups of nobody', () => Audience.securityGroups()],
  ['a health check without a program', () => service({ healthCommand: [''] })],
  ['a grace period without an ingress', () => service({ healthCheckGracePeriod: Duration.minutes(1) })],
  ['a start period without a health command', () => service({ startPeriod: Duration.minutes(1) })],
  ['attempts that outlive a message', () => queue({ visibilityTimeout: Duration.hours(12), maxReceiveCount: 100 })],
  ['an age above the retention', () => queue({ retention: Duration.hours(1), maxAge: Duration.hours(2) })],
  ['storage that cannot grow', () => database({ allocatedStorage: 100, maxAllocatedStorage: 105 })],
  ['secrets without a name', () => new ServiceConfig({ secrets: ['A'] })],
  ['a variable that is a secret as well', () => new ServiceConfig({ variables: { A: 'a' }, secrets: ['A'], secretName: 'prod/api' })],
  ['a flag twice', () => new ServiceConfig({ flags: ['new', 'new'] })],
  ['the same path twice', () => service({ writablePaths: ['/tmp', '/tmp'] })],
  ['two connections with one prefix', () => service().connectTo(database(), database())],
  ['a database for too many tasks', () => service({ scaling: Scaling.fixed(1000) }).connectTo(database())],
  ['people who are let in without a way', () =>
    database({ peopleAccess: PeopleAccess.none() }).grantAccess(new iam.Role(world().stack, fresh('Role'), { assumedBy: new iam.AccountRootPrincipal() }), DatabaseAccess.readOnly())],
  ['an alarm without a name', () => web().addRollbackAlarm(new cloudwatch.Alarm(world().stack, fresh('Alarm'), {
    metric: new cloudwatch.Metric({ namespace: 'A', metricName: 'B' }), threshold: 1, evaluationPeriods: 1,
  }))],
  ['a vault that protects nothing', () => new BackupVault(world().stack, fresh('Vault')).protect()],
  ['a bundle that watches nothing', () => bundle().watch()],
  ['an endpoint twice', () => new PlatformNetwork(world().stack, fresh('Net'), { interfaceEndpoints: Array(2).fill(ec2.InterfaceVpcEndpointAwsService.ECR) })],
  ['two firewalls in one stack', () => {
    const stack = stackOf(Tier.PROD);
    const vpc = vpcIn(stack);
    [500, 900].forEach((requestsPerAddress) => new PlatformService(stack, `Web${requestsPerAddress}`, {
      ...workerProps(vpc), ingress: ingressIn(stack, Audience.internet({ requestsPerAddress })),
    }));
  }],
  ['two VPCs in one cluster', () => {
    const stack = stackOf(Tier.PROD);
    ['One', 'Two'].forEach((it) => new PlatformService(stack, it, workerProps(vpcIn(stack, `Vpc${it}`))));
  }],
  ['a stage twice in a pipeline', () => {
    const app = new App();
    const stage = new PlatformStage(app, 'Prod', { environment: environment() });
    const delivery = new PipelineStack(app, 'Delivery', { repository: 'acme/shop' });
    delivery.deploy(stage);
    delivery.deploy(stage);
  }],
  ['PROD without an approval, and without a reason', () => Gate.none('')],
  ['a vault without a subject, at synth', () => {
    const stack = stackOf(Tier.PROD);
    new BackupVault(stack, 'Vault');
    synth(stack);
  }],
  ['a bundle without a subject, at synth', () => {
    const stack = stackOf(Tier.PROD);
    new ObservabilityBundle(stack, 'Watch');
    synth(stack);
  }],
  ['variables that no task definition holds', () => {
    const stack = stackOf(Tier.DEV);
    new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), config: new ServiceConfig({ variables: { LONG: 'x'.repeat(70_000) } }) });
    synth(stack);
  }],
  ['variables that no secret holds', () => {
    const stack = stackOf(Tier.DEV);
    const config = new ServiceConfig({ variables: { LONG: 'x'.repeat(70_000) }, store: ConfigStore.secretsManager() });
    new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), config });
    synth(stack);
  }],
  ['a secret that is set by an override', () => {
    const stack = stackOf(Tier.DEV);
    const { taskDefinition } = new PlatformService(stack, 'Api', workerProps(vpcIn(stack)));
    const overridden = taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
    overridden.addPropertyOverride('ContainerDefinitions.0.Environment', [{ Name: 'PASSWORD', Value: 'hunter2' }]);
    synth(stack);
  }],
  ['a cluster without capacity providers', () => {
    const stack = stackOf(Tier.DEV);
    const vpc = vpcIn(stack);
    new PlatformService(stack, 'Api', { ...workerProps(vpc), cluster: new ecs.Cluster(stack, 'Own', { vpc }) });
    synth(stack);
  }],
];

/** One stack of this account, region and stage, beside the world's. */
function elsewhere(kind: 'account' | 'region' | 'stage'): Stack {
  const env = { account: { ...ENV, account: '111122223333' }, region: { ...ENV, region: 'eu-central-1' }, stage: ENV }[kind];
  const app = world().stack.node.root as App;
  return kind === 'stage'
    ? stackIn(new PlatformStage(app, fresh('Stage'), { environment: environment() }))
    : stackIn(app, fresh('Elsewhere'), env);
}

const PLACES = ['account', 'region', 'stage'] as const;

const ELSEWHERE: Program[] = [
  ...programs('a service in a VPC of another', PLACES, (it) => service({ vpc: vpcIn(elsewhere(it)) })),
  ...programs('a database in a VPC of another', PLACES, (it) => database({ vpc: vpcIn(elsewhere(it)) })),
  ...programs('a service in a cluster of another', PLACES, (it) => {
    const stack = elsewhere(it);
    service({ cluster: new ecs.Cluster(stack, 'Cluster', { vpc: vpcIn(stack) }) });
  }),
  ...programs('a queue with a key of another', PLACES, (it) => queue({ encryptionKey: new kms.Key(elsewhere(it), 'Key') })),
  ...programs('a connection to a queue of another', PLACES, (it) => service().connectTo(new PlatformQueue(elsewhere(it), 'Emails'))),
  ...programs('a connection to a bucket of another', PLACES, (it) => service().connectTo(new PlatformBucket(elsewhere(it), 'Uploads'))),
  ...programs('a connection to a database of another', PLACES, (it) => {
    const stack = elsewhere(it);
    service().connectTo(new ManagedPostgres(stack, 'Orders', databaseProps(vpcIn(stack))));
  }),
  ...programs('a backup of a bucket of another', PLACES, (it) => new BackupVault(world().stack, fresh('Vault')).protect(new PlatformBucket(elsewhere(it), 'Uploads'))),
  ...programs('alarms of a queue of another', PLACES, (it) => bundle().watch(new PlatformQueue(elsewhere(it), 'Emails'))),
  ...programs('an audience of a security group of another', PLACES, (it) => {
    const stack = elsewhere(it);
    web({ ingress: ingressIn(world().stack, Audience.securityGroups(new ec2.SecurityGroup(stack, 'Group', { vpc: vpcIn(stack) }))) });
  }),
  ['a certificate of CloudFront', () => web({
    ingress: Ingress.https({
      openTo: Audience.internet(),
      certificate: acm.Certificate.fromCertificateArn(world().stack, fresh('Certificate'), 'arn:aws:acm:us-east-1:444455556666:certificate/1'),
    }),
  })],
  ['an alias in the place of a key', () => queue({ encryptionKey: kms.Alias.fromAliasName(world().stack, fresh('Alias'), 'alias/mine') })],
  ['a key of secrets of another region', () => service({
    config: new ServiceConfig({
      secrets: ['A'], secretName: 'prod/api', secretKeyArn: 'arn:aws:kms:us-east-1:444455556666:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f',
    }),
  })],
  ['a class that the region does not have', () => {
    const stack = stackIn(world().stack.node.root as App, fresh('Gov'), { ...ENV, region: 'us-gov-west-1' });
    new ManagedPostgres(stack, 'Orders', { ...databaseProps(vpcIn(stack)), instanceType: new ec2.InstanceType('m7g.large') });
  }],
  ['one domain name twice', () => {
    const options = { openTo: Audience.internet(), domain: { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' } };
    [1, 2].forEach(() => service({ ingress: Ingress.https(options) }));
  }],
  ['a VPC without private subnets', () => service({
    vpc: new ec2.Vpc(world().stack, fresh('Vpc'), {
      restrictDefaultSecurityGroup: false, natGateways: 0, subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
    }),
  })],
  ['a VPC with one zone', () => web({ vpc: new ec2.Vpc(world().stack, fresh('Vpc'), { maxAzs: 1, restrictDefaultSecurityGroup: false }) })],
  ['a database in one zone', () => database({ vpc: new ec2.Vpc(world().stack, fresh('Vpc'), { maxAzs: 1, restrictDefaultSecurityGroup: false }) })],
  ['DEV inside PROD', () => new PlatformBucket(stackIn(new PlatformStage(new App(), 'Prod', { environment: environment() })), 'Uploads', { tier: Tier.DEV })],
  ['a stack in the place of a stage', () => pipeline().deploy(new Stack(new App(), 'Shop') as any)],
  ['an image that is not there', () => service({ image: ServiceImage.fromDirectory('services/api') })],
  ['a certificate of nobody', () => ingress({ certificate: undefined })],
  ['a stage of another app', () => pipeline().deploy(new PlatformStage(new App(), 'Prod', { environment: environment() }))],
  ['a web service on a certificate of another region', () => {
    const stack = stackIn(world().stack.node.root as App, fresh('Frankfurt'), { ...ENV, region: 'eu-central-1' });
    web({ ingress: ingress({ certificate: certificateIn(world().stack) }) });
    new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), ingress: ingressIn(world().stack) });
  }],
];

/** What the compiler takes. */
export const TYPESCRIPT: Program[] = [...NUMBERS, ...DURATIONS, ...TEXTS, ...CONTRADICTIONS, ...ELSEWHERE];
