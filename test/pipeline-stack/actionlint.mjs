/**
 * Lints GitHub workflows: `node test/pipeline-stack/actionlint.mjs <workflow>…`
 *
 * Builds the pinned linter once, private to this project. Without Go it fails in CI, and elsewhere says so and passes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const VERSION = 'v1.7.12';
const HOME = join(process.env.ACTIONLINT_HOME ?? join(import.meta.dirname, '..', '..', '.venv'), `actionlint-${VERSION}`);
const LINTER = join(HOME, process.platform === 'win32' ? 'actionlint.exe' : 'actionlint');
const IN_CI = Boolean(process.env.CI) && process.env.CI !== 'false';

process.exitCode = main(process.argv.slice(2));

function main(workflows) {
  const reason = existsSync(LINTER) ? undefined : install();
  if (reason) {
    console.log(`actionlint: ${IN_CI ? '' : 'skipped, '}${reason}`);
    return IN_CI ? 2 : 0;
  }
  // Shellcheck and pyflakes would be run if they were there: the verdict must not depend on that.
  const { status, stdout, stderr } = spawnSync(LINTER, ['-no-color', '-shellcheck=', '-pyflakes=', ...workflows], { encoding: 'utf8' });
  console.log(`${stdout}${stderr}actionlint: ${workflows.length} workflows, ${status === 0 ? 'nothing found' : 'see above'}`);
  return status;
}

/** Builds beside the final place and moves there, so that an interrupted or a second build leaves nothing half done. */
function install() {
  const draft = `${HOME}-${process.pid}`;
  mkdirSync(dirname(HOME), { recursive: true });
  try {
    const { status, stderr, error } = spawnSync('go', ['install', `github.com/rhysd/actionlint/cmd/actionlint@${VERSION}`], {
      encoding: 'utf8', env: { ...process.env, GOBIN: draft },
    });
    if (status !== 0) {
      return `needs Go to build ${VERSION}: ${error?.message ?? stderr.trim().split('\n').pop()}`;
    }
    if (!existsSync(LINTER)) {
      rmSync(HOME, { recursive: true, force: true });
      renameSync(draft, HOME);
    }
    return undefined;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
