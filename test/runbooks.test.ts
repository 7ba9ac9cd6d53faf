import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import {
  Audience, Ingress, ManagedPostgres, type Observation, PlatformNetwork, PlatformService, PostgresVersion, ServiceConfig, ServiceImage, Tier,
} from '../src';

const RUNBOOKS = path.join(__dirname, '../docs/runbooks');

function observations(): Observation[] {
  const stack = new Stack(new App({ context: { 'cdk-golden-path:tier': Tier.DEV.name } }), 'Shop');
  const { vpc } = new PlatformNetwork(stack, 'Network');
  const image = ServiceImage.fromRegistry(`example.com/shop@sha256:${'0'.repeat(64)}`);
  const domain = { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };
  return [
    new PlatformService(stack, 'Api', { vpc, image, ingress: Ingress.https({ domain, openTo: Audience.internet() }) }),
    new PlatformService(stack, 'Worker', { vpc, image, config: new ServiceConfig({ secrets: ['STRIPE_API_KEY'], secretName: 'dev/worker' }) }),
    new ManagedPostgres(stack, 'Orders', { vpc, version: PostgresVersion.V17 }),
  ].map((it) => it.observe());
}

test('every signal names a runbook that is there', () => {
  const signals = observations().flatMap((it) => it.signals);

  const missing = signals.filter(({ runbook }) => !fs.existsSync(path.join(RUNBOOKS, `${runbook}.md`)));

  expect(signals.length).toBeGreaterThan(0);
  expect(missing.map(({ runbook }) => runbook)).toEqual([]);
});

test('no runbook is there for a signal that nobody sends', () => {
  const named = new Set(observations().flatMap((it) => it.signals).map(({ runbook }) => `${runbook}.md`));

  const pages = fs.readdirSync(RUNBOOKS, { recursive: true }).map(String).filter((it) => it.endsWith('.md') && it !== 'README.md');

  expect(pages.filter((it) => !named.has(it))).toEqual([]);
});
