import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findServerBinaries } from './postgres/binaries.js';
import { Cluster } from './postgres/cluster.js';
import { createOwner, createTemplate } from './postgres/test-database.js';

const NO_SERVER =
  'no PostgreSQL server is installed (looked in /usr/lib/postgresql/*/bin and asked pg_config). ' +
  'On Debian and Ubuntu: apt-get install postgresql; on macOS: brew install postgresql@16';

/** Starts PostgreSQL, runs the tests against it, and leaves nothing behind whatever happens. */
async function main(): Promise<number> {
  const binaries = findServerBinaries();
  if (!binaries && process.env.CI) {
    console.error(`Cannot test: ${NO_SERVER}.`);
    return 1;
  }
  if (!binaries) {
    console.log(`SKIP the tests that need a database: ${NO_SERVER}.`);
    return runTests(testFiles('unit'), {});
  }

  const cluster = await Cluster.create(binaries);
  process.once('exit', () => cluster.remove());
  await createOwner(cluster.address);
  await createTemplate(cluster.address);
  return runTests([...testFiles('unit'), ...testFiles('service')], {
    SHOP_TEST_CLUSTER: JSON.stringify(cluster.address),
    SHOP_TEST_BINARIES: binaries,
  });
}

function testFiles(folder: string): string[] {
  const directory = join(import.meta.dirname, folder);
  return readdirSync(directory)
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(directory, name));
}

function runTests(files: string[], environment: Record<string, string>): Promise<number> {
  const parameters = ['--import', 'tsx', '--test', '--test-concurrency=2', '--test-reporter=spec', ...files];
  const tests = spawn(process.execPath, parameters, { stdio: 'inherit', env: { ...process.env, ...environment } });
  process.once('exit', () => tests.kill());
  return new Promise((resolve) => tests.once('exit', (code) => resolve(code ?? 1)));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exit(await main());
