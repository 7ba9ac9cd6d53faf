import { App, Duration, TimeZone } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { bucket, bundle, database, environment, fresh, ingress, pipeline, type Program, programs, queue, service, web, world } from './program';
import { BackupSchedule } from '../../../src/backup-vault/backup-schedule';
import { BackupVault } from '../../../src/backup-vault/backup-vault';
import { PlatformBucket } from '../../../src/building-blocks/platform-bucket';
import { PlatformEnvironments } from '../../../src/environment/platform-environments';
import { PlatformStage } from '../../../src/environment/platform-stage';
import { ServiceConfig } from '../../../src/environment/service-config';
import { Tier } from '../../../src/environment/tier';
import { ServiceImage } from '../../../src/fargate-task/service-image';
import { DatabaseAccess } from '../../../src/managed-postgres/database-access';
import { Migrations } from '../../../src/managed-postgres/migrations/migrations';
import { PlatformNetwork } from '../../../src/network/platform-network';
import { Notify } from '../../../src/observability-bundle/notify';
import { Gate } from '../../../src/pipeline-stack/gate';
import { Audience } from '../../../src/platform-service/audience';
import { FirewallRule } from '../../../src/platform-service/firewall-rule';
import { Rollout } from '../../../src/platform-service/rollout';
import { Scaling } from '../../../src/platform-service/scaling';
import { IMAGE } from '../../support';

/** What `process.env.X!` is, and what a template text makes of it. */
const UNSET = undefined as any;
const TEXT = 'undefined';
const EITHER = [UNSET, TEXT];

const PLACES: Program[] = [
  ...programs('Notify.email', EITHER, (it) => Notify.email(it)),
  ...programs('one of two addresses', EITHER, (it) => Notify.email('a@example.com', it)),
  ...programs('Audience.network', EITHER, (it) => Audience.network(it)),
  ...programs('Audience.internetFrom', EITHER, (it) => Audience.internetFrom(it)),
  ...programs('a range', EITHER, (it) => Audience.network(`${it}/16`)),
  ...programs('Audience.cloudFront', EITHER, (it) => Audience.cloudFront(it)),
  ...programs('Audience.cloudFrontVpcOrigin', EITHER, (it) => Audience.cloudFrontVpcOrigin(it)),
  ...programs('Audience.securityGroups', [UNSET], (it) => Audience.securityGroups(it)),
  ...programs('FirewallRule.addresses', EITHER, (it) => FirewallRule.managedRuleGroup(it)),
  ...programs('ServiceImage.fromRegistry', EITHER, (it) => ServiceImage.fromRegistry(it)),
  ...programs('a digest', EITHER, (it) => ServiceImage.fromRegistry(`nginx@${it}`)),
  ...programs('ServiceImage.fromDirectory', EITHER, (it) => ServiceImage.fromDirectory(it)),
  ...programs('a build argument', EITHER, (VERSION) => ServiceImage.fromDirectory('.', { buildArgs: { VERSION } })),
  ...programs('a build secret', EITHER, (it) => ServiceImage.fromDirectory('.', { buildSecrets: [it] })),
  ...programs('PlatformEnvironments.fromDirectory', EITHER, (it) => PlatformEnvironments.fromDirectory(it)),
  ...programs('environment.config', EITHER, (it) => environment().config(it)),
  ...programs('an account', EITHER, (account) => environment({ account })),
  ...programs('a region', EITHER, (region) => environment({ region })),
  ...programs('a zone', EITHER, (it) => environment({ zones: ['eu-west-1a', it] })),
  ...programs('a zone of a region', EITHER, (it) => environment({ zones: [`${it}a`, `${it}b`] })),
  ...programs('a domain', EITHER, (name) => environment({ domain: { name, hostedZoneId: 'Z0123456789ABCDEFGHIJ' } })),
  ...programs('a host in a domain', EITHER, (it) => environment({ domain: { name: `shop.${it}`, hostedZoneId: 'Z0123456789ABCDEFGHIJ' } })),
  ...programs('a hosted zone', EITHER, (hostedZoneId) => ingress({ domain: { name: 'shop.example.com', hostedZoneId } })),
  ...programs('Tier.named', EITHER, (it) => Tier.named(it)),
  ...programs('a variable', EITHER, (URL) => new ServiceConfig({ variables: { URL } })),
  ...programs('a part of a variable', EITHER, (it) => new ServiceConfig({ variables: { URL: `https://${it}/api` } })),
  ...programs('a name of a secret', EITHER, (it) => new ServiceConfig({ secrets: [it], secretName: 'prod/api' })),
  ...programs('a secret', [TEXT, `${TEXT}/api`], (secretName) => new ServiceConfig({ secrets: ['A'], secretName })),
  ...programs('the account of a key', EITHER, (it) => new ServiceConfig({ secretKeyArn: `arn:aws:kms:eu-west-1:${it}:key/1` })),
  ...programs('a flag', EITHER, (it) => new ServiceConfig({ flags: [it] })),
  ...programs('a command', EITHER, (it) => service({ command: ['node', it] })),
  ...programs('a health command', EITHER, (it) => service({ healthCommand: ['curl', it] })),
  ...programs('a user', [TEXT], (user) => service({ user })),
  ...programs('a path', EITHER, (it) => service({ writablePaths: [it] })),
  ...programs('a path below', EITHER, (it) => service({ writablePaths: [`/${it}`] })),
  ...programs('a health path', [TEXT, '/undefined'], (healthPath) => ingress({ healthPath })),
  ...programs('a database', [TEXT], (databaseName) => database({ databaseName })),
  ...programs('a database of a team', ['app_undefined', 'undefined_app'], (databaseName) => database({ databaseName })),
  ...programs('a schema', [TEXT], (schema) => database({ schema })),
  ...programs('an extension', EITHER, (it) => database({ extensions: [it] })),
  ...programs('a parameter', EITHER, (it) => database({ parameters: { work_mem: it } })),
  ...programs('a prefix', ['UNDEFINED', TEXT], (variablePrefix) => database({ variablePrefix })),
  ...programs('a class', EITHER, (it) => database({ instanceType: new ec2.InstanceType(it) })),
  ...programs('a size', EITHER, (it) => database({ instanceType: new ec2.InstanceType(`m7g.${it}`) })),
  ...programs('a range of a network', [TEXT, 'undefined/16'], (cidr) => new PlatformNetwork(world().stack, fresh('Net'), { cidr })),
  ...programs('an origin', [...EITHER, 'https://undefined'], (it) => bucket({ allowedOrigins: [it] })),
  ...programs('a name of a variable', [TEXT, 'UNDEFINED_URL'], (variable) => queue({ variable })),
  ...programs('a team', [TEXT], (team) => bundle({ team })),
  ...programs('runbooks', [TEXT, 'https://undefined/{page}'], (runbooks) => bundle({ runbooks })),
  ...programs('a time zone', EITHER, (it) => BackupSchedule.daily({ timeZone: TimeZone.of(it) })),
  ...programs('a repository', [...EITHER, 'acme/undefined'], (repository) => pipeline({ repository })),
  ...programs('a branch', [TEXT], (branch) => pipeline({ branch })),
  ...programs('Gate.none', EITHER, (it) => Gate.none(it)),
  ...programs('a directory of migrations', EITHER, (directory) => Migrations.typeorm({ image: IMAGE, directory })),
  ...programs('an id', EITHER, (it) => new PlatformBucket(world().stack, it)),
  ...programs('a part of an id', [`Bucket-${TEXT}`], (it) => new PlatformBucket(world().stack, it)),
  ...programs('the id of a stage', EITHER, (it) => new PlatformStage(new App(), it, { environment: environment() })),
  ...programs('a name that is released', EITHER, (it) => new BackupVault(world().stack, fresh('Vault')).release(it, 'The data move to another account')),
];

/** Numbers and durations that are made of it. */
const NUMBERS: Program[] = [
  ...programs('cpu', [Number(UNSET)], (cpu) => service({ cpu })),
  ...programs('memory', [Number(UNSET)], (memoryLimitMiB) => service({ memoryLimitMiB })),
  ...programs('a port', [Number(UNSET), parseInt(UNSET)], (port) => ingress({ port })),
  ...programs('storage', [Number(UNSET)], (allocatedStorage) => database({ allocatedStorage })),
  ...programs('a pool', [Number(UNSET)], (connectionsPerTask) => database({ connectionsPerTask })),
  ...programs('tasks', [Number(UNSET)], (it) => Scaling.fixed(it)),
  ...programs('fixed tasks', [UNSET], (it) => Scaling.fixed(it)),
  ...programs('a share', [Number(UNSET)], (percent) => Rollout.canary({ percent })),
  ...programs('an hour', [Number(UNSET)], (hour) => BackupSchedule.daily({ hour })),
  ...programs('receives', [Number(UNSET)], (maxReceiveCount) => queue({ maxReceiveCount })),
  ...programs('days of backups', [Number(UNSET)], (it) => database({ backupRetention: Duration.days(it) })),
  ...programs('days of a vault', [Number(UNSET)], (it) => new BackupVault(world().stack, fresh('Vault'), { retention: Duration.days(it) })),
  ...programs('minutes of a bake', [Number(UNSET)], (it) => Rollout.canary({ bake: Duration.minutes(it) })),
  ...programs('seconds of a message', [Number(UNSET)], (it) => queue({ visibilityTimeout: Duration.seconds(it) })),
  ...programs('days of an object', [Number(UNSET)], (it) => bucket({ expiration: Duration.days(it) })),
  ...programs('seconds idle', [Number(UNSET)], (it) => ingress({ idleTimeout: Duration.seconds(it) })),
];

/** Constructs and values in the place of which there is nothing. */
const OBJECTS: Program[] = [
  ...programs('connectTo', [UNSET], (it) => service().connectTo(it)),
  ...programs('addRollbackAlarm', [UNSET], (it) => web().addRollbackAlarm(it)),
  ...programs('protect', [UNSET], (it) => new BackupVault(world().stack, fresh('Vault')).protect(it)),
  ...programs('watch', [UNSET], (it) => bundle().watch(it)),
  ...programs('watchEverything', [UNSET], (it) => bundle().watchEverything(it)),
  ...programs('topic', [UNSET, TEXT], (it) => bundle().topic(it)),
  ...programs('grantAccess to nobody', [UNSET], (it) => database().grantAccess(it, DatabaseAccess.readOnly())),
  ...programs('grantConnect to nobody', [UNSET], (it) => database().grantConnect(it, DatabaseAccess.readOnly())),
  ...programs('bindToService', [UNSET], (it) => database().bindToService(it)),
  ...programs('deploy', [UNSET], (it) => pipeline().deploy(it)),
  ...programs('a vpc', [UNSET], (vpc) => service({ vpc })),
  ...programs('an image', [UNSET], (image) => service({ image })),
  ...programs('an audience', [UNSET], (openTo) => ingress({ openTo })),
  ...programs('a version', [UNSET], (version) => database({ version })),
  ...programs('an environment', [UNSET], (it) => new PlatformStage(new App(), 'Prod', { environment: it })),
  ...programs('props of a service', [UNSET], (it) => new (service().constructor as any)(world().stack, fresh('Api'), it)),
];

/** An environment variable that is not set, wherever a text, a number or an object may stand. */
export const UNSET_VARIABLES: Program[] = [...PLACES, ...NUMBERS, ...OBJECTS];
