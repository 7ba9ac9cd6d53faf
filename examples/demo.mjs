// Builds the package, synthesises the shop for its three environments, runs all checks, rehearses its migrations, and says what came of it.
// Needs no AWS account: `npm ci && npm run demo`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { parse } from 'yaml';
import { installShop, rehearseShop } from './rehearsal.mjs';

const { demoPage, rehearsalPage } = await tsImport('./demo-page.ts', import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const shop = join(root, 'examples/shop');
const output = join(shop, 'cdk.out');
const SYNTH = ['npx', 'cdk', 'synth', '**', '--quiet', '--no-lookups', '--no-notices', '--no-version-reporting'];
const json = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

linkPackage();
await step('Bundling the handlers', () => run(['npx', 'projen', 'bundle'], root));
await step('Compiling the package', () => run(['npx', 'projen', 'compile'], root));
rmSync(output, { recursive: true, force: true });
await step('Synthesising the shop for three environments, and checking it', () => run(SYNTH, shop));
await step('Building the service of the shop', () => installShop(root, run));
const rehearsal = await step('Rehearsing its five newest migrations: up, down, up again', () => rehearseShop(root));

const evidence = json(output, 'security-evidence.json');
const environments = ['Dev', 'Staging', 'Prod'].map(environment);
console.log(['', ...demoPage({ environments, evidence, workflows: workflows(), output: 'examples/shop/cdk.out' })].join('\n'));
console.log(['', 'Rehearsal on a PostgreSQL of its own:', ...rehearsalPage(rehearsal.lines)].join('\n'));
console.log(`
Next:
  examples/shop/shop.ts   the product; change it and run the demo again
  docs/README.md          the first steps in your language, and a page for each construct
  examples/shop/README.md what a deployment to an account of yours takes`);

/** The shop imports the package by its name, as any app does: what `npm link` would do. */
function linkPackage() {
  const link = join(shop, 'node_modules/cdk-golden-path');
  mkdirSync(join(shop, 'node_modules'), { recursive: true });
  if (!existsSync(link)) {
    symlinkSync(root, link, 'dir');
  }
}

/** Says what is done and how long it has taken so far; shows what came of it only when it fails. */
async function step(title, work) {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  process.stdout.write(`${title} ... `);
  const clock = process.stdout.isTTY ? setInterval(() => process.stdout.write(`\r${title} ... ${seconds()} `), 1000) : undefined;
  const result = await work();
  clearInterval(clock);
  console.log(`${clock ? `\r${title} ... ` : ''}${result.ok ? 'done' : 'failed'} (${seconds()})`);
  if (!result.ok) {
    fail(result.lines);
  }
  return result;
}

function run([command, ...args], cwd) {
  return new Promise((resolve) => {
    const silent = ['UNTESTED', 'DEPRECATED'].map((it) => [`JSII_SILENCE_WARNING_${it}_NODE_VERSION`, 'true']);
    const env = {
      ...process.env, ...Object.fromEntries(silent),
      CDK_DISABLE_CLI_TELEMETRY: 'true', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true',
    };
    const lines = [];
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (text) => lines.push(String(text)));
    child.stderr.on('data', (text) => lines.push(String(text)));
    child.on('error', ({ message }) => resolve({ ok: false, lines: [message] }));
    child.on('close', (code) => resolve({ ok: code === 0, lines: [lines.join('')] }));
  });
}

function environment(stage) {
  const directory = join(output, `assembly-${stage}`);
  const stacks = Object.values(json(directory, 'manifest.json').artifacts).filter(({ type }) => type === 'aws:cloudformation:stack');
  const [, account, region] = /^aws:\/\/(.+)\/(.+)$/.exec(stacks[0].environment);
  return { stage, account, region, stacks: stacks.map(({ properties }) => json(directory, properties.templateFile)) };
}

/** What GitHub Actions would run, job by job. */
function workflows() {
  const directory = join(output, 'workflows');
  return readdirSync(directory).sort().map((file) => ({ file, ...parse(readFileSync(join(directory, file), 'utf8')) }));
}

function fail(lines) {
  console.error(lines.join('\n'));
  process.exit(1);
}
