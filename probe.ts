import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks } from 'cdk-nag';
import * as g from './src';
process.env.CDK_VALIDATION = 'false';
for (const tier of ['dev','staging','prod']) {
  const app = new App({ outdir: '/tmp/probe/'+tier, context: process.env.FLAGS ? require('aws-cdk-lib/recommended-feature-flags.json') : {} });
  const env = new g.PlatformEnvironment({ name: tier, tier: g.Tier.named(tier), account: '444455556666', region: 'eu-west-1', zones: ['eu-west-1a','eu-west-1b','eu-west-1c'], domain: {name:'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ'},
    services: { api: new g.ServiceConfig({ variables: {LOG_LEVEL:'info'}, secrets: ['STRIPE_API_KEY'], secretName: 'prod/api', flags: ['new-checkout','b'] }) } });
  const stage = new g.PlatformStage(app, 'Shop-'+tier, { environment: env });
  const stack = new Stack(stage, 'Shop');
  const n = new g.PlatformNetwork(stack, 'Network');
  const image = g.ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx@sha256:'+'a'.repeat(64));
  const db = new g.ManagedPostgres(stack, 'Orders', { vpc: n.vpc, version: g.PostgresVersion.V17 });
  const api = new g.PlatformService(stack, 'Api', { vpc: n.vpc, image, config: env.config('api'), ingress: g.Ingress.https({ domain: env.domain, openTo: g.Audience.internet() }) });
  const internal = new g.PlatformService(stack, 'Internal', { vpc: n.vpc, image, config: new g.ServiceConfig({ variables: {A:'b'}, store: g.ConfigStore.secretsManager() }), ingress: g.Ingress.https({ domain: env.domain, openTo: g.Audience.network('10.0.0.0/16') }) });
  const worker = new g.PlatformService(stack, 'Worker', { vpc: n.vpc, image, command: ['node','w.js'] });
  api.connectTo(db); worker.connectTo(db); internal.connectTo(db);
  g.SecurityChecks.install(app);
  const asm = app.synth();
  const t = asm.getNestedAssembly('assembly-Shop-'+tier).stacks[0].template;
  const by: any = {}; for (const r of Object.values<any>(t.Resources)) by[r.Type]=(by[r.Type]??0)+1;
  console.log(tier, Object.keys(t.Resources).length, JSON.stringify(t).length);
  if (process.env.TYPES) console.log(by);
  for (const s of asm.getNestedAssembly('assembly-Shop-'+tier).stacks) for (const m of s.messages) console.log(m.level, m.id, String(m.entry.data).slice(0,200));
}
