// Synthesises the shop for its three environments with the checks, and says what all of it and they took:
// `node bench/checks.cjs <shop>`, where <shop> is examples/shop/shop.ts as CommonJS: a compiler at work would be measured too.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { App } = require('aws-cdk-lib');

const directory = path.join(__dirname, '../examples/shop');
const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
const { context } = JSON.parse(fs.readFileSync(path.join(directory, 'cdk.json'), 'utf8'));
const code = fs.readFileSync(process.argv[2], 'utf8');
process.chdir(directory);

const { PlatformEnvironments, SecurityChecks } = require('..');
const shop = {};
new Function('require', 'exports', code)((name) => require(name === 'cdk-golden-path' ? '..' : name), shop);
const app = new App({ outdir, context, analyticsReporting: false });
const environments = PlatformEnvironments.fromDirectory('config');
['dev', 'staging', 'prod'].forEach((name) => new shop.Shop(app, name, { environment: environments.named(name) }));
const checks = SecurityChecks.install(app);
const { validate } = checks;
let checksMs;
checks.validate = (...args) => {
  const before = process.cpuUsage();
  const report = validate.apply(checks, args);
  checksMs = process.cpuUsage(before).user / 1000;
  return report;
};
app.synth();
console.log(JSON.stringify({ checksMs, synthMs: process.cpuUsage().user / 1000 - checksMs }));
fs.rmSync(outdir, { recursive: true });
