import { App, CfnParameter, Duration, Fn, Lazy, Stack, Stage, TimeZone } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import { bucket, bundle, database, environment, fresh, ingress, pipeline, type Program, programs, queue, service, synth, web, world } from './program';
import { BackupSchedule } from '../../../src/backup-vault/backup-schedule';
import { BackupVault } from '../../../src/backup-vault/backup-vault';
import { PlatformBucket } from '../../../src/building-blocks/platform-bucket';
import { ConfigStore } from '../../../src/environment/config-store';
import { PlatformStage } from '../../../src/environment/platform-stage';
import { ServiceConfig } from '../../../src/environment/service-config';
import { Tier } from '../../../src/environment/tier';
import { ServiceImage } from '../../../src/fargate-task/service-image';
import { PeopleAccess } from '../../../src/managed-postgres/people-access';
import { PostgresVersion } from '../../../src/managed-postgres/postgres-version';
import { PlatformNetwork } from '../../../src/network/platform-network';
import { Notify } from '../../../src/observability-bundle/notify';
import { Gate } from '../../../src/pipeline-stack/gate';
import { PipelineStack } from '../../../src/pipeline-stack/pipeline-stack';
import { Audience } from '../../../src/platform-service/audience';
import { PlatformService } from '../../../src/platform-service/platform-service';
import { Rollout } from '../../../src/platform-service/rollout';
import { Scaling } from '../../../src/platform-service/scaling';
import { leave, PROD, prodWith, read } from '../../environment/environment-directory';
import { agnosticStackOf, ENV, IMAGE, stackIn, vpcIn, workerProps } from '../../support';

const parameter = () => new CfnParameter(world().stack, fresh('Parameter')).valueAsString;

function file(content: string): void {
  try {
    read({ 'prod.yaml': content });
  } finally {
    leave();
  }
}

/** Right, and not what most people write: at the limits, known at deployment only, or with names that look odd. */
export const UNUSUAL: Program[] = [
  ...programs('cpu and memory', [[256, 512], [256, 2048], [512, 4096], [4096, 30720], [16384, 122880], [32768, 249856]], ([cpu, memoryLimitMiB]) => service({ cpu, memoryLimitMiB })),
  ...programs('Scaling', [[2, 2], [2, 5000], [10, 10]], ([min, max]) => service({ scaling: Scaling.cpu({ min, max }) })),
  ...programs('targetPercent', [10, 33.3, 90], (targetPercent) => Scaling.cpu({ targetPercent })),
  ...programs('percent', [0.1, 99.9, 33.3], (percent) => web({ rollout: Rollout.canary({ percent }) })),
  ...programs('bake', [0, 1, 1440], (it) => web({ rollout: Rollout.blueGreen({ bake: Duration.minutes(it) }) })),
  ...programs('a worker that bakes', [5], (it) => service({ rollout: Rollout.rolling({ bake: Duration.minutes(it) }) })),
  ...programs('healthPath', ['/', '/healthz?deep=1', '/a/b.c', '/~x', `/${'a'.repeat(1023)}`], (healthPath) => ingress({ healthPath })),
  ...programs('healthyHttpCodes', ['200-299', '200,204', '404', '301'], (healthyHttpCodes) => ingress({ healthyHttpCodes })),
  ...programs('port', [1024, 65535], (port) => ingress({ port })),
  ...programs('domain', ['xn--bcher-kva.example', 'a.b.c.d.example.com', '1.example.com', 'x--y.example.com'],
    (name) => ingress({ domain: { name, hostedZoneId: 'Z0123' } })),
  ...programs('Audience.network', ['10.0.0.0/8', '192.168.1.1/32', '100.64.0.0/10'], (it) => web({ ingress: ingress({ openTo: Audience.network(it) }) })),
  ['an audience of the VPC, known at deployment only', () => web({ ingress: ingress({ openTo: Audience.network(world().vpc.vpcCidrBlock) }) })],
  ['an audience of a security group', () => web({
    ingress: ingress({
      openTo: Audience.securityGroups(new ec2.SecurityGroup(world().stack, fresh('Group'), { vpc: world().vpc })),
    }),
  })],
  ['an audience of an imported security group', () => web({
    ingress: ingress({
      openTo: Audience.securityGroups(ec2.SecurityGroup.fromSecurityGroupId(world().stack, fresh('Group'), 'sg-12345678')),
    }),
  })],
  ...programs('user', ['1', 'node', 'www-data', '1000:0', 'app:staff', '65534:65534'], (user) => service({ user })),
  ...programs('writablePaths', [[], ['/tmp', '/app/cache'], ['/var/lib/app'], ['/home/node/.cache']], (writablePaths) => service({ writablePaths })),
  ...programs('healthCommand', [['CMD-SHELL', 'curl -f localhost || exit 1'], ['CMD', 'node', 'x.js'], ['/healthy']], (healthCommand) => service({ healthCommand })),
  ...programs('command', [['sh', '-c', 'echo "undefined behaviour is bad"'], ['node', '--max-old-space-size=512', '']], (command) => service({ command })),
  ...programs('stopTimeout', [1, 120], (it) => service({ stopTimeout: Duration.seconds(it) })),
  ...programs('variables', [
    { FEATURE_RESET_PASSWORD: 'off' }, { STRIPE_PUBLISHABLE_KEY: 'pk_live_0123456789' }, { EMPTY: '' }, { JSON: '{"a":1}' }, { PASSWORD_MIN_LENGTH: '12' },
    { TOKEN_URL: 'https://login.example.com/token' }, { SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:x' }, { _X: 'ä' }, { lower: 'x' },
    { MULTI: 'a\nb' }, { TEXT: 'value is undefined' }, { KEY_FILE: '/run/key' }, { TOKENS_PER_MINUTE: '60' }, { AUTHOR: 'me' },
  ], (variables) => service({ config: new ServiceConfig({ variables: variables as any }) })),
  ['a variable that is known at deployment only', () => service({ config: new ServiceConfig({ variables: { A: parameter(), B: Lazy.string({ produce: () => 'b' }) } }) })],
  ['variables in a secret', () => service({ config: new ServiceConfig({ variables: { A: 'a' }, store: ConfigStore.secretsManager() }) })],
  ...programs('secretName', ['prod/api', 'a', 'team+x=y@z', 'prod/api-abcde', 'p_1.2'], (secretName) => new ServiceConfig({ secrets: ['A'], secretName })),
  ...programs('flags', [['a'], ['newCheckout2'], ['a-b', 'a-c']], (flags) => new ServiceConfig({ flags })),
  ...programs('databaseName', ['a', 'order_items', 'o'.repeat(63), 'x1'], (databaseName) => database({ databaseName })),
  ...programs('schema', ['a', 'app_2', 's'.repeat(63)], (schema) => database({ schema })),
  ...programs('extensions', [['uuid-ossp'], ['citext', 'postgis'], []], (extensions) => database({ extensions })),
  ...programs('parameters', [{ work_mem: '65536' }, { 'pgaudit.log': 'all' }, { ssl_min_protocol_version: 'TLSv1.3' }, { max_connections: '200' }],
    (parameters) => database({ parameters: parameters as any })),
  ...programs('instanceType', ['m7g.16xlarge', 't4g.medium', 'r8g.48xlarge', 'x2iedn.32xlarge', 'm5.large', 'm10g.large', 'r8i.xlarge'],
    (it) => database({ instanceType: new ec2.InstanceType(it) })),
  ['a class that is known at deployment only', () => database({ instanceType: new ec2.InstanceType(Fn.importValue('Class')) })],
  ...programs('version', [PostgresVersion.V15, PostgresVersion.V18], (version) => database({ version })),
  ...programs('allocatedStorage', [20, 59578, 65536], (allocatedStorage) => database({ allocatedStorage })),
  ...programs('backupRetention', [7, 35], (it) => database({ backupRetention: Duration.days(it) })),
  ...programs('variablePrefix', ['A', 'ORDERS_PG', 'PG2'], (variablePrefix) => database({ variablePrefix })),
  ['no way for people', () => database({ peopleAccess: PeopleAccess.none() })],
  ['two databases in one service', () => service().connectTo(database({ variablePrefix: 'A' }), database({ variablePrefix: 'B' }))],
  ['the same queue twice', () => {
    const emails = queue();
    service().connectTo(emails, emails);
  }],
  ...programs('queue', [{ fifo: true }, { maxReceiveCount: 1 }, { visibilityTimeout: Duration.hours(12), maxReceiveCount: 2 }, { retention: Duration.days(14) }], (props) => queue(props)),
  ['a queue with an imported key', () => queue({ encryptionKey: kms.Key.fromKeyArn(world().stack, fresh('Key'), 'arn:aws:kms:eu-west-1:444455556666:key/0a1b2c3d') })],
  ...programs('allowedOrigins', [['https://shop.example.com:8443'], ['https://xn--bcher-kva.example']], (allowedOrigins) => bucket({ allowedOrigins })),
  ...programs('expiration', [1, 3650], (it) => bucket({ expiration: Duration.days(it) })),
  ...programs('cidr', ['10.0.0.0/16', '172.31.0.0/20', '100.64.0.0/16', '192.168.0.0/16'], (cidr) => new PlatformNetwork(world().stack, fresh('Net'), { cidr })),
  ...programs('team', ['Zahlungen Köln', 'a@b', 'x'.repeat(256), '決済'], (team) => bundle({ team })),
  ...programs('runbooks', ['https://wiki.example.com/{page}', 'https://wiki.example.com/a/{page}.html'], (runbooks) => bundle({ runbooks })),
  ...programs('Notify.email', [['a+b@example.com'], ["o'brien@example.co.uk"], ['a@b.io', 'c@d.io']], (it) => Notify.email(...it)),
  ...programs('schedule', [{ hour: 0, minute: 0 }, { hour: 23, minute: 59 }, { timeZone: TimeZone.of('America/Argentina/Buenos_Aires') }, { timeZone: TimeZone.ETC_UTC }], (it) => BackupSchedule.daily(it)),
  ...programs('vault retention', [30, 36500], (it) => new BackupVault(world().stack, fresh('Vault'), { retention: Duration.days(it) })),
  ...programs('image', [`localhost:5000/a/b@sha256:${'a'.repeat(64)}`, `ghcr.io/acme/shop:v1@sha256:${'0'.repeat(64)}`], (it) => service({ image: ServiceImage.fromRegistry(it) })),
  ...programs('environment', ['p', 'prod-eu', 'qa1', 'preview-123'], (name) => environment({ name })),
  ...programs('region', [['us-gov-west-1', 'us-gov-west-1a', 'us-gov-west-1b'], ['eusc-de-east-1', 'eusc-de-east-1a', 'eusc-de-east-1b'], ['us-west-2', 'us-west-2-lax-1a', 'us-west-2b']],
    ([region, ...zones]) => environment({ region, zones })),
  ...programs('Gate', [Gate.approval(), Gate.none('It is a demo account'), Gate.approval({ allowSelfReview: 'A team of one person' })], (gate) => {
    const app = new App();
    new PipelineStack(app, 'Delivery', { repository: 'acme/shop' }).deploy(new PlatformStage(app, 'Prod', { environment: environment() }), { gate });
  }),
  ...programs('branch', ['main', 'release/2026.11', 'v1', 'feature_x'], (branch) => pipeline({ branch })),
  ...programs('repository', ['acme/shop', 'a/b.c', 'Acme-Inc/shop_2'], (repository) => pipeline({ repository })),
  ...programs('id', ['orders', 'Orders2', 'my-orders', 'A.b'], (it) => new PlatformBucket(new Stack(new App(), 'Shop'), it)),
  ['an id that makes no name of a variable', () => new PlatformBucket(new Stack(new App(), 'Shop'), 'bestellungen-ä', { variable: 'ORDERS' })],
  ['two stages of one shape in two regions', () => {
    const app = new App();
    ['eu-west-1', 'eu-central-1'].forEach((region) => {
      const stack = stackIn(new Stage(app, region), 'Shop', { ...ENV, region });
      new PlatformService(stack, 'Api', workerProps(vpcIn(stack)));
      synth(stack);
    });
  }],
  ['a stack that may go anywhere', () => {
    const stack = agnosticStackOf(Tier.DEV);
    new PlatformService(stack, 'Api', workerProps(vpcIn(stack)));
    synth(stack);
  }],
  ['a cluster of the user', () => service({ cluster: new ecs.Cluster(world().stack, fresh('Cluster'), { vpc: world().vpc, enableFargateCapacityProviders: true }) })],
  ['a cluster that is imported', () => service({ cluster: ecs.Cluster.fromClusterAttributes(world().stack, fresh('Cluster'), { vpc: world().vpc, clusterName: 'theirs' }) })],
  ['an image for x86', () => service({ image: IMAGE, architecture: ecs.CpuArchitecture.X86_64 })],
  ['DEV within nothing', () => new PlatformBucket(new Stack(new App(), 'Shop'), 'Uploads', { tier: Tier.DEV })],
  ['one stage', () => new PlatformStage(new App(), 'Prod', { environment: environment() })],
  ...programs('file', [
    PROD, prodWith('tier: prod', '# first\ntier: "prod"'), prodWith('info', '"5"'), prodWith('info', 'off'), prodWith('info', '2026-01-01'), prodWith('info', '""'),
    prodWith('{ LOG_LEVEL: info }', '{}'), prodWith('[STRIPE_API_KEY]', '[]'), prodWith('[eu-west-1a, eu-west-1b, eu-west-1c]', '\n  - eu-west-1a\n  - eu-west-1b'),
    PROD.replace(/services:[^]*/, ''), prodWith('info', '"it is undefined"'), PROD.replaceAll('\n', '\r\n'), `\uFEFF${PROD}`, prodWith('info', '&level info'),
  ], file),
];
