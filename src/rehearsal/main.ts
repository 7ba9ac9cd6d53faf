import { readFileSync } from 'node:fs';
import type { RehearsalOrder, RehearsalReport } from './contract';
import { rehearse as rehearseIn } from './rehearsal';
import { AS_TOOL, runTool } from '../handlers/migration-guard/tool-process';

if (require.main === module && process.argv[2] === AS_TOOL) {
  const { PGHOST = '', PGPORT, PGDATABASE = '', PGUSER = '', PGPASSWORD = '', PGSSLMODE, PGSSLROOTCERT } = process.env;
  runTool(process.argv[3], {
    // What a data source says of itself may be another database, and what is rehearsed there would be real.
    connection: {
      host: PGHOST,
      port: Number(PGPORT),
      database: PGDATABASE,
      user: PGUSER,
      password: PGPASSWORD,
      ssl: PGSSLMODE !== 'disable' && { rejectUnauthorized: true, ca: PGSSLROOTCERT && readFileSync(PGSSLROOTCERT, 'utf8') },
    },
  });
}

/** Rehearses, with this very file as the tool. */
export async function rehearse(order: RehearsalOrder, signal: AbortSignal): Promise<RehearsalReport> {
  return rehearseIn(order, { toolFile: __filename, signal });
}
