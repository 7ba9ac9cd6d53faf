// Synthesises the shop for its three environments, with the checks or without, and says what it cost:
// `node --import tsx bench/checks.cjs with` or `without`.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { App } = require('aws-cdk-lib');

const shop = path.join(__dirname, '../examples/shop');
const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
const { context } = JSON.parse(fs.readFileSync(path.join(shop, 'cdk.json'), 'utf8'));
process.chdir(shop);

const { PlatformEnvironments, SecurityChecks } = require('..');
const { Shop } = require('../examples/shop/shop.ts');
const app = new App({ outdir, context, analyticsReporting: false });
const environments = PlatformEnvironments.fromDirectory('config');
['dev', 'staging', 'prod'].forEach((name) => new Shop(app, name, { environment: environments.named(name) }));
if (process.argv[2] === 'with') {
  SecurityChecks.install(app);
}
app.synth();
console.log(JSON.stringify({ userMs: process.cpuUsage().user / 1000 }));
fs.rmSync(outdir, { recursive: true });
