import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDirectory, type Outcome, removeDirectories, shopApp, textIn } from './shop';

// The first run ever builds the linter.
jest.setTimeout(300_000);

afterAll(removeDirectories);

const OWN = join(__dirname, '../../.github/workflows');
const SETUP = [{ uses: `actions/setup-python@${'a'.repeat(40)}`, release: 'v6.2.0', inputs: { 'python-version': '3.13' } }];
const APPS = [shopApp(), shopApp({ directory: 'apps/shop', setupActions: SETUP, buildCommand: '', testCommand: 'pytest' })];
const GENERATED = APPS.flatMap((app) => ['ci.yml', 'deploy.yml'].map((file) => textIn(app, file)));

function lint(texts: string[], env: NodeJS.ProcessEnv = {}): Outcome {
  return lintFiles(texts.map((text, index) => {
    const file = join(emptyDirectory(), `workflow-${index}.yml`);
    writeFileSync(file, text);
    return file;
  }), env);
}

function lintFiles(files: string[], env: NodeJS.ProcessEnv = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'actionlint.mjs'), ...files], { encoding: 'utf8', env: { ...process.env, ...env } });
  return { status, output: stdout + stderr };
}

// Once for all tests, and outside of their time limits: the first run ever installs the linter.
const all = lint(GENERATED);
const skipped = all.output.startsWith('actionlint: skipped');
if (skipped) process.stderr.write(all.output);
const testWithLinter = skipped ? test.skip : test;

testWithLinter('actionlint has nothing to say of all workflows', () => {
  expect(all).toEqual({ status: 0, output: 'actionlint: 4 workflows, nothing found\n' });
});

testWithLinter('actionlint has nothing to say of the workflows of this repository', () => {
  const files = readdirSync(OWN).map((it) => join(OWN, it));

  expect(files.length).toBeGreaterThan(2);
  expect(lintFiles(files)).toEqual({ status: 0, output: `actionlint: ${files.length} workflows, nothing found\n` });
});

testWithLinter.each([
  ['a script that runs what an event says', 'run: npm test', 'run: echo "${{ github.event.pull_request.title }}"', 'is potentially untrusted'],
  ['a step that is asked for and not there', 'steps.deploy.outcome', 'steps.deplyo.outcome', 'property "deplyo" is not defined'],
  ['a job that waits for none', 'needs: deploy-dev', 'needs: deploy-nobody', 'needs job "deploy-nobody" which does not exist'],
])('it finds %s', (_, right, wrong, message) => {
  const { status, output } = lint([GENERATED[1].replace(right, wrong)]);

  expect(output).toContain(message);
  expect(status).toBe(1);
});

test.each([
  ['is skipped outside of CI', '', 0, /^actionlint: skipped, needs Go to build v1\.7\.12: spawnSync go ENOENT\n$/],
  ['fails in CI', 'true', 2, /^actionlint: needs Go to build v1\.7\.12: spawnSync go ENOENT\n$/],
])('without Go it %s', (_, CI, status, output) => {
  const home = emptyDirectory();
  const outcome = lint([GENERATED[0]], { CI, PATH: home, ACTIONLINT_HOME: home });

  expect(outcome).toEqual({ status, output: expect.stringMatching(output) });
});
