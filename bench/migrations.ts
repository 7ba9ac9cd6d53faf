// `npm run bench:migrations`: what the gate's task costs beside TypeORM's own command line, on a real PostgreSQL. Without the start on Fargate.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { serverBinDirectories, serverVersion } from '../test/handlers/server-binaries';
import { PostgresServer } from '../test/handlers/postgres-server';
import { manyMigrations, TeamImage } from '../test/handlers/migration-gate/team-image';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const SIZES = [1, 50, 200];
const GUARD = join(__dirname, '../assets/handlers/migration-guard/main/migration-guard.js');
const CLI = join(dirname(require.resolve('typeorm')), 'cli.js');

type Side = 'gate' | 'command line';

void main();

async function main(): Promise<void> {
  const [directory] = serverBinDirectories();
  const server = await PostgresServer.start(directory);
  try {
    console.log(`${cpus().length} × ${cpus()[0].model}, Node.js ${process.version}, PostgreSQL ${serverVersion(directory)}, median of ${ROUNDS}\n`);
    console.log('| migrations | gate (s) | command line (s) | ratio |\n|---|---|---|---|');
    for (const size of SIZES) {
      const times = await measure(server, size);
      const [gate, commandLine] = [median(times.gate), median(times['command line'])];
      console.log(`| ${size} | ${gate.toFixed(2)} | ${commandLine.toFixed(2)} | ${(gate / commandLine).toFixed(2)} |`);
    }
  } finally {
    await server.delete();
  }
}

/** Sides take turns, each on a database of its own. */
async function measure(server: PostgresServer, size: number): Promise<Record<Side, number[]>> {
  const image = new TeamImage({ migrations: manyMigrations(size) });
  const times: Record<Side, number[]> = { 'gate': [], 'command line': [] };
  const superuser = await server.connect(server.superuser);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const side of ['gate', 'command line'] as const) {
      await superuser.query('DROP DATABASE IF EXISTS bench');
      await superuser.query('CREATE DATABASE bench');
      const seconds = run(server, image, side, size);
      if (round > 0) { // the first warms the caches of the disk
        times[side].push(seconds);
      }
    }
  }
  await superuser.end();
  image.delete();
  return times;
}

function run(server: PostgresServer, image: TeamImage, side: Side, size: number): number {
  const args = side === 'gate' ? [GUARD] : [CLI, 'migration:run', '-d', 'dist/data-source.js'];
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: image.directory,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: {
      PATH: process.env.PATH,
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGDATABASE: 'bench',
      PGUSER: server.superuser.user,
      PGPASSWORD: server.superuser.password,
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: server.certificate.authorityFile,
      MIGRATION_ACTION: 'up',
      MIGRATION_RUN: 'bench',
      MIGRATION_RELEASE: 'bench',
      MIGRATION_STARTED_BY: 'bench',
      MIGRATION_IMAGE: 'bench',
      MIGRATION_DATABASE: 'bench',
      MIGRATION_DATA_SOURCE: 'dist/data-source.js',
      MIGRATION_NEWEST: manyMigrations(size).at(-1)!.name,
      MIGRATION_DEADLINE: String(Date.now() + 600_000),
    },
  });
  if (status !== 0) {
    throw new Error(`${side} failed: ${stdout.slice(-2000)}${stderr.slice(-2000)}`);
  }
  return (performance.now() - start) / 1000;
}

function median(values: number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}
