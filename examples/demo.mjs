// Builds the package, synthesises the shop for its three environments, runs all checks, rehearses its migrations, and says what came of it.
// Needs no AWS account: `npm ci && npm run demo`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { rehearseShop } from './rehearsal.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const shop = join(root, 'examples/shop');
const output = join(shop, 'cdk.out');
const json = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

linkPackage();
run('Bundling the handlers', ['npx', 'projen', 'bundle'], root);
run('Compiling the package', ['npx', 'projen', 'compile'], root);
rmSync(output, { recursive: true, force: true });
const synth = run('Synthesising the shop for dev, staging and prod, and checking it', [
  'npx', 'cdk', 'synth', '**', '--quiet', '--no-lookups', '--no-notices', '--no-version-reporting',
], shop, { mayFail: true });

const evidence = synth.ok || readdirSync(output).includes('security-evidence.json') ? json(output, 'security-evidence.json') : undefined;
if (!evidence) {
  fail(synth.text);
}
for (const stage of readdirSync(output).filter((it) => it.startsWith('assembly-')).sort(byTier)) {
  summarise(stage.replace('assembly-', ''), join(output, stage));
}
listWorkflows();
await rehearseMigrations();
conclude();

/** The shop imports the package by its name, as any app does: what `npm link` would do. */
function linkPackage() {
  const link = join(shop, 'node_modules/cdk-golden-path');
  mkdirSync(join(shop, 'node_modules'), { recursive: true });
  if (!existsSync(link)) {
    symlinkSync(root, link, 'dir');
  }
}

/** Runs one step, says how long it took, and shows its output only when it fails. */
function run(title, [command, ...args], cwd, { mayFail = false } = {}) {
  process.stdout.write(`${title} ... `);
  const start = Date.now();
  const result = spawnSync(command, args, {
    cwd, encoding: 'utf8', env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: 'true', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: 'true', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true' },
  });
  const ok = result.status === 0;
  const text = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`;
  console.log(`${ok ? 'done' : 'failed'} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  if (!ok && !mayFail) {
    fail(text);
  }
  return { ok, text };
}

function summarise(stage, directory) {
  const manifest = json(directory, 'manifest.json');
  const stacks = Object.values(manifest.artifacts).filter(({ type }) => type === 'aws:cloudformation:stack');
  const resources = stacks.flatMap(({ properties }) => Object.values(json(directory, properties.templateFile).Resources));
  const own = evidence.acknowledged.filter(({ environments }) => environments.includes(stage));
  const services = count(resources.map(({ Type: type }) => type.split('::').slice(1, 2)[0] ?? type));

  console.log(`\n${stage}: ${stacks.length} stack${stacks.length === 1 ? '' : 's'}, ${resources.length} resources, `
    + `${resources.filter(({ Type: type }) => type === 'AWS::CloudWatch::Alarm').length} alarms`);
  stacks.forEach(({ displayName, environment }) => console.log(`  ${displayName}  ->  ${environment}`));
  console.log(`  ${constructsOf(stage).join(', ')}`);
  console.log(`  ${services.map(([name, n]) => `${name} ${n}`).join(', ')}`);
  console.log(`  ${own.length} findings acknowledged, each with its reason:`);
  const reasons = groupBy(own, (it) => it.reason);
  [...reasons].forEach(([reason, findings]) => {
    console.log(`    ${[...new Set(findings.map((it) => it.rule.replace(/\[.*\]$/, '')))].join(', ')} (${findings.length})`);
    console.log(`      ${reason}`);
  });
}

/** Our constructs in a stage, as the assembly's own tree tells them: `Api (PlatformService)`. */
function constructsOf(stage) {
  const found = [];
  const visit = ({ id, constructInfo, children = {} }) => {
    const [module, name] = constructInfo?.fqn?.split('.') ?? [];
    if (module === 'cdk-golden-path') {
      found.push(`${id} (${name})`);
    }
    Object.values(children).forEach(visit);
  };
  Object.values(json(output, 'tree.json').tree.children[stage].children).forEach(visit);
  return found;
}

/** What GitHub Actions would run, job by job. */
function listWorkflows() {
  const directory = join(output, 'workflows');
  readdirSync(directory).sort().forEach((file) => {
    const { name, on, jobs } = parse(readFileSync(join(directory, file), 'utf8'));
    console.log(`\n.github/workflows/${file}: ${name}, on ${Object.keys(on).join(', ')}`);
    Object.entries(jobs).forEach(([id, job]) => console.log(`  ${id}${job.needs ? ` after ${[job.needs].flat().join(', ')}` : ''}${job.environment ? `, in environment ${job.environment.name ?? job.environment}` : ''}`));
  });
}

/** The migrations of the shop, on a PostgreSQL of their own. */
async function rehearseMigrations() {
  console.log("\nRehearsing the shop's five newest migrations, up, down and up again, on a scratch PostgreSQL:");
  const { ok, lines } = await rehearseShop(root);
  lines.filter(Boolean).forEach((line) => console.log(`  ${line}`));
  if (!ok) {
    fail('');
  }
}

function conclude() {
  const { rules, unacknowledged, notChecked } = evidence;
  const acknowledged = rules.reduce((sum, rule) => sum + rule.acknowledged, 0);
  console.log(`\n${rules.length} rules applied: ${acknowledged} findings acknowledged, ${unacknowledged.length} open, ${notChecked.length} parts not checked.`);
  console.log(`Templates and evidence: ${relative(process.cwd(), output) || '.'}`);
  unacknowledged.forEach(({ rule, resource, info }) => console.log(`  OPEN ${rule} at ${resource}: ${info}`));
  if (!synth.ok || unacknowledged.length > 0) {
    fail(unacknowledged.length > 0 ? '' : synth.text);
  }
}

function fail(text) {
  console.error(text);
  process.exit(1);
}

function count(names) {
  return [...groupBy(names, (it) => it)].map(([name, all]) => [name, all.length]).sort((a, b) => b[1] - a[1]);
}

function groupBy(items, key) {
  const groups = new Map();
  items.forEach((item) => groups.set(key(item), [...groups.get(key(item)) ?? [], item]));
  return groups;
}

function byTier(a, b) {
  const order = ['assembly-Dev', 'assembly-Staging', 'assembly-Prod'];
  return order.indexOf(a) - order.indexOf(b);
}
