// Synthesises what the shop does not have, for cfn-lint: `tsx test/lint/variants.ts <output folder>`.
// Every tier, with the recommended feature flags and without, in a region and without one.
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import {
  Audience, ConfigStore, Ingress, ManagedPostgres, PlatformNetwork, PlatformService, PostgresVersion, Rollout, Scaling, ServiceConfig, Tier,
} from '../../src';
import { appOf, ENV, IMAGE, RECOMMENDED_FLAGS } from '../support';

const [outdir] = process.argv.slice(2);
process.env.CDK_VALIDATION = 'false';

for (const tier of [Tier.DEV, Tier.STAGING, Tier.PROD]) {
  for (const [name, flags] of Object.entries({ plain: {}, recommended: RECOMMENDED_FLAGS })) {
    for (const env of [ENV, undefined]) {
      const app = new App({ outdir: join(outdir, `${tier.name}-${name}-${env ? 'region' : 'agnostic'}`), context: { ...appOf(tier, flags).node.getAllContext(), 'aws:cdk:enable-path-metadata': true } });
      define(new Stack(app, 'Everything', { env }), tier);
      app.synth();
    }
  }
}

function define(stack: Stack, tier: Tier): void {
  const { vpc } = new PlatformNetwork(stack, 'Network', { interfaceEndpoints: [ec2.InterfaceVpcEndpointAwsService.KMS] });
  const domain = { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };
  const orders = new ManagedPostgres(stack, 'Orders', { vpc, version: PostgresVersion.V15 });
  const audit = new ManagedPostgres(stack, 'Audit', {
    vpc, version: PostgresVersion.V18, variablePrefix: 'AUDIT_PG', instanceType: new ec2.InstanceType('r7g.xlarge'), parameters: { log_temp_files: '0' },
  });
  const services = [
    new PlatformService(stack, 'Public', {
      vpc,
      image: IMAGE,
      ingress: Ingress.https({ domain, openTo: Audience.internet() }),
      config: new ServiceConfig({ variables: { LEVEL: 'info' }, secrets: ['API_KEY'], secretName: 'public/settings', flags: ['first', 'second'] }),
      rollout: Rollout.rolling(),
    }),
    new PlatformService(stack, 'Internal', {
      vpc,
      image: IMAGE,
      ingress: Ingress.https({ domain: { ...domain, name: 'internal.example.com' }, openTo: Audience.network('10.0.0.0/8') }),
      config: new ServiceConfig({ variables: { LEVEL: 'info' }, store: ConfigStore.secretsManager() }),
      rollout: Rollout.blueGreen(),
    }),
    new PlatformService(stack, 'Edge', {
      vpc,
      image: IMAGE,
      ingress: Ingress.https({ domain: { ...domain, name: 'edge.example.com' }, openTo: Audience.cloudFront('pl-3b927c52') }),
      scaling: Scaling.fixed(tier === Tier.DEV ? 1 : 3),
      cpu: 1024,
      memoryLimitMiB: 4096,
    }),
    new PlatformService(stack, 'Worker', { vpc, image: IMAGE, command: ['node', 'worker.js'], healthCommand: ['CMD', 'node', 'healthy.js'] }),
  ];
  services.forEach((service) => service.connectTo(orders));
  services[3].connectTo(audit);
}
