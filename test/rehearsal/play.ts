import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import type { RehearsalOrder, RehearsalReport } from '../../src/rehearsal/contract';
import { type GeneratedMigration, TeamImage } from '../handlers/migration-gate/team-image';
import type { PostgresServer } from '../handlers/postgres-server';
import { freshBundle } from '../support/bundles';

/** As the command line loads it. */
export const { rehearse } = createRequire(__filename)(freshBundle('assets/rehearsal/main/rehearsal.js')) as { rehearse(order: RehearsalOrder, signal: AbortSignal): Promise<RehearsalReport> };

/** What is rehearsed in a test. */
export interface Play {
  readonly released: readonly GeneratedMigration[];
  readonly fresh: readonly GeneratedMigration[];
  /** The name of the migration that is marked as a contract step. */
  readonly contract?: string;
  readonly seed?: string;
  readonly order?: Partial<RehearsalOrder>;
  readonly signal?: AbortSignal;
  /** What the data source lists, where that is something else. */
  readonly built?: readonly GeneratedMigration[];
}

/** Rehearses generated migrations on a server that is already there. */
export async function rehearsed(server: PostgresServer, { released, fresh, contract, seed = '', order, signal = new AbortController().signal, built = [...released, ...fresh] }: Play): Promise<RehearsalReport> {
  const image = new TeamImage({ migrations: built });
  const file = path.join(image.directory, 'seed.sql');
  fs.writeFileSync(file, seed);
  process.env.PGSSLROOTCERT = server.certificate.authorityFile; // the data source of the images reads it
  try {
    return await rehearse({
      dataSource: path.join(image.directory, 'dist', 'data-source.js'),
      migrations: [...released, ...fresh].map(({ name, down }) => ({ name, released: released.some((it) => it.name === name), contract: name === contract, hasDown: down !== undefined })),
      seed: file,
      schema: 'app',
      extensions: [],
      server: placeOf(server),
      ...order,
    }, signal);
  } finally {
    image.delete();
  }
}

/** Where a server is, as somebody names it who has declared it scratch. */
export function placeOf(server: PostgresServer): NonNullable<RehearsalOrder['server']> {
  return { host: server.host, port: server.port, user: server.superuser.user, password: server.superuser.password, database: 'postgres', tls: true, authorityFile: server.certificate.authorityFile };
}
