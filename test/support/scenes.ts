import { join } from 'node:path';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { BackupVault } from '../../src/backup-vault/backup-vault';
import { PlatformBucket } from '../../src/building-blocks/platform-bucket';
import { PlatformQueue } from '../../src/building-blocks/platform-queue';
import { ConfigStore } from '../../src/environment/config-store';
import { PlatformEnvironment } from '../../src/environment/platform-environment';
import { PlatformStage } from '../../src/environment/platform-stage';
import { ServiceConfig } from '../../src/environment/service-config';
import { Tier } from '../../src/environment/tier';
import { ServiceImage } from '../../src/fargate-task/service-image';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { Migrations } from '../../src/managed-postgres/migrations/migrations';
import { RestorePoint } from '../../src/managed-postgres/migrations/restore-point';
import { SchemaOnRollback } from '../../src/managed-postgres/migrations/schema-on-rollback';
import { PeopleAccess } from '../../src/managed-postgres/people-access';
import { PlatformNetwork } from '../../src/network/platform-network';
import { Notify } from '../../src/observability-bundle/notify';
import { ObservabilityBundle } from '../../src/observability-bundle/observability-bundle';
import { PipelineStack } from '../../src/pipeline-stack/pipeline-stack';
import { Audience } from '../../src/platform-service/audience';
import { Ingress } from '../../src/platform-service/ingress';
import { PlatformService } from '../../src/platform-service/platform-service';
import { Rollout } from '../../src/platform-service/rollout';
import { Scaling } from '../../src/platform-service/scaling';
import { certificateIn, databaseProps, ENV, IMAGE, MIGRATIONS, stackIn, workerProps, ZONES } from '../support';

/** All that a service can be told. */
export function configIn(store: ConfigStore): ServiceConfig {
  return new ServiceConfig({
    variables: { LOG_LEVEL: 'info' }, secrets: ['STRIPE_API_KEY'], secretName: 'prod/api', flags: ['new-checkout', 'fast-search'], store,
  });
}

/** Open to everybody under a name of its own, with all that a service can be told. */
export function publicService(scope: Construct, vpc: ec2.IVpc): PlatformService {
  return new PlatformService(scope, 'Api', {
    ...workerProps(vpc),
    ingress: Ingress.https({ domain: { name: nameOf(scope), hostedZoneId: 'Z0123456789ABCDEFGHIJ' }, openTo: Audience.internet() }),
    config: configIn(ConfigStore.taskDefinition()),
  });
}

/** Another one in each scene, since a hosted zone has one record of a name: shop.example.com in the stack Shop. */
function nameOf({ node }: Construct): string {
  return `${node.path.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.example.com`;
}

/** Open to the network only, with its configuration in a secret and an image of ECR. */
export function internalService(scope: Construct, vpc: ec2.IVpc): PlatformService {
  const repository = ecr.Repository.fromRepositoryAttributes(scope, 'Images', {
    repositoryName: 'admin', repositoryArn: 'arn:aws:ecr:eu-west-1:444455556666:repository/admin',
  });
  return new PlatformService(scope, 'Admin', {
    ...workerProps(vpc),
    image: ServiceImage.fromEcr(repository, `sha256:${'0'.repeat(64)}`),
    ingress: Ingress.https({ certificate: certificateIn(scope), openTo: Audience.network('10.0.0.0/8') }),
    config: configIn(ConfigStore.secretsManager()),
    rollout: Rollout.rolling(),
  });
}

export function worker(scope: Construct, vpc: ec2.IVpc): PlatformService {
  return new PlatformService(scope, 'Worker', { ...workerProps(vpc), command: ['node', 'worker.js'], healthCommand: ['CMD', 'true'] });
}

/** Other audiences, other images, another processor, a fixed size. */
function otherServices(scope: Construct, vpc: ec2.IVpc): void {
  const certificate = certificateIn(scope);
  const callers = new ec2.SecurityGroup(scope, 'Callers', { vpc, allowAllOutbound: false });
  const audiences = { Office: Audience.internetFrom('203.0.113.0/24'), Edge: Audience.cloudFront('pl-3b927c52'), Callers: Audience.securityGroups(callers) };
  Object.entries(audiences).forEach(([id, openTo]) => new PlatformService(scope, `For${id}`, {
    ...workerProps(vpc), ingress: Ingress.https({ certificate, openTo }), rollout: Rollout.blueGreen(),
  }));
  new PlatformService(scope, 'Built', {
    vpc, image: ServiceImage.fromDirectory(join(__dirname, 'image')), architecture: ecs.CpuArchitecture.X86_64, scaling: Scaling.fixed(3), writablePaths: [],
  });
}

/** Each construct alone, all of them together, and each in a stack of its own. */
export const SCENES: { readonly [name: string]: (app: App) => void } = {
  Network: (app) => {
    new PlatformNetwork(stackIn(app, 'Network'), 'Network');
  },
  PublicService: (app) => {
    const stack = stackIn(app, 'PublicService');
    publicService(stack, existingVpc(stack));
  },
  InternalService: (app) => {
    const stack = stackIn(app, 'InternalService');
    internalService(stack, existingVpc(stack));
  },
  Worker: (app) => {
    const stack = stackIn(app, 'Worker');
    worker(stack, existingVpc(stack));
  },
  OtherServices: (app) => {
    const stack = stackIn(app, 'OtherServices');
    otherServices(stack, existingVpc(stack));
  },
  Database: (app) => {
    const stack = stackIn(app, 'Database');
    new ManagedPostgres(stack, 'Orders', { ...databaseProps(existingVpc(stack)), migrations: MIGRATIONS, peopleAccess: PeopleAccess.bySessionManager() });
  },
  RevertedDatabase: (app) => {
    const stack = stackIn(app, 'RevertedDatabase');
    const vpc = existingVpc(stack);
    const migrations = Migrations.typeorm({
      image: IMAGE, directory: join(__dirname, 'migrations'), onRollback: SchemaOnRollback.revert(), restorePoint: RestorePoint.snapshot(),
    });
    const orders = new ManagedPostgres(stack, 'Orders', { ...databaseProps(vpc), migrations });
    worker(stack, vpc).connectTo(orders);
  },
  Bucket: (app) => {
    new PlatformBucket(stackIn(app, 'Bucket'), 'Uploads', { allowedOrigins: ['https://shop.example.com'] });
  },
  Queue: (app) => {
    const stack = stackIn(app, 'Queue');
    new PlatformQueue(stack, 'Emails');
    new PlatformQueue(stack, 'Orders', { fifo: true, encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }) });
  },
  Pipeline: pipeline,
  Together: (app) => together(stackIn(app, 'Together')),
  Anywhere: (app) => {
    const stack = new Stack(app, 'Anywhere');
    Validations.of(stack).acknowledge(
      { id: 'cdk-golden-path:fewerZones', reason: 'Without a region there are two zones, whatever the tier' },
      { id: 'cdk-golden-path:certificateAuthorities', reason: 'Without a region nobody knows whose authorities to hand over' },
    );
    together(stack);
  },
  Apart: (app) => {
    const { vpc } = new PlatformNetwork(stackIn(app, 'ApartNetwork'), 'Network');
    const data = stackIn(app, 'ApartData');
    const things = thingsIn(data, vpc);
    const services = servicesOn(stackIn(app, 'ApartServices'), vpc, things);
    lookAfter(stackIn(app, 'ApartOperations'), things, services);
  },
};

/** A stage whose stack `Delivery` GitHub Actions may deploy. */
function pipeline(app: App): void {
  const environment = new PlatformEnvironment({ name: 'piped', tier: Tier.of(app), ...ENV, zones: ZONES });
  new PipelineStack(app, 'Pipeline', { repository: 'acme/shop', ownerId: '123', repositoryId: '456' }).deploy(new PlatformStage(app, 'Piped', { environment }));
}

/** All scenes in one app. */
export function allScenes(app: App): App {
  Object.values(SCENES).forEach((define) => define(app));
  return app;
}

/** All constructs in one stack, connected, backed up and watched. */
export function together(stack: Stack): void {
  const network = new PlatformNetwork(stack, 'Network');
  const things = thingsIn(stack, network.vpc);
  const services = servicesOn(stack, network.vpc, things);
  lookAfter(stack, things, services).watchEverything(stack);
}

interface Things {
  readonly orders: ManagedPostgres;
  readonly uploads: PlatformBucket;
  readonly emails: PlatformQueue;
}

/** What services need. */
function thingsIn(scope: Construct, vpc: ec2.IVpc): Things {
  const orders = new ManagedPostgres(scope, 'Orders', { ...databaseProps(vpc), migrations: MIGRATIONS, peopleAccess: PeopleAccess.bySessionManager() });
  return { orders, uploads: new PlatformBucket(scope, 'Uploads'), emails: new PlatformQueue(scope, 'Emails') };
}

function servicesOn(scope: Construct, vpc: ec2.IVpc, { orders, uploads, emails }: Things): PlatformService[] {
  const services = [publicService, internalService, worker].map((define) => define(scope, vpc));
  services.forEach((it) => it.connectTo(orders, uploads, uploads.reader, emails, emails.consumer));
  return services;
}

function lookAfter(scope: Construct, { orders, uploads, emails }: Things, services: PlatformService[]): ObservabilityBundle {
  const vault = new BackupVault(scope, 'Backups');
  vault.protect(orders, uploads);
  const bundle = new ObservabilityBundle(scope, 'Watch', { notify: Notify.email('shop@example.com'), team: 'Shop' });
  bundle.watch(orders, uploads, emails, vault, ...services);
  return bundle;
}

/** A network that exists already: not ours, and without findings. */
function existingVpc(scope: Construct): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ZONES.slice(0, 2),
    publicSubnetIds: ['subnet-1', 'subnet-2'],
    publicSubnetRouteTableIds: ['rtb-1', 'rtb-2'],
    privateSubnetIds: ['subnet-3', 'subnet-4'],
    privateSubnetRouteTableIds: ['rtb-3', 'rtb-4'],
    isolatedSubnetIds: ['subnet-5', 'subnet-6'],
    isolatedSubnetRouteTableIds: ['rtb-5', 'rtb-6'],
  });
}
