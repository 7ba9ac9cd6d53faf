import { App, Duration, RemovalPolicy, Stack, TimeZone } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ENV, stackOf, vpcIn, workerProps, ZONES } from './support';
import * as fc from './support/fast-check';
import { given, mostly, oddDuration, oddNumber, oddText, optional, rarely, refusedOrSound, tier } from './support/refused-or-sound';
import { BackupSchedule } from '../src/backup-vault/backup-schedule';
import { BackupVault } from '../src/backup-vault/backup-vault';
import { Protectable } from '../src/backup-vault/protectable';
import { PlatformBucket } from '../src/building-blocks/platform-bucket';
import { PlatformQueue } from '../src/building-blocks/platform-queue';
import { AlarmCondition, Severity } from '../src/contracts';
import { PlatformEnvironment } from '../src/environment/platform-environment';
import { PlatformStage } from '../src/environment/platform-stage';
import { Tier } from '../src/environment/tier';
import { Notify } from '../src/observability-bundle/notify';
import { ObservabilityBundle } from '../src/observability-bundle/observability-bundle';
import { Gate } from '../src/pipeline-stack/gate';
import { PipelineStack } from '../src/pipeline-stack/pipeline-stack';
import { PlatformService } from '../src/platform-service/platform-service';

const days = (most: number) => fc.integer({ min: 1, max: most }).map((it) => Duration.days(it));

const queueProps = fc.record({
  visibilityTimeout: mostly(fc.integer({ min: 1, max: 900 }).map((it) => Duration.seconds(it)), oddDuration),
  maxReceiveCount: mostly(fc.integer({ min: 1, max: 20 }), oddNumber),
  retention: mostly(days(14), oddDuration),
  maxAge: mostly(fc.integer({ min: 300, max: 3600 }).map((it) => Duration.seconds(it)), oddDuration),
  fifo: fc.option(fc.boolean(), { nil: undefined }),
  variable: mostly(fc.constantFrom('QUEUE', 'EMAILS_URL'), oddText),
});

const bucketProps = fc.record({
  expiration: mostly(days(4000), oddDuration),
  noncurrentVersionExpiration: mostly(days(400), oddDuration),
  allowedOrigins: mostly(fc.subarray(['https://shop.example.com', 'https://a.io:8443']), fc.array(fc.oneof(oddText, fc.webUrl()))),
  variable: mostly(fc.constantFrom('BUCKET', 'UPLOADS'), oddText),
});

const vaultProps = fc.record({
  hour: mostly(fc.integer({ min: 0, max: 23 }), oddNumber),
  minute: mostly(fc.integer({ min: 0, max: 59 }), oddNumber),
  timeZone: fc.constantFrom(undefined, TimeZone.EUROPE_BERLIN),
  retention: mostly(fc.integer({ min: 30, max: 4000 }).map((it) => Duration.days(it)), oddDuration),
});

const protection = fc.record({
  resourceType: rarely(oddText, fc.constantFrom('RDS', 'S3', 'DynamoDB', 'EFS')),
  pointInTime: mostly(days(35), oddDuration),
  resources: rarely(fc.constantFrom([], [backup.BackupResource.fromTag('a', 'b')]), fc.constant([backup.BackupResource.fromArn('arn:aws:s3:::somewhere')])),
});

const bundleProps = fc.record({
  team: mostly(fc.constantFrom('Shop', 'Search and Find'), oddText),
  runbooks: mostly(fc.constant('https://wiki.example.com/{page}'), fc.oneof(oddText, fc.webUrl())),
});

const signal = fc.record({
  id: rarely(oddText, fc.constantFrom('Down', 'Slow', 'Full')),
  title: fc.oneof(fc.string({ maxLength: 500 }), oddText),
  threshold: rarely(oddNumber, fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  standardDeviations: fc.option(rarely(oddNumber, fc.integer({ min: 1, max: 10 })), { nil: undefined }),
  evaluationPeriods: rarely(oddNumber, fc.integer({ min: 1, max: 60 })),
  severity: fc.constantFrom(Severity.P0, Severity.P1, Severity.P2, Severity.P3),
  runbook: rarely(oddText, fc.constantFrom('queue/stuck', 'https://wiki.example.com/page')),
});

test('a queue is sound whatever its props, or they are refused, also when a service sends and receives', () => {
  refusedOrSound(fc.tuple(tier, queueProps), ([of, props]) => {
    const stack = stackOf(of);
    const emails = new PlatformQueue(stack, 'Emails', given(props));
    new PlatformService(stack, 'Worker', workerProps(vpcIn(stack))).connectTo(emails, emails.consumer);
    return stack;
  });
});

test('a bucket is sound whatever its props, or they are refused, also when a service reads and writes', () => {
  refusedOrSound(fc.tuple(tier, bucketProps), ([of, props]) => {
    const stack = stackOf(of);
    const uploads = new PlatformBucket(stack, 'Uploads', given(props));
    new PlatformService(stack, 'Worker', workerProps(vpcIn(stack))).connectTo(uploads, uploads.reader);
    return stack;
  });
});

test('a vault is sound whatever its props and what it protects, or they are refused', () => {
  refusedOrSound(fc.tuple(tier, vaultProps, optional(protection)), ([of, { retention, ...schedule }, answer]) => {
    const stack = stackOf(of);
    const vault = new BackupVault(stack, 'Backups', given({ retention, schedule: BackupSchedule.daily(given(schedule)) }));
    const bucket = new s3.Bucket(stack, 'Uploads', { versioned: true, removalPolicy: RemovalPolicy.DESTROY });
    vault.protect(Protectable.bucket(bucket));
    if (answer) {
      vault.protect({ protection: () => ({ subject: stack, ...given(answer), resourceType: answer.resourceType, resources: [...answer.resources] }) });
    }
    return stack;
  });
});

test('a bundle is sound whatever its props and what it watches, or they are refused', () => {
  refusedOrSound(fc.tuple(tier, bundleProps, fc.array(signal, { maxLength: 3 }), fc.oneof(fc.string({ maxLength: 300 }), oddText)), ([of, props, signals, title]) => {
    const stack = stackOf(of);
    const metric = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Orders' });
    new ObservabilityBundle(stack, 'Watch', { ...given(props), notify: Notify.email('shop@example.com') }).watch({
      observe: () => ({
        subject: stack,
        title,
        metrics: [{ title: 'Orders', metric }],
        signals: signals.map(({ threshold, standardDeviations, ...it }) => ({
          ...it, metric, condition: standardDeviations === undefined ? AlarmCondition.above(threshold) : AlarmCondition.outsideBand(standardDeviations),
        })),
      }),
    });
    return stack;
  });
});

const pipelineProps = fc.record({
  repository: mostly(fc.constantFrom('acme/shop', 'acme-2/shop.web'), oddText),
  ids: mostly(fc.constant({ ownerId: '1234567', repositoryId: '7654321' }), fc.record({ ownerId: oddText, repositoryId: fc.constant('7654321') })),
  branch: mostly(fc.constantFrom('main', 'release/next'), oddText),
  runner: mostly(fc.constantFrom('ubuntu-24.04', 'ubuntu-24.04-arm'), oddText),
  directory: mostly(fc.constantFrom('infra', 'apps/shop'), oddText),
  nodeVersion: mostly(fc.constantFrom('22', '24'), oddText),
  buildCommand: mostly(fc.constantFrom('', 'make', 'npm run build'), oddText),
  installSecrets: mostly(fc.subarray(['NPM_TOKEN', 'PIP_TOKEN']), fc.array(oddText)),
  buildTimeout: mostly(fc.integer({ min: 5, max: 300 }).map((it) => Duration.minutes(it)), oddDuration),
});

test('a pipeline is sound whatever its props, or they are refused', () => {
  refusedOrSound(fc.tuple(tier, pipelineProps), ([of, { ids, ...props }]) => {
    const app = new App();
    const environment = new PlatformEnvironment({ name: of.name, tier: of, ...ENV, zones: ZONES });
    const stage = new PlatformStage(app, 'Acme', { environment });
    const stack = new Stack(stage, 'Shop');
    new PlatformQueue(stack, 'Emails');
    const delivery = new PipelineStack(app, 'Delivery', { repository: 'acme/shop', ...ids, ...given(props) });
    delivery.deploy(stage, of === Tier.PROD ? { gate: Gate.approval() } : {});
    return stack;
  });
});
