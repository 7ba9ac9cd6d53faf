import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDirectory, type Outcome, removeDirectories, runScript, shopApp, stepOf, workflowIn } from './shop';

const SETUP = [{ uses: `actions/setup-python@${'a'.repeat(40)}`, release: 'v6.2.0', inputs: { 'python-version': '3.13' } }];

afterAll(removeDirectories);

function buildOf(props: Parameters<typeof shopApp>[0] = {}): any {
  return workflowIn(shopApp(props), 'deploy.yml').jobs.build;
}

function commands(job: any): string[] {
  return ['Install', 'Build', 'Test', 'Synthesise'].map((it) => stepOf(job, it)?.run);
}

test('is that of an npm project', () => {
  expect(commands(buildOf())).toEqual([
    'npm ci', expect.stringMatching(/^npm run build --if-present\n/), 'npm test',
    'npx --no-install cdk synth \'**\' --quiet --no-lookups --no-notices --output cdk.out',
  ]);
});

describe('the build', () => {
  /** Builds an npm project with these files, and with the compiler of this one. */
  function build(files: { [file: string]: string }): Outcome {
    const directory = emptyDirectory();
    Object.entries({ 'package.json': '{}', ...files }).forEach(([file, text]) => writeFileSync(join(directory, file), text));
    symlinkSync(join(__dirname, '../../node_modules'), join(directory, 'node_modules'));
    return runScript(stepOf(buildOf(), 'Build').run, directory, {});
  }

  const TSCONFIG = '{ "compilerOptions": { "strict": true, "types": [] } }';
  const APP = 'export function scale(props: { readonly scaling?: number }): void { console.log(props.scaling); }\n';

  test('checks the types of an app, which passes where they are right', () => {
    expect(build({ 'tsconfig.json': TSCONFIG, 'app.ts': `${APP}scale({ scaling: 99 });\n` })).toEqual({ status: 0, output: '' });
  });

  test('fails for a misspelt prop', () => {
    const { status, output } = build({ 'tsconfig.json': TSCONFIG, 'app.ts': `${APP}scale({ scalling: 99 });\n` });

    expect(status).not.toBe(0);
    expect(output).toContain("'scalling' does not exist in type");
  });

  test('leaves an app alone that is not in TypeScript', () => {
    expect(build({ 'app.js': 'scale({ scalling: 99 });\n' })).toEqual({ status: 0, output: '' });
  });

  test('runs what the project calls its build first, and stops where that fails', () => {
    const { status, output } = build({ 'package.json': '{ "scripts": { "build": "echo built && exit 3" } }', 'tsconfig.json': TSCONFIG, 'app.ts': APP });

    expect(status).toBe(3);
    expect(output).toContain('built');
  });
});

test('runs other commands for another language, after its toolchain is there', () => {
  const job = buildOf({
    setupActions: SETUP, installCommand: 'pip install -r requirements.txt', buildCommand: '', testCommand: 'pytest', synthCommand: 'npx aws-cdk@2.1148.1 synth -o cdk.out',
  });

  expect(commands(job)).toEqual(['pip install -r requirements.txt', undefined, 'pytest', 'npx aws-cdk@2.1148.1 synth -o cdk.out']);
  expect(job.steps.map((it: any) => it.name).slice(0, 4)).toEqual(['Check out', 'Set up Node.js', 'Set up actions/setup-python', 'Install']);
  expect(stepOf(job, 'Set up actions/setup-python').with).toEqual({ 'python-version': '3.13' });
});

test('runs its commands in the directory of the app, in the shell of the workflow, whose defaults GitHub then drops', () => {
  expect(buildOf({ directory: 'apps/shop' }).defaults).toEqual({ run: { 'shell': 'bash', 'working-directory': 'apps/shop' } });
  expect(buildOf().defaults).toBeUndefined();
});

test('leaves no token in the checked-out repository, for the commands would find it', () => {
  expect(stepOf(buildOf(), 'Check out').with).toEqual({ 'persist-credentials': false });
});

test('gives the named secrets to the installation alone', () => {
  const job = buildOf({ installSecrets: ['NPM_TOKEN'] });

  expect(stepOf(job, 'Install').env).toEqual({ NPM_TOKEN: '${{ secrets.NPM_TOKEN }}' });
  expect(JSON.stringify(job).match(/secrets\./g)).toHaveLength(1);
});

test('does not take anything out of a cache', () => {
  expect(stepOf(buildOf({ nodeVersion: '22.11' }), 'Set up Node.js').with).toEqual({ 'node-version': '22.11', 'package-manager-cache': false });
});

describe('the check of the workflows', () => {
  const { env, run } = stepOf(buildOf(), 'Check that the workflows are up to date');

  /** A repository in which these files are committed, synthesised to these. */
  function check(committed: { [file: string]: string }, generated: { [file: string]: string }, prepare: (repository: string) => void = () => {}): Outcome {
    const repository = emptyDirectory();
    const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: repository, stdio: 'pipe' });
    git('init', '--quiet');
    write(join(repository, '.github/workflows'), { 'other.yml': 'by hand\n', ...committed });
    git('add', '.');
    git('commit', '--quiet', '--message', 'all');
    write(join(repository, 'cdk.out/workflows'), generated);
    prepare(repository);
    return runScript(run, repository, { ...env, RUNNER_TEMP: emptyDirectory() });
  }

  function write(directory: string, files: { [file: string]: string }): void {
    mkdirSync(directory, { recursive: true });
    Object.entries(files).forEach(([file, text]) => writeFileSync(join(directory, file), text));
  }

  const GENERATED = { 'ci.yml': 'name: ci\n', 'deploy.yml': 'name: deploy\n' };
  const REMEDY = 'Synthesise the app with the CDK CLI (npx cdk synth \'**\'), and commit what that writes into .github/workflows.\n';

  test('looks at both workflows', () => {
    expect(env).toEqual({ FILES: 'ci.yml deploy.yml' });
    expect(stepOf(buildOf({ directory: 'apps/shop' }), 'Check that the workflows are up to date').env).toEqual({ FILES: 'apps-shop-ci.yml apps-shop-deploy.yml' });
  });

  test('passes what is committed as it is generated', () => {
    expect(check(GENERATED, GENERATED)).toEqual({ status: 0, output: '' });
  });

  test('fails, and shows the difference, where a committed one is another', () => {
    expect(check({ ...GENERATED, 'deploy.yml': 'name: deplyo\n' }, GENERATED)).toEqual({
      status: 1,
      output: '--- committed\n+++ generated\n@@ -1 +1 @@\n-name: deplyo\n+name: deploy\n'
        + '::error title=A workflow is out of date::.github/workflows/deploy.yml is not what the CDK app generates.\n' + REMEDY,
    });
  });

  test('fails all the same where the synthesis has written the directory anew', () => {
    const { status } = check({ ...GENERATED, 'deploy.yml': 'name: deplyo\n' }, GENERATED, (repository) => write(join(repository, '.github/workflows'), GENERATED));

    expect(status).toBe(1);
  });

  test('fails where a new one is generated, and lies there, but was never committed', () => {
    const { 'ci.yml': ci } = GENERATED;

    expect(check({ 'ci.yml': ci }, GENERATED, (repository) => write(join(repository, '.github/workflows'), GENERATED))).toEqual({
      status: 1,
      output: '::error title=A workflow is missing::.github/workflows/deploy.yml is not committed, but the CDK app generates it.\n' + REMEDY,
    });
  });

  test('fails for each that somebody has deleted', () => {
    const { output } = check({}, GENERATED);

    expect(output.match(/::error title=A workflow is missing::\.github\/workflows\/\w+\.yml/g)).toEqual(
      ['ci.yml', 'deploy.yml'].map((it) => `::error title=A workflow is missing::.github/workflows/${it}`),
    );
  });

  test('does not mind that one is deleted in the directory only', () => {
    expect(check(GENERATED, GENERATED, (repository) => rmSync(join(repository, '.github/workflows/ci.yml'))).status).toBe(0);
  });

  test('fails where the synthesis wrote elsewhere', () => {
    expect(check(GENERATED, {}).status).toBe(1);
  });

  test('runs in the directory of an app that is not at the top', () => {
    const app = join(emptyDirectory(), 'apps/shop');
    write(join(app, 'cdk.out/workflows'), GENERATED);
    write(join(app, '../../.github/workflows'), GENERATED);
    ['init --quiet', 'add .github', '-c user.name=t -c user.email=t@example.com commit --quiet --message all']
      .forEach((it) => execFileSync('git', it.split(' '), { cwd: join(app, '../..'), stdio: 'pipe' }));

    expect(runScript(run, app, { ...env, RUNNER_TEMP: emptyDirectory() })).toEqual({ status: 0, output: '' });
  });
});
