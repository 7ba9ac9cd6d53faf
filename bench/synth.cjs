// Synthesises an app of so many services, ten in a stack, and says what it cost: `node bench/synth.cjs <side> <services>`.
// With `weigh` as a third argument it says how much was made, and how many tokens were resolved, instead.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { App, DefaultTokenResolver, Stack } = require('aws-cdk-lib');
const flags = require('aws-cdk-lib/recommended-feature-flags.json');
const ec2 = require('aws-cdk-lib/aws-ec2');

const [side, services, weigh] = [process.argv[2], Number(process.argv[3]), process.argv[4] === 'weigh'];
const env = { account: '444455556666', region: 'eu-west-1' };
const { defineShared, defineService } = require(`./sides/${side}.cjs`);

let tokens = 0;
if (weigh) {
  const { resolveToken } = DefaultTokenResolver.prototype;
  DefaultTokenResolver.prototype.resolveToken = function (...args) {
    tokens += 1;
    return resolveToken.apply(this, args);
  };
}

const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
const app = new App({
  outdir,
  analyticsReporting: false,
  context: {
    ...flags,
    'cdk-golden-path:tier': 'prod',
    [`availability-zones:account=${env.account}:region=${env.region}`]: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
  },
});
for (let first = 0; first < services; first += 10) {
  const stack = new Stack(app, `Shop${first / 10}`, { env });
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
  const shared = defineShared(stack, vpc);
  for (let index = first; index < Math.min(first + 10, services); index++) {
    defineService(stack, vpc, `Api${index}`, shared);
  }
}
const { stacks } = app.synth();
const userMs = process.cpuUsage().user / 1000;

console.log(JSON.stringify(weigh ? { tokens, templates: stacks.map(({ template }) => template) } : { userMs }));
fs.rmSync(outdir, { recursive: true });
