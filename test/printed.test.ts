import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/* What people see when `npx cdk synth` refuses: the CLI and the package as they are installed, in an app of their own. */

const ROOT = join(__dirname, '..');
const DIRECTORY = mkdtempSync(join(tmpdir(), 'printed-'));

beforeAll(() => {
  const own = join(DIRECTORY, 'node_modules/cdk-golden-path');
  mkdirSync(own, { recursive: true });
  ['src', 'assets', 'images'].forEach((it) => cpSync(join(ROOT, it), join(own, it), { recursive: true }));
  writeFileSync(join(own, 'package.json'), JSON.stringify({ name: 'cdk-golden-path', version: '0.0.0', main: 'src/index.ts' }));
  ['aws-cdk-lib', 'constructs', 'cdk-nag', 'yaml'].forEach((it) =>
    symlinkSync(dirname(require.resolve(`${it}/package.json`)), join(DIRECTORY, 'node_modules', it)));
  writeFileSync(join(DIRECTORY, 'package.json'), '{}');
});
afterAll(() => rmSync(DIRECTORY, { recursive: true }));

/** What the CLI prints of an app with these lines. */
function printed(...lines: string[]): string[] {
  writeFileSync(join(DIRECTORY, 'app.ts'), [
    "import { App, Duration, Stack, Stage } from 'aws-cdk-lib';",
    "import * as s3 from 'aws-cdk-lib/aws-s3';",
    "import { Notify, ObservabilityBundle, PlatformQueue, RulePack, SecurityChecks } from 'cdk-golden-path';",
    'const app = new App();',
    "const stack = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });",
    ...lines,
    'app.synth();',
  ].join('\n'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    join(dirname(require.resolve('aws-cdk/package.json')), 'bin/cdk'), 'synth', '**', '--quiet', '--no-lookups', '--no-notices',
    '--no-version-reporting', '--no-color', '--app', `"${process.execPath}" "${require.resolve('tsx/cli')}" app.ts`,
  ], {
    cwd: DIRECTORY,
    encoding: 'utf8',
    env: { ...process.env, CDK_VALIDATION: 'false', CDK_DISABLE_CLI_TELEMETRY: 'true', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true' },
  });
  expect(status).toBe(1);
  return `${stdout}${stderr}`.split('\n');
}

/** Lines of a stack trace, without those of the app. */
function foreign(lines: string[]): string[] {
  return lines.filter((it) => /^ +at /.test(it) && !/[/\\]app\.ts:\d+:\d+\)?$/.test(it));
}

function saying(lines: string[], words: string): string[] {
  return lines.filter((it) => it.includes(words));
}

test('a value that is refused is told once, with the line of the app and none of libraries', () => {
  const lines = printed("new PlatformQueue(stack, 'Emails', { retention: Duration.days(20) });");

  expect(saying(lines, "[Shop/Emails] 'retention' must be")).toHaveLength(1);
  expect(foreign(lines)).toEqual([]);
  expect(saying(lines, 'app.ts:6')).toHaveLength(1);
}, 60_000);

test('what is refused when the app is whole is told once, with none of the lines of libraries', () => {
  const lines = printed("new ObservabilityBundle(stack, 'Watch', { notify: Notify.email('a@example.com') });");

  expect(saying(lines, "[Shop/Watch] 'watch' must be given something")).toHaveLength(1);
  expect(foreign(lines)).toEqual([]);
}, 60_000);

test('an open finding is told once for all environments, with the place in the app and without a stack trace', () => {
  const lines = printed(
    "['Dev', 'Prod'].forEach((id) => new s3.Bucket(new Stack(new Stage(app, id), 'Shop'), 'Plain', { versioned: true }));",
    'SecurityChecks.install(app, { packs: [RulePack.AWS_SOLUTIONS] });',
  );

  expect(saying(lines, 'The S3 Bucket has server access logs disabled.')).toHaveLength(1);
  expect(saying(lines, 'In Dev, Prod.')).not.toHaveLength(0);
  expect(lines.filter((it) => /^ +at /.test(it))).toEqual([]);
}, 60_000);
