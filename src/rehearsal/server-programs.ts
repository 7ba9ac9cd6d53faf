import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { NotRehearsed } from './not-rehearsed';

/** Where packages put the programs of a server, with the place of the major version in it. */
const PLACES: readonly (readonly [parent: string, child: RegExp, below: string])[] = [
  ['/usr/lib/postgresql', /^(\d+)$/, 'bin'], // Debian, Ubuntu
  ['/usr', /^pgsql-(\d+)$/, 'bin'], // the packages of postgresql.org for Red Hat
  ['/opt/homebrew/opt', /^postgresql@(\d+)$/, 'bin'], // Homebrew on Apple silicon
  ['/usr/local/opt', /^postgresql@(\d+)$/, 'bin'], // Homebrew on Intel
  ['/home/linuxbrew/.linuxbrew/opt', /^postgresql@(\d+)$/, 'bin'],
  ['/Applications/Postgres.app/Contents/Versions', /^(\d+)$/, 'bin'],
];

/**
 * The directory of `initdb` and `postgres`: the one that is named, else that of the PATH, else the newest that a package
 * has installed, else what `pg_config` says. Throws with what to install where there is none.
 */
export function serverPrograms(named?: string, path = process.env.PATH ?? '', places = PLACES): string {
  if (named !== undefined) {
    if (!isComplete(named)) {
      throw new NotRehearsed(`--server-bin must be a directory with initdb and postgres, got '${named}'; name the 'bin' of an installation`);
    }
    return named;
  }
  const found = [...path.split(delimiter).filter(Boolean), ...installed(places), ...configured(path)].find(isComplete);
  if (found === undefined) {
    throw new NotRehearsed('no PostgreSQL server is installed here; install one (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17; '
      + 'Fedora: dnf install postgresql-server), name its directory with --server-bin, or name a server with PGHOST and --database-is-scratch');
  }
  return found;
}

function isComplete(directory: string): boolean {
  return ['initdb', 'postgres'].every((program) => existsSync(join(directory, program)));
}

function installed(places: typeof PLACES): string[] {
  return places.flatMap(([parent, child, below]) => (existsSync(parent) ? readdirSync(parent) : [])
    .flatMap((name) => ({ name, major: Number(child.exec(name)?.[1]) }))
    .filter(({ major }) => major > 0)
    .sort((a, b) => b.major - a.major)
    .map(({ name }) => join(parent, name, below)));
}

function configured(path: string): string[] {
  const { status, stdout } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8', env: { ...process.env, PATH: path } });
  return status === 0 ? [stdout.trim()] : [];
}
