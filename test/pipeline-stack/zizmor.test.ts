import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { emptyDirectory, type Outcome, pipelineIn, removeDirectories, shopApp, stageIn, textIn } from './shop';

// The first run ever installs it.
jest.setTimeout(300_000);

afterAll(removeDirectories);

const OWN = join(__dirname, '../../.github/workflows');
const FILES = ['ci.yml', 'deploy.yml'];

/** An app that uses all that a workflow may have. */
function fullApp(): App {
  const app = new App();
  const stage = stageIn(app, 'Prod');
  const directory = emptyDirectory();
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\n');
  new DockerImageAsset(stage.node.findChild('Shop') as Stack, 'Image', { directory, platform: Platform.LINUX_AMD64, buildSecrets: { NPM_TOKEN: 'env=NPM_TOKEN' } });
  pipelineIn(app, {
    installSecrets: ['NPM_TOKEN'],
    registries: [{ host: 'ghcr.io', usernameSecret: 'GHCR_USER', passwordSecret: 'GHCR_TOKEN' }],
    setupActions: [{ uses: `actions/setup-python@${'a'.repeat(40)}`, release: 'v6.2.0', inputs: { 'python-version': '3.13' } }],
  }).deploy(stage);
  return app;
}

const SHOP = shopApp();
const GENERATED = [SHOP, fullApp()].flatMap((app) => FILES.map((file) => textIn(app, file)));

function audit(texts: string[], env: NodeJS.ProcessEnv = {}): Outcome {
  return auditFiles(texts.map((text, index) => {
    const file = join(emptyDirectory(), `workflow-${index}.yml`);
    writeFileSync(file, text);
    return file;
  }), env);
}

function auditFiles(files: string[], env: NodeJS.ProcessEnv = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'zizmor.mjs'), ...files], { encoding: 'utf8', env: { ...process.env, ...env } });
  return { status, output: stdout + stderr };
}

const generated = audit(GENERATED);
const skipped = generated.output.startsWith('zizmor: skipped');
if (skipped) process.stderr.write(generated.output);
const testWithAuditor = skipped ? test.skip : test;

testWithAuditor('zizmor has nothing to say of the workflows that are generated', () => {
  expect(generated).toEqual({ status: 0, output: 'zizmor: 4 workflows, nothing found\n' });
});

testWithAuditor('zizmor has nothing to say of the workflows of this repository', () => {
  const files = readdirSync(OWN).map((it) => join(OWN, it));

  expect(files.length).toBeGreaterThan(2);
  expect(auditFiles(files)).toEqual({ status: 0, output: `zizmor: ${files.length} workflows, nothing found\n` });
});

testWithAuditor.each([
  ['an action that is not pinned', /uses: actions\/setup-node@\S+/, 'uses: actions/setup-node@v7', 'High unpinned-uses'],
  ['a token that is left in the repository', 'persist-credentials: false', 'fetch-depth: 1', 'Medium artipacked'],
  ['a script that runs what an event says', 'run: npm test', 'run: echo "${{ github.event.head_commit.message }}"', 'High template-injection'],
  ['a package outside of a lock file', 'npm ci --ignore-scripts', 'npm install aws-cdk', 'Low adhoc-packages'],
])('it finds %s', (_, right, wrong, finding) => {
  const { status, output } = audit([textIn(SHOP, 'deploy.yml').replace(right, wrong)]);

  expect(output).toContain(finding);
  expect(status).toBe(1);
});

test.each([['is skipped outside of CI', '', 0, 'zizmor: skipped, needs Python 3.11 to 3.14, found none\n'], ['fails in CI', 'true', 2, 'zizmor: needs Python 3.11 to 3.14, found none\n']])(
  'without Python it %s', (_, CI, status, output) => {
    expect(audit([GENERATED[0]], { CI, PATH: emptyDirectory(), PYTHON: '' })).toEqual({ status, output });
  });
