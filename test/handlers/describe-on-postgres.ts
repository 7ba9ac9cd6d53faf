import { PostgresServer, serverBinDirectories, serverVersion } from './postgres-server';

/**
 * Describes something against a real server: each in PG_BINDIRS, else the newest installed.
 *
 * Without a server the tests are skipped, and the reason printed; with CI set they fail, so that nothing passes unseen.
 */
export function describeOnPostgres(title: string, tests: (server: () => PostgresServer) => void): void {
  const directories = serverBinDirectories();
  if (directories.length === 0) {
    missing(title, tests);
  }
  for (const directory of directories) {
    describe(`${title} on ${serverVersion(directory)}`, () => {
      let server: PostgresServer;
      beforeAll(async () => { server = await PostgresServer.start(directory); }, 60_000);
      afterAll(async () => server?.delete());
      tests(() => server);
    });
  }
}

function missing(title: string, tests: (server: () => PostgresServer) => void): void {
  const reason = 'there is no PostgreSQL server on this machine: apt-get install postgresql-15, or name directories in PG_BINDIRS';
  if (process.env.CI) {
    test(`${title} on PostgreSQL`, () => { throw new Error(reason); });
    return;
  }
  process.stderr.write(`${title}: skipped, ${reason}\n`);
  describe.skip(title, () => tests(() => { throw new Error(reason); }));
}
