import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGED = '/usr/lib/postgresql';

/** The newest installed PostgreSQL server: where Debian puts it, else where pg_config says. */
export function findServerBinaries(): string | undefined {
  return [...packaged(), ...configured()].find((directory) =>
    ['initdb', 'pg_ctl'].every((name) => existsSync(join(directory, name))),
  );
}

function packaged(): string[] {
  if (!existsSync(PACKAGED)) return [];
  const versions = readdirSync(PACKAGED).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(PACKAGED, version, 'bin'));
}

function configured(): string[] {
  try {
    return [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()];
  } catch {
    return [];
  }
}
