// Rehearses the five newest migrations of the shop on a scratch PostgreSQL: up, down and up again, over rows of a shop that is in business.
// In a repository of its own the shop would say: npx cdk-golden-path rehearse … --previous origin/main
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const RELEASED = 5;

/** Installs and builds the service, as `run` runs a command in a directory. */
export async function installShop(root, run) {
  const service = join(root, 'examples/shop/services/api');
  const installed = isInstalled(service) ? { ok: true } : await run(['npm', 'ci', '--no-audit', '--no-fund'], service);
  return installed.ok ? run(['npm', 'run', 'build'], service) : installed;
}

/** The lines of the report, and whether all was well, or why it cannot be rehearsed here. */
export async function rehearseShop(root) {
  const require = createRequire(import.meta.url);
  const shop = join(root, 'examples/shop');
  const service = join(shop, 'services/api');
  const { migrationFiles } = require(join(root, 'lib/managed-postgres/migrations/migration-file.js'));
  const { reportText } = require(join(root, 'lib/rehearsal/report-text.js'));
  const { rehearse } = require(join(root, 'assets/rehearsal/main/rehearsal.js'));
  const report = await rehearse({
    dataSource: join(service, 'dist/database/data-source.js'),
    migrations: migrationFiles('demo', join(service, 'src/database/migrations'))
      .map(({ name, contract, hasDown }, index) => ({ name, released: index < RELEASED, contract: Boolean(contract), hasDown })),
    seed: join(shop, 'seed.sql'),
    schema: 'app',
    extensions: [],
  }, new AbortController().signal);
  const isMissing = report.outcome === 'not rehearsed' && report.reason.startsWith('no PostgreSQL server is installed');
  return { ok: report.outcome === 'passed' || isMissing && !process.env.CI, lines: isMissing ? [`skipped, because ${report.reason}`] : reportText(report) };
}

/** As its lock says: npm writes what it has installed beside the packages, last of all. */
function isInstalled(directory) {
  const time = (file) => statSync(join(directory, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return time('node_modules/.package-lock.json') >= time('package-lock.json');
}
