import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { PlatformBucket } from '../../src/building-blocks/platform-bucket';
import { PlatformQueue } from '../../src/building-blocks/platform-queue';
import { SecurityChecks } from '../../src/checks/security-checks';
import { PlatformEnvironment } from '../../src/environment/platform-environment';
import { PlatformStage } from '../../src/environment/platform-stage';
import { Tier } from '../../src/environment/tier';
import { PlatformService } from '../../src/platform-service/platform-service';
import { appOf, ENV, RECOMMENDED_FLAGS, stackIn, workerProps, ZONES } from '../support';

const TIERS = [Tier.DEV, Tier.STAGING, Tier.PROD];
const FLAGS = { 'without feature flags': {}, 'with the recommended feature flags': RECOMMENDED_FLAGS };
const COMBINATIONS = TIERS.flatMap((tier) => Object.entries(FLAGS).map(([name, flags]) => [tier.name, name, tier, flags] as const));

/** Where data and services stand: in one stack, or in two. */
const PLACES: { readonly [name: string]: (app: App) => { data: Stack; services: Stack } } = {
  'in one stack': (app) => {
    const stack = stackIn(app);
    return { data: stack, services: stack };
  },
  'in two stacks': (app) => ({ data: stackIn(app, 'Data'), services: stackIn(app, 'Services') }),
};

/** A network that exists already, and has no findings of its own. */
function existingVpc(scope: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ZONES.slice(0, 2), privateSubnetIds: ['subnet-1', 'subnet-2'], privateSubnetRouteTableIds: ['rtb-1', 'rtb-2'] });
}

interface Shop {
  readonly uploads: PlatformBucket;
  readonly emails: PlatformQueue;
  readonly orders: PlatformQueue;
}

function dataIn(data: Stack): Shop {
  return {
    uploads: new PlatformBucket(data, 'Uploads', { allowedOrigins: ['https://shop.example.com'] }),
    emails: new PlatformQueue(data, 'Emails'),
    orders: new PlatformQueue(data, 'Orders', { fifo: true, encryptionKey: new kms.Key(data, 'OrdersKey', { enableKeyRotation: true }) }),
  };
}

/** One service that writes and sends, one that reads and receives, one that does both. */
function connect(services: Stack, { uploads, emails, orders }: Shop): void {
  const vpc = existingVpc(services);
  const [api, worker, admin] = ['Api', 'Worker', 'Admin'].map((id) => new PlatformService(services, id, workerProps(vpc)));
  api.connectTo(uploads, emails, orders);
  worker.connectTo(uploads.reader, emails.consumer, orders.consumer);
  admin.connectTo(uploads, uploads.reader, emails, emails.consumer, orders, orders.consumer);
}

function shopIn(place: string, tier: Tier, flags: { [flag: string]: unknown }): { app: App; data: Stack; services: Stack } {
  const app = appOf(tier, flags);
  const { data, services } = PLACES[place](app);
  connect(services, dataIn(data));
  return { app, data, services };
}

/** What nobody has accepted, and what was accepted and is not there. */
function openFindings(app: App): string[] {
  SecurityChecks.install(app);
  try {
    app.synth();
  } catch (error) {
    if (!String(error).includes('(SecurityChecks)')) {
      throw error;
    }
  }
  const { unacknowledged } = JSON.parse(readFileSync(join(app.outdir, 'security-evidence.json'), 'utf8'));
  return unacknowledged.map(({ rule, resource }: any) => `${rule} at ${resource}`);
}

describe.each(Object.keys(PLACES))('%s', (place) => {
  test.each(COMBINATIONS)('services with buckets and queues have no finding in tier %s %s', (_tier, _flags, tier, flags) => {
    expect(openFindings(shopIn(place, tier, flags).app)).toEqual([]);
  });

  test.each(Object.entries(FLAGS))('the plain packs of cdk-nag find nothing either, before and after synthesis, %s', (_, flags) => {
    const { app } = shopIn(place, Tier.PROD, flags);
    const violations = () => [new AwsSolutionsChecks(), new NIST80053R5Checks(), new HIPAASecurityChecks(), new PCIDSS321Checks()]
      .flatMap((pack) => pack.validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`)));

    const before = violations();
    app.synth();

    expect([...before, ...violations()]).toEqual([]);
  });

  test.each(Object.entries(FLAGS))('the data knows nothing of the services, %s', (_, flags) => {
    const { app, data, services } = shopIn(place, Tier.PROD, flags);
    app.synth();

    expect(data.dependencies).toEqual([]);
    expect(services.dependencies).toEqual(data === services ? [] : [data]);
  });
});

test.each(Object.entries(FLAGS))('services may be defined before the data that they use, in another stack, %s', (_, flags) => {
  const app = appOf(Tier.PROD, flags);
  const services = stackIn(app, 'Services');
  const worker = new PlatformService(services, 'Worker', workerProps(existingVpc(services)));
  const { uploads, emails } = dataIn(stackIn(app, 'Data'));

  worker.connectTo(uploads, emails, emails.consumer);

  app.synth();
  const template = Template.fromStack(services);
  expect(services.dependencies.map((it) => it.node.id)).toEqual(['Data']);
  template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: [Match.objectLike({})] });
  const [{ Properties }] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  expect(Properties.ContainerDefinitions[0].Environment.map((it: any) => it.Name)).toEqual(['UPLOADS_BUCKET', 'EMAILS_QUEUE_URL']);
});

test.each(TIERS)('stand in a stage of tier %s as well', (tier) => {
  const stage = new PlatformStage(appOf(tier), 'Prod', { environment: new PlatformEnvironment({ name: tier.name, tier, ...ENV, zones: ZONES }) });
  const [data, services] = ['Data', 'Services'].map((id) => new Stack(stage, id));
  connect(services, dataIn(data));

  expect(openFindings(stage.node.root as App)).toEqual([]);
});
