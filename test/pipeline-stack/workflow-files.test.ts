import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { emptyDirectory, removeDirectories, shopApp, textIn } from './shop';

const FILES = ['ci.yml', 'deploy.yml'];

const home = process.cwd();
let directory: string;

beforeEach(() => {
  directory = emptyDirectory();
  process.chdir(directory);
});
afterEach(() => {
  process.chdir(home);
  delete process.env.CDK_OUTDIR;
  removeDirectories();
});

/** As the CDK CLI runs an app: it says where the assembly belongs. */
function synthesiseByCli(app: App): void {
  process.env.CDK_OUTDIR = app.outdir;
  app.synth();
}

function filesIn(path: string): string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}

test('are always in the assembly', () => {
  const assembly = shopApp().synth();

  expect(filesIn(join(assembly.directory, 'workflows'))).toEqual(FILES);
});

test('are not written into the repository by a unit test', () => {
  shopApp().synth();

  expect(filesIn('.')).toEqual([]);
});

test('are written into the repository when the CDK CLI runs the app', () => {
  const app = shopApp();
  synthesiseByCli(app);

  expect(filesIn('.github/workflows')).toEqual(FILES);
  expect(readFileSync('.github/workflows/deploy.yml', 'utf8')).toBe(textIn(app, 'deploy.yml'));
});

test('are written at the top of the repository by an app in a directory', () => {
  mkdirSync('apps/shop', { recursive: true });
  process.chdir('apps/shop');
  synthesiseByCli(shopApp({ directory: 'apps/shop' }));

  expect(filesIn('.')).toEqual([]);
  expect(filesIn(join(directory, '.github/workflows'))).toEqual(['apps-shop-ci.yml', 'apps-shop-deploy.yml']);
});

test.each(['generated/workflows', '../outside'])('are written by every synth where they were told to be: %s', (workflowDirectory) => {
  mkdirSync('app');
  process.chdir('app');
  shopApp({ workflowDirectory }).synth();

  expect(filesIn(workflowDirectory)).toEqual(FILES);
});

test('replace those of an earlier synth', () => {
  synthesiseByCli(shopApp());
  synthesiseByCli(shopApp({ branch: 'trunk' }));

  expect(readFileSync('.github/workflows/ci.yml', 'utf8')).toContain('- trunk\n');
});

test('leave other workflows alone', () => {
  mkdirSync('.github/workflows', { recursive: true });
  writeFileSync('.github/workflows/release.yml', 'name: release\n');
  synthesiseByCli(shopApp());

  expect(filesIn('.github/workflows')).toEqual([...FILES, 'release.yml']);
});

test.each(FILES)('do not replace one that was written by hand: %s', (file) => {
  mkdirSync('.github/workflows', { recursive: true });
  writeFileSync(join('.github/workflows', file), 'name: by hand\n');

  expect(() => synthesiseByCli(shopApp())).toThrow(new Error(
    `[Delivery] 'workflowDirectory' must not hold a workflow of the same name that was written by hand, got '.github/workflows/${file}'; rename or remove it`,
  ));
  expect(filesIn('.github/workflows')).toEqual([file]);
});

test.each(FILES)('are the same to the byte, wherever the assembly is: %s', (file) => {
  const texts = ['one', 'two'].map((it) => textIn(shopApp({}, new App({ outdir: join(emptyDirectory(), it) })), file));

  expect(texts[0]).toBe(texts[1]);
});

test('name neither the directory of the app nor a date', () => {
  const texts = FILES.map((it) => textIn(shopApp(), it)).join();

  expect(texts).not.toContain(realpathSync(directory));
  expect(texts).not.toMatch(/\d{4}-\d{2}-\d{2}|\d{2}:\d{2}:\d{2}/);
});
