import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { BackupVault } from '../../src/backup-vault/backup-vault';
import { PlatformBucket } from '../../src/building-blocks/platform-bucket';
import { PlatformQueue } from '../../src/building-blocks/platform-queue';
import { SecurityChecks } from '../../src/checks';
import type { Evidence } from '../../src/checks/evidence';
import { ServiceConfig } from '../../src/environment/service-config';
import { Tier } from '../../src/environment/tier';
import { Gate } from '../../src/pipeline-stack/gate';
import { PlatformService } from '../../src/platform-service/platform-service';
import { bareStageIn, pipelineIn } from '../pipeline-stack/shop';
import { stackIn, vpcIn, workerProps } from '../support';

const outdir = mkdtempSync(join(tmpdir(), 'lowered-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Staging and production of a product in which guards are lowered, each by a written reason. */
function synthesise(): void {
  const app = new App({ outdir });
  const delivery = pipelineIn(app);
  const gates = {
    Staging: Gate.none('the canary decides'), Prod: Gate.approval({ allowSelfReview: 'a team of one', allowAdminBypass: 'on call at night' }),
  };
  Object.entries(gates).forEach(([id, gate]) => {
    const stage = bareStageIn(app, id);
    const stack = new Stack(stage, 'Shop');
    new PlatformQueue(stack, 'Emails', { tier: Tier.DEV.because('messages can be made again from the orders') });
    const vault = new BackupVault(stack, 'Backups');
    vault.protect(new PlatformBucket(stack, 'Uploads'));
    vault.release('Orders', 'the orders are kept by another team now');
    delivery.deploy(stage, { gate });
  });
  SecurityChecks.install(app, { packs: [] });
  try {
    app.synth();
  } catch {
    // Findings do not matter here.
  }
}

test('stand in the evidence, each with its reason, and once for all environments that have it', () => {
  synthesise();

  const { loweredGuards }: Evidence = JSON.parse(readFileSync(join(outdir, 'security-evidence.json'), 'utf8'));

  expect(loweredGuards).toEqual([
    {
      resource: 'Delivery', environments: ['Prod'], what: 'administrators may deploy without an approval', reason: 'on call at night',
    },
    {
      resource: 'Delivery', environments: ['Staging'], what: 'deployments without an approval', reason: 'the canary decides',
    },
    {
      resource: 'Delivery', environments: ['Prod'], what: 'whoever starts a deployment may approve it', reason: 'a team of one',
    },
    {
      resource: 'Shop/Backups',
      environments: ['Prod', 'Staging'],
      what: 'Orders may leave the vault, and lose its automated backups',
      reason: 'the orders are kept by another team now',
    },
    ...['Prod', 'Staging'].map((it) => ({
      resource: 'Shop/Emails', environments: [it], what: `tier 'dev' instead of '${it.toLowerCase()}'`, reason: 'messages can be made again from the orders',
    })),
  ]);
});

test('what a config says is no secret stands there as an acknowledgement of exactly that variable', () => {
  const app = new App({ outdir: join(outdir, 'not-secret') });
  const stack = stackIn(app);
  const reason = 'browsers get it anyway; it works on our domain only';
  new PlatformService(stack, 'Worker', {
    ...workerProps(vpcIn(stack)), config: new ServiceConfig({ variables: { MAPS_API_KEY: 'a1b2c3' }, notSecret: { MAPS_API_KEY: reason } }),
  });
  SecurityChecks.install(app, { packs: [] });
  app.synth();

  const { acknowledged }: Evidence = JSON.parse(readFileSync(join(outdir, 'not-secret', 'security-evidence.json'), 'utf8'));

  expect(acknowledged).toEqual([{
    rule: 'GoldenPath-ECSPlainSecret[Container::app::Environment.MAPS_API_KEY]',
    resource: 'Shop/Worker/Task/Definition/Resource',
    environments: [],
    acknowledgedOn: 'Shop/Worker/Task/Definition',
    reason,
  }]);
});

test('stand on top of the page', () => {
  const [, first] = /^## (.+)$/m.exec(readFileSync(join(outdir, 'security-evidence.md'), 'utf8'))!;

  expect(first).toBe('Lowered guards');
});
