// A stranger's new app: installs the package from its tarball and synthesises the example of the README, word for word,
// under the recommended feature flags. Fails on any unacknowledged finding.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const app = mkdtempSync(join(tmpdir(), 'consumer-'));
const { devDependencies: versions } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

try {
  run('npm', ['pack', '--pack-destination', app], root);
  const tarball = readdirSync(app).find((it) => it.endsWith('.tgz'));
  writeApp(tarball);
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], app);
  run('npx', ['--no-install', 'cdk', 'synth', '--quiet', '--no-lookups', '--no-notices', '--no-version-reporting'], app);
  const { unacknowledged, acknowledged, rules } = JSON.parse(readFileSync(join(app, 'cdk.out/security-evidence.json'), 'utf8'));
  if (unacknowledged.length > 0 || rules.length === 0 || acknowledged.length === 0) {
    throw new Error(`expected checked and clean templates, got ${JSON.stringify(unacknowledged)}`);
  }
  console.log(`${tarball}: ${rules.length} rules applied, nothing open`);
} finally {
  rmSync(app, { recursive: true, force: true });
}

function writeApp(tarball) {
  const [program] = blocks('ts');
  const [environment] = blocks('yaml');
  write('app.ts', program);
  write('config/prod.yaml', environment);
  write('config/staging.yaml', environment.replace('tier: prod', 'tier: staging').replace('"444455556666"', '"222233334444"'));
  write('config/dev.yaml', environment.replace('tier: prod', 'tier: dev').replace('"444455556666"', '"111122223333"'));
  mkdirSync(join(app, 'services'), { recursive: true });
  cpSync(join(root, 'examples/shop/services/api/Dockerfile'), join(app, 'services/api/Dockerfile'));
  write('cdk.json', JSON.stringify({ app: 'npx tsx app.ts', context: JSON.parse(readFileSync(join(root, 'node_modules/aws-cdk-lib/recommended-feature-flags.json'), 'utf8')) }));
  write('package.json', JSON.stringify({
    name: 'consumer',
    private: true,
    dependencies: { 'cdk-golden-path': `file:${tarball}`, ...pick('aws-cdk-lib', 'constructs', 'cdk-nag') },
    devDependencies: pick('aws-cdk', 'tsx', 'typescript'),
  }));
}

function pick(...names) {
  return Object.fromEntries(names.map((name) => [name, versions[name]]));
}

function blocks(language) {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1]);
}

function write(name, content) {
  mkdirSync(join(app, name, '..'), { recursive: true });
  writeFileSync(join(app, name), content);
}

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} failed\n${stdout}${stderr}`);
  }
}
