// Synthesises what the shop does not have, for cfn-lint: `tsx test/lint/variants.ts <output folder>`.
import { join } from 'node:path';
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  AlarmCondition, Audience, BackupSchedule, BackupVault, ConfigStore, DatabaseAccess, Ingress, ManagedPostgres, Migrations, Notify, ObservabilityBundle, PeopleAccess, PlatformBucket, PlatformNetwork,
  PlatformQueue, PlatformService, PostgresVersion, RestorePoint, Rollout, Scaling, SchemaOnRollback, ServiceConfig, Severity, Tier,
} from '../../src';
import { appOf, ENV, IMAGE, RECOMMENDED_FLAGS } from '../support';

const FLAGS = { plain: {}, recommended: RECOMMENDED_FLAGS };
const ENVIRONMENTS = { region: ENV, agnostic: undefined };

const [outdir] = process.argv.slice(2);
process.env.CDK_VALIDATION = 'false';

/** Each tier meets both kinds of flags and of environment, and each kind of flags both kinds of environment. */
const VARIANTS: [Tier, keyof typeof FLAGS, keyof typeof ENVIRONMENTS][] = [
  [Tier.DEV, 'plain', 'region'], [Tier.DEV, 'recommended', 'agnostic'],
  [Tier.STAGING, 'plain', 'agnostic'], [Tier.STAGING, 'recommended', 'region'],
  [Tier.PROD, 'plain', 'agnostic'], [Tier.PROD, 'recommended', 'region'],
];

for (const [tier, flags, environment] of VARIANTS) {
  const context = { ...appOf(tier, FLAGS[flags]).node.getAllContext(), 'aws:cdk:enable-path-metadata': true };
  const app = new App({ outdir: join(outdir, `${tier.name}-${flags}-${environment}`), context });
  define(new Stack(app, 'Everything', { env: ENVIRONMENTS[environment] }), tier);
  app.synth();
}

function define(stack: Stack, tier: Tier): void {
  const { vpc } = new PlatformNetwork(stack, 'Network', { interfaceEndpoints: [ec2.InterfaceVpcEndpointAwsService.KMS] });
  const domain = { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };
  const orders = new ManagedPostgres(stack, 'Orders', { vpc, version: PostgresVersion.V15, connectionsPerTask: 5 });
  orders.grantConnect(new iam.Role(stack, 'OnCall', { assumedBy: new iam.AccountRootPrincipal() }), DatabaseAccess.readOnly());
  const audit = new ManagedPostgres(stack, 'Audit', {
    vpc,
    version: PostgresVersion.V18,
    variablePrefix: 'AUDIT_PG',
    instanceType: new ec2.InstanceType('r7g.xlarge'),
    parameters: { log_temp_files: '0' },
    peopleAccess: PeopleAccess.bySessionManager(),
    migrations: Migrations.typeorm({ image: IMAGE, directory: join(__dirname, '../support/migrations'), onRollback: SchemaOnRollback.revert(), restorePoint: RestorePoint.snapshot() }),
  });
  audit.grantAccess(new iam.ManagedPolicy(stack, 'Auditors'), DatabaseAccess.readWrite());
  const services = [
    new PlatformService(stack, 'Public', {
      vpc,
      image: IMAGE,
      ingress: Ingress.https({ domain, openTo: Audience.internet() }),
      config: new ServiceConfig({ variables: { LEVEL: 'info' }, secrets: ['API_KEY'], secretName: 'public/settings', flags: ['first', 'second'] }),
      rollout: Rollout.rolling(),
    }),
    new PlatformService(stack, 'Internal', {
      vpc,
      image: IMAGE,
      ingress: Ingress.https({ domain: { ...domain, name: 'internal.example.com' }, openTo: Audience.network('10.0.0.0/8') }),
      config: new ServiceConfig({ variables: { LEVEL: 'info' }, store: ConfigStore.secretsManager() }),
      rollout: Rollout.blueGreen(),
    }),
    new PlatformService(stack, 'Canary', {
      vpc, image: IMAGE, ingress: Ingress.https({ domain: { ...domain, name: 'canary.example.com' }, openTo: Audience.network('10.0.0.0/8') }), rollout: Rollout.canary({ percent: 2.5 }),
    }),
    new PlatformService(stack, 'Linear', {
      vpc,
      image: IMAGE,
      ingress: Ingress.https({
        domain: { ...domain, name: 'linear.example.com' },
        openTo: Audience.network('10.0.0.0/8'),
        healthyHttpCodes: '200-299',
        idleTimeout: Duration.minutes(5),
      }),
      healthCheckGracePeriod: Duration.minutes(10),
      stopTimeout: Duration.minutes(2),
      rollout: Rollout.linear({ percent: 25 }),
    }),
    new PlatformService(stack, 'Edge', {
      vpc,
      image: IMAGE,
      ingress: Ingress.https({ domain: { ...domain, name: 'edge.example.com' }, openTo: Audience.cloudFront('pl-3b927c52') }),
      scaling: Scaling.fixed(tier === Tier.DEV ? 1 : 3),
      cpu: 1024,
      memoryLimitMiB: 4096,
    }),
    new PlatformService(stack, 'Worker', { vpc, image: IMAGE, command: ['node', 'worker.js'], healthCommand: ['CMD', 'node', 'healthy.js'] }),
  ];
  const worker = services[services.length - 1];
  const uploads = new PlatformBucket(stack, 'Uploads', { allowedOrigins: ['https://shop.example.com'], expiration: Duration.days(365) });
  const emails = new PlatformQueue(stack, 'Emails');
  const events = new PlatformQueue(stack, 'Events', { fifo: true, encryptionKey: new kms.Key(stack, 'EventsKey', { enableKeyRotation: true }) });
  services.forEach((service) => service.connectTo(orders));
  worker.connectTo(audit, uploads, uploads.reader, emails, emails.consumer, events, events.consumer);

  const vault = new BackupVault(stack, 'Backups', { schedule: BackupSchedule.daily({ hour: 23, timeZone: TimeZone.EUROPE_BERLIN }), retention: Duration.days(90) });
  vault.protect(orders, audit, uploads);
  watch(stack);
}

/** All that can be watched, and an alarm that learns. */
function watch(stack: Stack): void {
  new sns.Topic(stack, 'News');
  const handler = new lambda.Function(stack, 'Handler', { code: lambda.Code.fromInline('exports.handler = () => {}'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X });
  new apigateway.RestApi(stack, 'Rest').root.addMethod('GET', new apigateway.LambdaIntegration(handler));
  new apigatewayv2.HttpApi(stack, 'Http');
  new elasticache.CfnReplicationGroup(stack, 'Valkey', { replicationGroupDescription: 'Valkey', engine: 'valkey', cacheNodeType: 'cache.t4g.micro', numCacheClusters: 2, automaticFailoverEnabled: true, transitEncryptionEnabled: true, atRestEncryptionEnabled: true });
  const bundle = new ObservabilityBundle(stack, 'Watch', { team: 'Shop', notify: Notify.email('shop@example.com') });
  bundle.watch({
    observe: () => ({
      subject: handler,
      title: 'Orders',
      metrics: [],
      signals: [{ id: 'Unusual', title: 'Unusual', metric: handler.metricInvocations(), condition: AlarmCondition.outsideBand(3), evaluationPeriods: 3, severity: Severity.P3, runbook: 'https://wiki.example.com/orders' }],
    }),
  });
  bundle.watchEverything(stack);
}
