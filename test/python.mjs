/**
 * Pythons with packages in them, private to this project and each rebuilt when its requirements change.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const HOMES = join(import.meta.dirname, '..', '.venv');
const STAMP = 'requirements.sha256';

/** The versions of Python that the pinned requirements support. */
const OLDEST = [3, 11];
const NEWEST = [3, 14];

/** Where a tool that is missing is a failure. */
export const IN_CI = Boolean(process.env.CI) && process.env.CI !== 'false';

/** Why there is no Python: a failure in CI, a skip elsewhere. */
export class PythonUnavailable extends Error {}

/**
 * The command and environment that run Python with these packages importable.
 *
 * @param {string} name of the environment
 * @param {string} requirements the file that names each package exactly, those that packages need included
 * @returns {{ command: string, env: NodeJS.ProcessEnv }}
 */
export function pythonWith(name, requirements) {
  const home = join(HOMES, name);
  const python = findPython();
  const stamp = createHash('sha256').update(readFileSync(requirements)).update(python.version).digest('hex');
  if (!isBuilt(home, stamp)) build(python.command, home, requirements, stamp);

  const own = interpreter(home);
  if (existsSync(own)) return { command: own, env: process.env };
  return { command: python.command, env: { ...process.env, PYTHONPATH: packages(home) } };
}

/** An environment whose Python has been removed since is not built, whatever its stamp says. */
function isBuilt(home, stamp) {
  const file = join(home, STAMP);
  const runs = existsSync(interpreter(home)) || existsSync(packages(home));
  return runs && existsSync(file) && readFileSync(file, 'utf-8') === stamp;
}

function findPython() {
  const seen = [];
  for (const command of [process.env.PYTHON, 'python3', 'python'].filter(Boolean)) {
    const { status, stdout } = run(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
    if (status !== 0) continue;
    const version = stdout.trim();
    if (isSupported(version)) return { command, version };
    seen.push(`${command} is ${version}`);
  }
  throw new PythonUnavailable(`needs Python ${OLDEST.join('.')} to ${NEWEST.join('.')}, found ${seen.join(', ') || 'none'}`);
}

function isSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  return major === 3 && minor >= OLDEST[1] && minor <= NEWEST[1];
}

/** Builds beside the final place and moves there, so that an interrupted or a second build leaves nothing half done. */
function build(python, home, requirements, stamp) {
  const draft = `${home}-${process.pid}`;
  mkdirSync(dirname(home), { recursive: true });
  try {
    install(python, draft, requirements);
    writeFileSync(join(draft, '.gitignore'), '*\n');
    writeFileSync(join(draft, STAMP), stamp);
    rmSync(home, { recursive: true, force: true });
    renameSync(draft, home);
  } catch (error) {
    // Another run may have put its build there first; it is as good as ours.
    if (!isBuilt(home, stamp)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Three ways to the same packages: Debian ships Python without what `venv` needs. */
function install(python, draft, requirements) {
  const ways = [
    () => run(python, ['-m', 'venv', draft]).status === 0 && pip(requirements, interpreter(draft)),
    () => run(python, ['-m', 'virtualenv', '--quiet', draft]).status === 0 && pip(requirements, interpreter(draft)),
    () => pip(requirements, python, '--target', packages(draft)),
  ];
  const failures = [];
  for (const way of ways) {
    rmSync(draft, { recursive: true, force: true });
    const result = way();
    if (result && result.status === 0) return;
    if (result) failures.push(result.stderr.trim().split('\n').pop());
  }
  throw new PythonUnavailable(`cannot install ${basename(dirname(requirements))}/${basename(requirements)}: ${failures.pop()}`);
}

function pip(requirements, python, ...options) {
  return run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', ...options, '-r', requirements]);
}

function interpreter(home) {
  return process.platform === 'win32' ? join(home, 'Scripts', 'python.exe') : join(home, 'bin', 'python');
}

/** Where the packages lie for a Python that cannot make environments. */
function packages(home) {
  return join(home, 'packages');
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf-8' });
  return { status, stdout: stdout ?? '', stderr: stderr || error?.message || '' };
}
