import { join } from 'node:path';
import { appOf, databaseProps, RECOMMENDED_FLAGS, stackIn } from './support';
import {
  Audience, BackupVault, Ingress, ManagedPostgres, Migrations, Notify, ObservabilityBundle, PlatformBucket, PlatformNetwork, PlatformQueue, PlatformService, ServiceImage, Tier,
} from '../src';
import type { Template } from './support/account';
import { changedBetween, criticalPath, TYPICAL_SECONDS, waitsFor } from './support/critical-path';

const DOMAIN = { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };

/** The product of the README, of a release. */
function shop(tier: Tier, release: string): Template {
  const app = appOf(tier, RECOMMENDED_FLAGS);
  const stack = stackIn(app);
  const image = ServiceImage.fromRegistry(`registry.example.com/shop@sha256:${release.repeat(64)}`);
  const { vpc } = new PlatformNetwork(stack, 'Network');
  const migrations = Migrations.typeorm({ image, directory: join(__dirname, 'support/migrations') });
  const orders = new ManagedPostgres(stack, 'Orders', { ...databaseProps(vpc), migrations });
  const [uploads, emails] = [new PlatformBucket(stack, 'Uploads'), new PlatformQueue(stack, 'Emails')];
  const api = new PlatformService(stack, 'Api', { vpc, image, ingress: Ingress.https({ domain: DOMAIN, openTo: Audience.internet() }) });
  api.connectTo(orders, uploads, emails);
  new BackupVault(stack, 'Backups').protect(orders, uploads);
  new ObservabilityBundle(stack, 'Watch', { notify: Notify.email('shop@example.com') }).watch(api, orders, uploads, emails);
  return app.synth().getStackByName('Shop').template;
}

const [dev, prod] = [Tier.DEV, Tier.PROD].map((tier) => shop(tier, '0'));

const idsOf = ({ Resources: resources = {} }: Template, type: string) => Object.keys(resources).filter((id) => resources[id].Type === type);

test.each([['dev', dev], ['prod', prod]])('in %s a key waits for nothing, so that the database and its logs do not either', (_, template) => {
  const keys = idsOf(template, 'AWS::KMS::Key');

  expect(keys.map((id) => [id, [...waitsFor(template, id)]])).toEqual(keys.map((id) => [id, []]));
});

test.each([['dev', dev], ['prod', prod]])('in %s the database waits for no way to the internet', (_, template) => {
  const [database] = idsOf(template, 'AWS::RDS::DBInstance');
  const types = [...waitsFor(template, database)].map((id) => template.Resources![id].Type);

  expect(types.filter((it) => /NatGateway|InternetGateway|Lambda|VPCEndpoint/.test(it))).toEqual([]);
});

test.each([['dev', dev], ['prod', prod]])('in %s what sets the roles up is ready by the time the database is', (_, template) => {
  const [roles] = idsOf(template, 'AWS::Lambda::Function').filter((id) => /^OrdersRolesFunction/.test(id));

  expect([...waitsFor(template, roles)].map((id) => template.Resources![id].Type)).not.toContain('AWS::RDS::DBInstance');
});

test.each([['dev', dev], ['prod', prod]])('a first deployment to %s takes less than 20 minutes, the standby of the database aside', (_, template) => {
  const { seconds, types } = criticalPath(template);

  expect(seconds).toBeLessThan(20 * 60);
  // Nothing on it is there for the sake of order alone: key, secret, database, its address in the secret, roles, migrations, service, and who may restart it.
  expect(types).toEqual([
    'AWS::KMS::Key', 'AWS::SecretsManager::Secret', 'AWS::RDS::DBInstance', 'AWS::SecretsManager::SecretTargetAttachment', 'Custom::PostgresRoles', 'Custom::PostgresMigrations',
    'AWS::ECS::Service', 'AWS::IAM::Policy', 'AWS::StepFunctions::StateMachine', 'AWS::IAM::Policy',
  ]);
});

test('an update of DEV with a new image takes less than 5 minutes', () => {
  const after = shop(Tier.DEV, '1');
  const changed = changedBetween(dev, after);
  const { seconds, types } = criticalPath(after, changed);

  expect(seconds).toBeLessThan(5 * 60);
  expect(types).toEqual(['AWS::ECS::TaskDefinition', 'Custom::PostgresMigrations', 'AWS::ECS::Service']);
});

test('every time in the table is that of a type which the product has', () => {
  const types = new Set(Object.values(prod.Resources!).map(({ Type: type }) => type));

  expect(Object.keys(TYPICAL_SECONDS).filter((it) => !types.has(it))).toEqual([]);
});
