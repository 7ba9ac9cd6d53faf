import type { PipelineSettings } from './pipeline-settings';
import type { Step } from './workflow';

/** By a lock file, so that npm refuses a package that is not the one that this version was. It has no dependencies. */
export function cliStep({ cliVersion: version, cliIntegrity: integrity }: PipelineSettings): Step {
  const root = { name: 'cli', dependencies: { 'aws-cdk': version } };
  const cli = { version, integrity, bin: { cdk: 'bin/cdk' } };
  const lock = { name: 'cli', lockfileVersion: 3, packages: { '': root, 'node_modules/aws-cdk': cli } };
  return {
    name: 'Install the CDK CLI',
    env: { CLI_PACKAGE: JSON.stringify(root), CLI_LOCK: JSON.stringify(lock) },
    run: INSTALLATION,
  };
}

export const INSTALLATION = `mkdir -p "$RUNNER_TEMP/cli"
cd "$RUNNER_TEMP/cli"
printenv CLI_PACKAGE > package.json
printenv CLI_LOCK > package-lock.json
npm ci --ignore-scripts --no-audit --no-fund
echo "$RUNNER_TEMP/cli/node_modules/.bin" >> "$GITHUB_PATH"
`;
