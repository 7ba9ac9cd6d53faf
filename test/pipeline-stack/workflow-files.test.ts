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

describe('in a repository', () => {
  function standingIn(path: string, git: (repository: string) => void = () => mkdirSync('.git')): void {
    git(directory);
    mkdirSync(path, { recursive: true });
    process.chdir(path);
  }

  const REMEDY = "correct it, or name 'workflowDirectory' if the app is to be a repository of its own";

  test.each([['the top', '.', {}, ''], ['a directory of it', 'apps/shop', { directory: 'apps/shop' }, 'apps-shop-']])('are written at the top by an app in %s', (_, path, props, prefix) => {
    standingIn(path);
    synthesiseByCli(shopApp(props));

    expect(filesIn(join(directory, '.github/workflows'))).toEqual(FILES.map((it) => `${prefix}${it}`));
    expect(filesIn('.')).toEqual(path === '.' ? ['.git', '.github'] : []);
  });

  test.each([['apps/shop', {}, ''], ['infra', {}, ''], ['apps/shop', { directory: 'shop' }, 'shop']])('are refused where the app stands in %s and the props say %j', (path, props, got) => {
    standingIn(path);

    expect(() => synthesiseByCli(shopApp(props))).toThrow(new Error(
      `[Delivery] 'directory' must be '${path}', where the app stands below the top of the repository, got '${got}'; ${REMEDY}`,
    ));
    expect([filesIn('.'), filesIn(join(directory, '.github'))]).toEqual([[], []]);
  });

  test('are refused where the app stands at the top and the props name a directory', () => {
    standingIn('.');

    expect(() => synthesiseByCli(shopApp({ directory: 'infra' }))).toThrow(new Error(
      `[Delivery] 'directory' must be left out, since the app stands at the top of the repository, got 'infra'; ${REMEDY}`,
    ));
  });

  test('that is a worktree or a submodule, the top is where its file .git is', () => {
    standingIn('infra', () => writeFileSync('.git', 'gitdir: elsewhere\n'));

    expect(() => synthesiseByCli(shopApp())).toThrow("'directory' must be 'infra',");
  });

  test('that lies in another one, the top is that of the inner one', () => {
    standingIn('vendor/shop', () => ['.git', 'vendor/shop/.git'].forEach((it) => mkdirSync(it, { recursive: true })));
    synthesiseByCli(shopApp());

    expect(filesIn('.github/workflows')).toEqual(FILES);
  });

  test('are written where they were told to be, wherever the app stands', () => {
    standingIn('infra');
    synthesiseByCli(shopApp({ workflowDirectory: 'workflows' }));

    expect(filesIn('workflows')).toEqual(FILES);
  });

  test('are not looked for by a unit test', () => {
    standingIn('infra');

    expect(() => shopApp().synth()).not.toThrow();
  });
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

test("name neither the directory of the app nor a date, but that of GitHub's API", () => {
  const texts = FILES.map((it) => textIn(shopApp(), it)).join().replaceAll('"x-github-api-version": "2022-11-28"', '');

  expect(texts).not.toContain(realpathSync(directory));
  expect(texts).not.toMatch(/\d{4}-\d{2}-\d{2}|\d{2}:\d{2}:\d{2}/);
});
