import { App, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { bucket, bundle, database, environment, fresh, ingress, pipeline, type Program, programs, queue, service, web, world } from './program';
import { BackupSchedule } from '../../../src/backup-vault/backup-schedule';
import { BackupVault } from '../../../src/backup-vault/backup-vault';
import { Protectable } from '../../../src/backup-vault/protectable';
import { SecurityChecks } from '../../../src/checks/security-checks';
import { ConfigStore } from '../../../src/environment/config-store';
import { PlatformEnvironments } from '../../../src/environment/platform-environments';
import { PlatformStage } from '../../../src/environment/platform-stage';
import { ServiceConfig } from '../../../src/environment/service-config';
import { Tier } from '../../../src/environment/tier';
import { ServiceImage } from '../../../src/fargate-task/service-image';
import { DatabaseAccess } from '../../../src/managed-postgres/database-access';
import { Migrations } from '../../../src/managed-postgres/migrations/migrations';
import { PeopleAccess } from '../../../src/managed-postgres/people-access';
import { PostgresVersion } from '../../../src/managed-postgres/postgres-version';
import { PlatformNetwork } from '../../../src/network/platform-network';
import { Notify } from '../../../src/observability-bundle/notify';
import { Watchable } from '../../../src/observability-bundle/watchable';
import { Gate } from '../../../src/pipeline-stack/gate';
import { Audience } from '../../../src/platform-service/audience';
import { Ingress } from '../../../src/platform-service/ingress';
import { Rollout } from '../../../src/platform-service/rollout';
import { Scaling } from '../../../src/platform-service/scaling';
import { IMAGE } from '../../support';

const any = (value: unknown) => value as any;

/** What has the place of a value class: the factory itself, a name, a plain object with its members, the class, a promise, a number. */
const INSTEAD: { [prop: string]: { readonly values: unknown[]; readonly give: (value: any) => unknown } } = {
  ingress: { values: [Ingress.https, 'https', { port: 8080 }, Ingress, Promise.resolve(), 443, []], give: (value) => service({ ingress: value }) },
  rollout: { values: [Rollout.canary, 'canary', { strategy: 'CANARY' }, Rollout, Promise.resolve(), 10, true], give: (rollout) => web({ rollout }) },
  scaling: { values: [Scaling.cpu, 'cpu', { min: 2, max: 4 }, Scaling, Promise.resolve(), 4], give: (scaling) => service({ scaling }) },
  config: { values: [ServiceConfig, 'api', { variables: { A: 'a' } }, Promise.resolve(), []], give: (config) => service({ config }) },
  image: { values: [ServiceImage.fromRegistry, 'nginx', { image: 'nginx' }, ServiceImage, Promise.resolve()], give: (image) => service({ image }) },
  tier: { values: [Tier, 'prod', { name: 'prod' }, Promise.resolve(), 1], give: (tier) => queue({ tier }) },
  store: { values: [ConfigStore.secretsManager, 'secretsManager', { inSecretsManager: true }, true], give: (store) => new ServiceConfig({ store }) },
  openTo: { values: [Audience.internet, 'internet', { internetFacing: true, peers: [], everybody: true }, '0.0.0.0/0', true], give: (openTo) => ingress({ openTo }) },
  version: { values: [17, '17', 'V17', PostgresVersion, { major: 17 }], give: (version) => database({ version }) },
  migrations: { values: [Migrations.typeorm, 'migrations', { directory: 'x' }, true], give: (migrations) => database({ migrations }) },
  peopleAccess: { values: [PeopleAccess.none, 'none', { timeLimit: 1 }, false], give: (peopleAccess) => database({ peopleAccess }) },
  schedule: { values: [BackupSchedule.daily, 'daily', { hour: 3, minute: 0 }, 3], give: (schedule) => new BackupVault(world().stack, fresh('Vault'), { schedule }) },
  notify: { values: [Notify.email, 'me@example.com', ['me@example.com'], { addresses: [] }], give: (notify) => bundle({ notify }) },
  gate: {
    values: [Gate.approval, 'approval', { needsApproval: false }, true, Gate],
    give: (gate) => {
      const app = new App();
      return pipeline().deploy(new PlatformStage(app, 'Prod', { environment: environment() }), { gate });
    },
  },
  environment: { values: ['prod', { name: 'prod' }, Promise.resolve(), environment], give: (it) => new PlatformStage(new App(), 'Prod', { environment: it }) },
};

/** What is given in the place of a duration, a list, a mapping, a number, a switch or a text. */
const KINDS: Program[] = [
  ...programs('bake', [5, '5m', { minutes: 5 }, true], (bake) => Rollout.canary({ bake: any(bake) })),
  ...programs('retention', [4, '4d', { days: 4 }], (retention) => queue({ retention })),
  ...programs('visibilityTimeout', [30, '30', [30]], (visibilityTimeout) => queue({ visibilityTimeout })),
  ...programs('backupRetention', [7, '7', { days: 7 }], (backupRetention) => database({ backupRetention })),
  ...programs('idleTimeout', [60, '60s'], (idleTimeout) => ingress({ idleTimeout })),
  ...programs('command', ['node main.js', { 0: 'node' }, 5, ['node', 5], [['node']]], (command) => service({ command })),
  ...programs('healthCommand', ['curl', ['curl', 8080], true], (healthCommand) => service({ healthCommand })),
  ...programs('writablePaths', ['/tmp', [5], { tmp: '/tmp' }], (writablePaths) => service({ writablePaths })),
  ...programs('extensions', ['citext', [1], { citext: true }], (extensions) => database({ extensions })),
  ...programs('parameters', ['work_mem=4MB', { work_mem: 4096 }, ['work_mem'], { work_mem: ['4MB'] }], (parameters) => database({ parameters })),
  ...programs('variables', [['A'], 'A=a', { A: 1 }, { A: true }, { A: null }, { A: { b: 'c' } }], (variables) => new ServiceConfig({ variables: any(variables) })),
  ...programs('secrets', ['A', { A: 'a' }, [1], [['A']]], (secrets) => new ServiceConfig({ secrets: any(secrets), secretName: 'prod/api' })),
  ...programs('flags', ['new', { new: true }, [1]], (flags) => new ServiceConfig({ flags: any(flags) })),
  ...programs('allowedOrigins', ['https://shop.example.com', [5], true], (allowedOrigins) => bucket({ allowedOrigins })),
  ...programs('zones', ['eu-west-1a', 3, { a: 1, b: 2 }], (zones) => environment({ zones: any(zones) })),
  ...programs('cpu', ['512', '0.5 vCPU', [512], true], (cpu) => service({ cpu })),
  ...programs('memoryLimitMiB', ['1024', '1GB'], (memoryLimitMiB) => service({ memoryLimitMiB })),
  ...programs('port', ['8080', [8080]], (port) => ingress({ port })),
  ...programs('allocatedStorage', ['50', '50GiB', [50]], (allocatedStorage) => database({ allocatedStorage })),
  ...programs('fifo', ['true', 1, 'yes', {}], (fifo) => queue({ fifo })),
  ...programs('natGateways', ['1', true], (natGateways) => new PlatformNetwork(world().stack, fresh('Net'), { natGateways: any(natGateways) })),
  ...programs('user', [1000, ['1000'], { uid: 1000 }], (user) => service({ user })),
  ...programs('databaseName', [1, ['orders'], {}], (databaseName) => database({ databaseName })),
  ...programs('account', [444455556666, ['444455556666']], (account) => environment({ account: any(account) })),
  ...programs('domain', ['shop.example.com', ['shop.example.com'], { name: 'shop.example.com' }, { hostedZoneId: 'Z0123456789' }], (domain) => ingress({ domain })),
  ...programs('instanceType', ['m7g.large', { instanceType: 'm7g.large' }], (instanceType) => database({ instanceType })),
  ...programs('vpc', ['vpc-12345678', { vpcId: 'vpc-12345678' }, Stack, []], (vpc) => service({ vpc })),
  ...programs('cluster', ['default', { clusterName: 'default' }], (cluster) => service({ cluster })),
  ...programs('encryptionKey', ['alias/mine', 'arn:aws:kms:eu-west-1:444455556666:key/1', {}], (encryptionKey) => queue({ encryptionKey })),
  ...programs('certificate', ['arn:aws:acm:eu-west-1:444455556666:certificate/1', {}], (certificate) => ingress({ certificate })),
  ...programs('architecture', ['arm64', 'ARM64', {}], (architecture) => service({ architecture })),
  ...programs('buildArgs', [['A=a'], 'A=a', { A: 1 }], (buildArgs) => ServiceImage.fromDirectory('.', { buildArgs: any(buildArgs) })),
  ...programs('props', ['props', 5, [], null, true], (props) => new (service().constructor as any)(world().stack, fresh('Api'), props)),
];

/** One letter too many, too few or exchanged. */
const MISSPELT: Program[] = [
  ...programs('a service', ['scalling', 'memory', 'Cpu', 'ingres', 'writablePath', 'confg', 'rollOut', 'healthComand'], (it) => service({ [it]: any('x') })),
  ...programs('a database', ['databasename', 'extension', 'instancetype', 'storage', 'allocatedstorage', 'backupRetentions', 'migration', 'extensoins'], (it) => database({ [it]: any('x') })),
  ...programs('a queue', ['visibilityTimout', 'retentions', 'maxReceives', 'Fifo'], (it) => queue({ [it]: any('x') })),
  ...programs('a configuration', ['variable', 'secret', 'secretname', 'flag'], (it) => new ServiceConfig({ [it]: any('x') })),
  ...programs('an ingress', ['domian', 'healthPaht', 'healthpath', 'ports', 'idleTimeOut'], (it) => ingress({ [it]: any('x') })),
];

const role = () => new iam.Role(world().stack, fresh('Role'), { assumedBy: new iam.AccountRootPrincipal() });

/** What methods and factories are given. */
const CALLS: Program[] = [
  ...programs('connectTo', [null, 'orders', {}, [], () => 1, bucket], (it) => service().connectTo(any(it))),
  ...programs('connectTo a list', [['orders'], [{}], [null]], (it) => service().connectTo(any(it))),
  ...programs('protect', [null, 'orders', {}, [], 5], (it) => new BackupVault(world().stack, fresh('Vault')).protect(any(it))),
  ...programs('watch', [null, 'api', {}, [], 5], (it) => bundle().watch(any(it))),
  ...programs('topic', ['P0 ', 'P9', 0, null, {}], (it) => bundle().topic(any(it))),
  ...programs('deploy', [null, 'Prod', {}, new Stack(new App(), 'Shop')], (it) => pipeline().deploy(any(it))),
  ...programs('addRollbackAlarm', [null, 'alarm', {}], (it) => web().addRollbackAlarm(any(it))),
  ...programs('grantAccess', ['readOnly', 'app_people_readonly', { _attribute: 'x' }, null, DatabaseAccess.readOnly], (it) => database().grantAccess(role(), any(it))),
  ...programs('grantConnect to', ['role', 'arn:aws:iam::444455556666:role/x', {}, null], (it) => database().grantConnect(any(it), DatabaseAccess.readOnly())),
  ...programs('release', [null, 5, {}], (it) => new BackupVault(world().stack, fresh('Vault')).release(any(it), 'The data move to another account')),
  ...programs('Audience.network', [null, 10, {}, ['10.0.0.0/8']], (it) => Audience.network(any(it))),
  ...programs('Audience.securityGroups', ['sg-12345678', {}, null], (it) => Audience.securityGroups(any(it))),
  ...programs('Notify.email', [null, 5, {}, ['me@example.com']], (it) => Notify.email(any(it))),
  ...programs('Gate.none', [null, true, {}, ['because it is a demo']], (it) => Gate.none(any(it))),
  ...programs('Scaling.fixed', ['2', null, {}, [2]], (it) => Scaling.fixed(any(it))),
  ...programs('ServiceImage.fromEcr', ['repository', {}, null], (it) => ServiceImage.fromEcr(any(it), `sha256:${'0'.repeat(64)}`)),
  ...programs('Tier.named', [null, 5, {}, Tier.PROD], (it) => Tier.named(any(it))),
  ...programs('PlatformEnvironments.fromDirectory', [null, 5, {}, ['config']], (it) => PlatformEnvironments.fromDirectory(any(it))),
  ...programs('environment.config', [null, 5, {}], (it) => environment().config(any(it))),
  ...programs('Protectable.bucket', [null, 'uploads', {}], (it) => Protectable.bucket(any(it))),
  ...programs('Watchable.queue', [null, 'emails', {}], (it) => Watchable.queue(any(it))),
  ...programs('SecurityChecks.install', [null, 'app', {}], (it) => SecurityChecks.install(any(it))),
  ...programs('SecurityChecks', [{ acceptedUnchecked: 'Shop' }, { acceptedUnchecked: [{ path: 5, reason: 'x' }] }], (it) => SecurityChecks.install(new App(), any(it))),
  ...programs('Rollout.canary', ['10', 10, []], (it) => Rollout.canary(any(it))),
  ...programs('Migrations.typeorm', ['migrations', null, {}, { image: IMAGE }], (it) => Migrations.typeorm(any(it))),
  ...programs('restore point', ['snapshot', {}, true], (it) => Migrations.typeorm(any({ image: IMAGE, directory: 'test/support/migrations', restorePoint: it }))),
  ...programs('a scope', [null, 'Shop', {}, 5], (it) => new (queue().constructor as any)(it, 'Emails')),
  ...programs('time limit', [60, '1h', { hours: 1 }], (it) => PeopleAccess.bySessionManager({ timeLimit: any(it) })),
  ...programs('Duration', [any(Duration)], (it) => queue({ retention: it })),
];

/** What only the compiler of TypeScript refuses. */
export const JAVASCRIPT: Program[] = [
  ...Object.entries(INSTEAD).flatMap(([prop, { values, give }]) => programs(prop, values, give)), ...KINDS, ...MISSPELT, ...CALLS,
];
