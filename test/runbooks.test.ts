import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as sns from 'aws-cdk-lib/aws-sns';
import { MIGRATIONS } from './support';
import {
  Audience, BackupVault, Ingress, ManagedPostgres, type Observation, PlatformBucket, PlatformNetwork, PlatformQueue, PlatformService, PostgresVersion, ServiceConfig, ServiceImage, Tier, Watchable,
} from '../src';

const RUNBOOKS = path.join(__dirname, '../docs/runbooks');

function observations(): Observation[] {
  const stack = new Stack(new App({ context: { 'cdk-golden-path:tier': Tier.DEV.name } }), 'Shop');
  const network = new PlatformNetwork(stack, 'Network');
  const { vpc } = network;
  const image = ServiceImage.fromRegistry(`example.com/shop@sha256:${'0'.repeat(64)}`);
  const domain = { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };
  return [
    new PlatformService(stack, 'Api', { vpc, image, ingress: Ingress.https({ domain, openTo: Audience.internet() }) }),
    new PlatformService(stack, 'Worker', { vpc, image, config: new ServiceConfig({ secrets: ['STRIPE_API_KEY'], secretName: 'dev/worker' }) }),
    new ManagedPostgres(stack, 'Orders', { vpc, version: PostgresVersion.V17, migrations: MIGRATIONS }),
    new PlatformBucket(stack, 'Uploads', { tier: Tier.PROD }), // below PROD a bucket has no signals
    new PlatformQueue(stack, 'Emails'),
    new BackupVault(stack, 'Backups'),
    network,
    ...plainConstructs(stack, vpc),
  ].map((it) => it.observe());
}

/** Those that have other signals than our own constructs. */
function plainConstructs(stack: Stack, vpc: ec2.IVpc): Watchable[] {
  const database = new rds.DatabaseInstance(stack, 'Database', { vpc, engine: rds.DatabaseInstanceEngine.MYSQL });
  return [
    Watchable.containerService(new PlatformService(stack, 'Plain', { vpc, image: ServiceImage.fromRegistry(`example.com/shop@sha256:${'0'.repeat(64)}`) }).service),
    Watchable.loadBalancer(new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc })),
    Watchable.databaseInstance(database),
    Watchable.databaseInstance(new rds.DatabaseInstanceReadReplica(stack, 'Replica', { vpc, sourceDatabaseInstance: database, instanceType: new ec2.InstanceType('m7g.large') })),
    Watchable.topic(new sns.Topic(stack, 'News')),
    Watchable.lambdaFunction(new lambda.Function(stack, 'Handler', { code: lambda.Code.fromInline(' '), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_22_X })),
    Watchable.cacheCluster(new elasticache.CfnCacheCluster(stack, 'Cache', { cacheNodeType: 'cache.t4g.micro', engine: 'memcached', numCacheNodes: 1 })),
    Watchable.replicationGroup(new elasticache.CfnReplicationGroup(stack, 'Valkey', { replicationGroupDescription: 'Valkey', numCacheClusters: 2 })),
    Watchable.httpApi(new apigatewayv2.HttpApi(stack, 'Http')),
  ];
}

test('every signal names a runbook that is there', () => {
  const signals = observations().flatMap((it) => [...it.signals, ...it.events ?? []]);

  const missing = signals.filter(({ runbook }) => !fs.existsSync(path.join(RUNBOOKS, `${runbook}.md`)));

  expect(signals.length).toBeGreaterThan(0);
  expect(missing.map(({ runbook }) => runbook)).toEqual([]);
});

test('no runbook is there for a signal that nobody sends', () => {
  const named = new Set(observations().flatMap((it) => [...it.signals, ...it.events ?? []]).map(({ runbook }) => `${runbook}.md`));

  const pages = fs.readdirSync(RUNBOOKS, { recursive: true }).map(String).filter((it) => it.endsWith('.md') && it !== 'README.md');

  expect(pages.filter((it) => !named.has(it))).toEqual([]);
});
