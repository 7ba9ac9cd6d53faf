// A stranger's new apps: one in TypeScript from the package's tarball, with the example of the README, word for word, and its
// twin in Python from the generated wheel. Both synthesise under the recommended feature flags with nothing open, and their
// templates are the same. Both find the command that comes with the package. What alarms and messages lead to is in the package.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWith, PythonUnavailable } from '../python.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const migrations = join(root, 'examples/shop/services/api/src/database/migrations');
const scratch = mkdtempSync(join(tmpdir(), 'consumer-'));
const { devDependencies: versions } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

try {
  const typescript = inTypeScript(join(scratch, 'typescript'));
  const python = inPython(join(scratch, 'python'));
  if (python) {
    mustBeEqual(typescript, python);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function inTypeScript(app) {
  writeProduct(app, {});
  write(join(app, 'tsconfig.json'), written('tsconfig.json'));
  run('npm', ['pack', '--pack-destination', app], root);
  const tarball = readdirSync(app).find((it) => it.endsWith('.tgz'));
  write(join(app, 'app.ts'), block('ts'));
  write(join(app, 'package.json'), JSON.stringify({
    name: 'consumer',
    private: true,
    dependencies: { 'cdk-golden-path': `file:${tarball}`, ...pick('aws-cdk-lib', 'constructs', 'cdk-nag') },
    devDependencies: pick('aws-cdk', 'tsx', 'typescript'),
  }));
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], app);
  run('sh', ['-c', readme.split('\n').find((it) => it.endsWith(' > cdk.json'))], app);
  mustLock(app, 'npx', ['--no-install', 'cdk-golden-path']);
  const templates = synthesised(app, tarball);
  mustRefuseMisspelt(app);
  mustHaveRunbooks(join(app, 'node_modules/cdk-golden-path'), [...templates.values()].join(''));
  return templates;
}

/** Each alarm leads to a page of the release that is installed, which is in the package as well. */
function mustHaveRunbooks(installed, templates) {
  const pages = new Set([...templates.matchAll(/\/blob\/main\/(docs\/runbooks\/[\w/-]+\.md)/g)].map(([, page]) => page));
  const missing = ['README.md', 'docs/README.md', 'docs/stateful-resources.md', ...pages].filter((it) => !existsSync(join(installed, it)));
  if (pages.size < 10 || missing.length > 0) {
    throw new Error(`${pages.size} runbooks are named; not in the package: ${missing.join(', ') || 'none'}`);
  }
  const manifest = join(installed, 'package.json');
  const built = readFileSync(manifest, 'utf8');
  write(manifest, built.replace('"version": "0.0.0"', '"version": "1.2.3"'));
  const { stdout } = spawnSync(process.execPath, ['-p', `require('${installed}/lib/observability-bundle/runbook-pages').PUBLISHED_RUNBOOKS`], { encoding: 'utf8' });
  write(manifest, built);
  if (!stdout.includes('/blob/v1.2.3/docs/runbooks/')) {
    throw new Error(`runbooks of release 1.2.3: expected those of its tag, got ${stdout}`);
  }
}

/** With the settings of the README: the app itself is run without a look at its types. */
function mustRefuseMisspelt(app) {
  const right = readFileSync(join(app, 'app.ts'), 'utf8');
  write(join(app, 'app.ts'), right.replace('image,\n      config:', 'image,\n      scalling: 99,\n      config:'));
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/cdk'), ['synth', '**', '--quiet', '--no-lookups', '--no-notices'], {
    cwd: app, encoding: 'utf8', env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
  });
  write(join(app, 'app.ts'), right);
  if (status === 0 || !`${stdout}${stderr}`.includes("'scalling' does not exist in type 'PlatformServiceProps'")) {
    throw new Error(`a misspelt prop: expected the synthesis to refuse it, got exit code ${status}\n${stdout}${stderr}`);
  }
}

/** Without a Python it fails in CI, and elsewhere says so. */
function inPython(app) {
  try {
    const python = pythonWith('packed', join(here, 'requirements.txt'));
    const bindings = join(scratch, 'bindings');
    run('npx', ['--no-install', 'jsii-pacmak', '--code-only', '--target', 'python', '--outdir', bindings], root);
    run(python.command, ['-m', 'pip', 'wheel', '--quiet', '--no-deps', '--no-build-isolation', '--wheel-dir', bindings, join(bindings, 'python')], root, python.env);
    const wheel = readdirSync(bindings).find((it) => it.endsWith('.whl'));
    run(python.command, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', join(scratch, 'packages'), join(bindings, wheel)], root, python.env);

    writeProduct(app, { app: `${python.command} app.py` });
    cpSync(join(root, 'examples/python/app.py'), join(app, 'app.py'));
    const env = { PYTHONPATH: [join(scratch, 'packages'), python.env.PYTHONPATH].filter(Boolean).join(':') };
    mustLock(app, python.command, [join(scratch, 'packages/bin/cdk-golden-path')], env);
    const templates = synthesised(app, wheel, env);
    mustSayPython(app, python.command, { ...python.env, ...env });
    mustBringAlong(readFileSync(join(bindings, 'python/setup.py'), 'utf8'));
    return templates;
  } catch (error) {
    if (!(error instanceof PythonUnavailable) || process.env.CI) throw error;
    console.log(`the app in Python: skipped, because ${error.message}`);
    return undefined;
  }
}

/** A refusal names the prop as Python has it. */
function mustSayPython(app, command, env) {
  const right = readFileSync(join(app, 'app.py'), 'utf8');
  write(join(app, 'app.py'), right.replace('version=PostgresVersion.V17,', 'version=PostgresVersion.V17, allocated_storage=1,'));
  const { status, stderr } = spawnSync(command, ['app.py'], { cwd: app, encoding: 'utf8', env: { ...process.env, ...env } });
  write(join(app, 'app.py'), right);
  if (status === 0 || !stderr.includes("'allocated_storage' must ")) {
    throw new Error(`a database of one gigabyte: expected a refusal in the names of Python, got exit code ${status}\n${stderr}`);
  }
}

/** What `pip install cdk-golden-path` installs with it, as docs/getting-started/python.md says. */
function mustBringAlong(setup) {
  const missing = ['aws-cdk-lib', 'constructs', 'cdk-nag'].filter((it) => !new RegExp(`"${it}[<>=]`).test(setup));
  if (missing.length > 0) {
    throw new Error(`the wheel does not require ${missing.join(', ')}`);
  }
}

/** What both apps are about: the product's environments and its service. */
function writeProduct(app, settings) {
  const environment = block('yaml');
  write(join(app, 'config/prod.yaml'), environment);
  write(join(app, 'config/staging.yaml'), environment.replace('tier: prod', 'tier: staging').replace('"444455556666"', '"222233334444"').replace('shop.example', 'staging.example'));
  write(join(app, 'config/dev.yaml'), environment.replace('tier: prod', 'tier: dev').replace('"444455556666"', '"111122223333"').replace('shop.example', 'dev.example'));
  mkdirSync(join(app, 'services/api'), { recursive: true });
  cpSync(join(root, 'examples/shop/services/api/Dockerfile'), join(app, 'services/api/Dockerfile'));
  cpSync(join(root, 'test/support/migrations'), join(app, 'services/api/src/migrations'), { recursive: true });
  cpSync(migrations, join(app, 'migrations'), { recursive: true, filter: (it) => !it.endsWith('.lock') });
  write(join(app, 'cdk.json'), JSON.stringify({ ...settings, context: JSON.parse(readFileSync(join(root, 'node_modules/aws-cdk-lib/recommended-feature-flags.json'), 'utf8')) }));
}

/** The command writes the lock that is committed with the migrations, and says in its exit code what it refuses. */
function mustLock(app, command, args, env = {}) {
  run(command, [...args, 'lock', 'migrations'], app, env);
  if (readFileSync(join(app, 'migrations/migrations.lock'), 'utf8') !== readFileSync(join(migrations, 'migrations.lock'), 'utf8')) {
    throw new Error(`${command} ${args.join(' ')}: expected the lock that is committed`);
  }
  const { status } = spawnSync(command, [...args, 'lock', 'nowhere'], { cwd: app, env: { ...process.env, ...env } });
  if (status !== 1) {
    throw new Error(`${command} ${args.join(' ')}: expected exit code 1, got ${status}`);
  }
  rmSync(join(app, 'migrations'), { recursive: true });
}

/** Templates by their place in the assembly. */
function synthesised(app, from, env = {}) {
  // Of stacks that are not selected, errors of the CDK's own validation are not told.
  run(join(root, 'node_modules/.bin/cdk'), ['synth', '**', '--quiet', '--no-lookups', '--no-notices', '--no-version-reporting'], app, env);
  const output = join(app, 'cdk.out');
  const { unacknowledged, acknowledged, rules } = JSON.parse(readFileSync(join(output, 'security-evidence.json'), 'utf8'));
  if (unacknowledged.length > 0 || rules.length === 0 || acknowledged.length === 0) {
    throw new Error(`${from}: expected checked and clean templates, got ${JSON.stringify(unacknowledged)}`);
  }
  const files = readdirSync(output, { recursive: true, withFileTypes: true }).filter((it) => it.isFile() && it.name.endsWith('.template.json'))
    .map((it) => relative(output, join(it.parentPath, it.name))).filter((it) => !it.startsWith('asset.'));
  console.log(`${from}: ${rules.length} rules applied, nothing open, ${files.length} templates`);
  return new Map(files.sort().map((it) => [it, readFileSync(join(output, it), 'utf8')]));
}

function mustBeEqual(one, other) {
  const different = [...new Set([...one.keys(), ...other.keys()])].filter((it) => one.get(it) !== other.get(it));
  if (one.size === 0 || different.length > 0) {
    throw new Error(`the two apps differ in ${different.join(', ') || 'nothing, for there is nothing'}${different.length > 0 ? `\n${firstDifference(one.get(different[0]), other.get(different[0]))}` : ''}`);
  }
}

function firstDifference(one = '', other = '') {
  const [lines, others] = [one, other].map((it) => it.split('\n'));
  const at = lines.findIndex((line, index) => line !== others[index]);
  return `line ${at + 1}: ${lines[at]} | ${others[at]}`;
}

function pick(...names) {
  return Object.fromEntries(names.map((name) => [name, versions[name]]));
}

function block(language) {
  return new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(readme)[1];
}

/** What the README writes into a file by `echo`. */
function written(file) {
  return readme.split('\n').map((line) => /^echo '(.*)' > (\S+)$/.exec(line)).find((it) => it?.[2] === file)[1];
}

function write(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function run(command, args, cwd, env = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd, encoding: 'utf8', env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: 'true', ...env },
  });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} failed\n${stdout}${stderr}${error?.message ?? ''}`);
  }
}
