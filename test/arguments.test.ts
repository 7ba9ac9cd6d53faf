import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { appOf, ENV, IMAGE, ingressIn, stackOf, vpcIn } from './support';
import { BackupSchedule } from '../src/backup-vault/backup-schedule';
import { BackupVault } from '../src/backup-vault/backup-vault';
import { PlatformBucket } from '../src/building-blocks/platform-bucket';
import { PlatformQueue } from '../src/building-blocks/platform-queue';
import { SecurityChecks } from '../src/checks/security-checks';
import { PlatformEnvironment } from '../src/environment/platform-environment';
import { PlatformStage } from '../src/environment/platform-stage';
import { ServiceConfig } from '../src/environment/service-config';
import { Tier } from '../src/environment/tier';
import { ServiceImage } from '../src/fargate-task/service-image';
import { ManagedPostgres } from '../src/managed-postgres/managed-postgres';
import { Migrations } from '../src/managed-postgres/migrations/migrations';
import { PeopleAccess } from '../src/managed-postgres/people-access';
import { PostgresVersion } from '../src/managed-postgres/postgres-version';
import { PlatformNetwork } from '../src/network/platform-network';
import { ObservabilityBundle } from '../src/observability-bundle/observability-bundle';
import { Gate } from '../src/pipeline-stack/gate';
import { PipelineStack } from '../src/pipeline-stack/pipeline-stack';
import { Audience } from '../src/platform-service/audience';
import { Ingress } from '../src/platform-service/ingress';
import { PlatformService } from '../src/platform-service/platform-service';
import { Rollout } from '../src/platform-service/rollout';
import { Scaling } from '../src/platform-service/scaling';
import { STRUCTS } from '../src/private/api-types';
import { InvalidValue } from '../src/private/invalid';

const stack = stackOf(Tier.PROD);
const vpc = vpcIn(stack);
const { openTo, certificate } = ingressIn(stack);
const environment = new PlatformEnvironment({ name: 'prod', tier: Tier.PROD, ...ENV, zones: ['eu-west-1a', 'eu-west-1b'] });
let id = 0;

/** Where a user hands over each struct, with props that are right. */
const ENTRANCES: { [struct: string]: [right: object, take: (props: any) => unknown] } = {
  ApprovalOptions: [{}, (options) => Gate.approval(options)],
  BackupVaultProps: [{}, (props) => new BackupVault(stack, `Vault${id++}`, props)],
  CpuScalingOptions: [{}, (options) => Scaling.cpu(options)],
  DailyBackupOptions: [{}, (options) => BackupSchedule.daily(options)],
  DeployOptions: [{}, (options) => {
    const app = new App();
    return new PipelineStack(app, 'Delivery', { repository: 'acme/shop' }).deploy(new PlatformStage(app, 'Prod', { environment }), options);
  }],
  FirewallOptions: [{}, (options) => Audience.internet(options)],
  GradualRolloutOptions: [{}, (options) => Rollout.canary(options)],
  HttpsIngressOptions: [{ openTo, certificate }, (options) => Ingress.https(options)],
  ImageFromDirectoryOptions: [{}, (options) => ServiceImage.fromDirectory('.', options)],
  ManagedPostgresProps: [{ vpc, version: PostgresVersion.V17 }, (props) => new ManagedPostgres(stack, `Orders${id++}`, props)],
  ObservabilityBundleProps: [{}, (props) => new ObservabilityBundle(stack, `Watch${id++}`, props)],
  PipelineStackProps: [{ repository: 'acme/shop' }, (props) => new PipelineStack(new App(), 'Delivery', props)],
  PlatformBucketProps: [{}, (props) => new PlatformBucket(stack, `Uploads${id++}`, props)],
  PlatformEnvironmentProps: [{ name: 'prod', tier: Tier.PROD, ...ENV, zones: environment.zones }, (props) => new PlatformEnvironment(props)],
  PlatformNetworkProps: [{}, (props) => new PlatformNetwork(stack, `Network${id++}`, props)],
  PlatformQueueProps: [{}, (props) => new PlatformQueue(stack, `Emails${id++}`, props)],
  PlatformServiceProps: [{ vpc, image: IMAGE }, (props) => new PlatformService(stack, `Api${id++}`, props)],
  PlatformStageProps: [{ environment }, (props) => new PlatformStage(appOf(), 'Prod', props)],
  RolloutOptions: [{}, (options) => Rollout.rolling(options)],
  SecurityChecksProps: [{}, (props) => SecurityChecks.install(new App(), props)],
  ServiceConfigProps: [{}, (props) => new ServiceConfig(props)],
  SessionManagerAccessOptions: [{}, (options) => PeopleAccess.bySessionManager(options)],
  TypeormMigrationsOptions: [{ image: IMAGE, directory: join(__dirname, 'support/migrations') }, (options) => Migrations.typeorm(options)],
};

/** Props that AWS's own stack looks at. */
const OF_THE_CDK = Object.keys(STRUCTS.StackProps ?? {});

const everyProp = Object.keys(ENTRANCES).flatMap((struct) => Object.entries(STRUCTS[struct])
  .filter(([prop]) => struct !== 'PipelineStackProps' || !OF_THE_CDK.includes(prop)).map(([prop, type]): [string, string, string] => [struct, prop, type]));

test('every struct of props or options is handed over somewhere', () => {
  const known = Object.keys(STRUCTS).filter((it) => /(Props|Options)$/.test(it) && it !== 'StackProps');
  expect(Object.keys(ENTRANCES).sort()).toEqual(known.sort());
});

test.each(Object.keys(ENTRANCES))('%s that are right are taken', (struct) => {
  const [right, take] = ENTRANCES[struct];
  expect(() => take(right)).not.toThrow();
});

test.each(everyProp)('%s: %s of another type is refused by its name', (struct, prop, type) => {
  const wrong = wrongValues(type).map((value) => refusal(struct, { [prop]: value }));
  expect(wrong).toEqual(wrong.map(() => expect.stringMatching(new RegExp(`^\\[.*\\] '${prop}['.[].* must .*; .+$`))));
});

test.each(everyProp.filter(([, , type]) => !type.endsWith('?')))('%s: %s must be set', (struct, prop) => {
  expect(refusal(struct, { [prop]: undefined })).toMatch(new RegExp(`'${prop}' must be set, got undefined; pass it: .+$`));
});

test.each(everyProp.filter(([, , type]) => type.startsWith('string')))('%s: %s made of an environment variable that is not set is refused', (struct, prop, type) => {
  const value = /\[\]/.test(type) ? ['undefined'] : /\{\}/.test(type) ? { A: 'undefined' } : 'undefined';
  expect(refusal(struct, { [prop]: value })).toMatch(new RegExp(`'${prop}.*' must not hold the word 'undefined'; it is made of .+$`));
});

test.each(everyProp)('%s: %s misspelt is refused, with its right name', (struct, prop) => {
  const misspelt = `${prop}${prop.at(-1)}`;
  const [right] = ENTRANCES[struct];
  const { [prop]: moved = undefined, ...others } = right as { [prop: string]: unknown };
  expect(thrownBy(struct, { ...others, [misspelt]: moved })).toMatch(new RegExp(`'${misspelt}' must be a prop that there is; write '${prop}'$`));
});

test.each(Object.keys(ENTRANCES))('%s must be an object', (struct) => {
  expect(thrownBy(struct, 'props')).toMatch(/must be of type \w+, got a text; pass an object with the props$/);
});

function wrongValues(type: string): unknown[] {
  switch (type.replace('?', '')) {
    case 'string': return [5, true, {}, ['a']];
    case 'number': return ['5', true, {}];
    case 'boolean': return ['false', 1];
    default: return ['a text', 5, () => undefined, ...type.includes('{}') || STRUCTS[type.replace('?', '')] ? [] : [{}]];
  }
}

function refusal(struct: string, props: object): string {
  return thrownBy(struct, { ...ENTRANCES[struct][0], ...props });
}

function thrownBy(struct: string, props: unknown): string {
  try {
    ENTRANCES[struct][1](props);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidValue);
    return (error as Error).message;
  }
  return 'nothing was thrown';
}
