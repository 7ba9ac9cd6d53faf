import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { GivenServer } from './contract';
import { freePort } from './free-port';
import { NotRehearsed } from './not-rehearsed';
import { ScratchServer } from './scratch-server';

const SUPERUSER = 'postgres';

/** How long a server may take to let somebody in. */
const START_MILLIS = 30_000;

/**
 * Starts a server of its own: on the loopback interface only, and therefore without TLS, with passwords by scram-sha-256. Closing it removes all
 * of it. It is not in the process group of the terminal, which would stop it before those who still use it.
 */
export async function throwawayServer(programs: string, signal: AbortSignal): Promise<ScratchServer> {
  const server = new ThrowawayServer(programs, await freePort());
  try {
    await server.initialise();
    signal.throwIfAborted();
    return await server.run(signal);
  } catch (error) {
    await server.delete();
    throw error;
  }
}

class ThrowawayServer {
  private readonly directory = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  private readonly data = join(this.directory, 'data');
  private readonly logFile = join(this.directory, 'server.log');
  private readonly place: GivenServer;
  private readonly killAtExit: () => void;
  private account: { uid?: number; gid?: number } = {};
  private process?: ChildProcess;

  constructor(private readonly programs: string, port: number) {
    this.killAtExit = () => void this.process?.kill('SIGQUIT');
    process.on('exit', this.killAtExit);
    this.place = {
      host: 'localhost', port, user: SUPERUSER, password: randomBytes(16).toString('hex'), database: 'postgres', tls: false,
    };
  }

  async initialise(): Promise<void> {
    this.account = accountOfServer();
    mkdirSync(this.data, { mode: 0o700 });
    writeFileSync(join(this.directory, 'password'), this.place.password, { mode: 0o600 });
    this.handOver();
    await promisify(execFile)(join(this.programs, 'initdb'), [
      '-D', this.data, '-U', SUPERUSER, '-A', 'scram-sha-256', '--pwfile', join(this.directory, 'password'), '-E', 'UTF8', '--no-locale', '--no-sync',
    ], { ...this.account, cwd: this.directory }).catch((error: Error & { stderr?: string }) => {
      throw new NotRehearsed(`initdb in ${this.programs} failed: ${error.stderr?.trim() || error.message}${this.account.uid === undefined ? '' : '; it ran as the user \'postgres\', who must reach that directory'}`);
    });
    writeFileSync(join(this.data, 'pg_hba.conf'), ['127.0.0.1/32', '::1/128'].map((it) => `host all all ${it} scram-sha-256\n`).join(''));
    writeFileSync(join(this.data, 'postgresql.conf'), `
      port = ${this.place.port}
      listen_addresses = 'localhost'
      unix_socket_directories = ''
      password_encryption = 'scram-sha-256'
      fsync = off
      synchronous_commit = off
      full_page_writes = off
    `, { flag: 'a' });
  }

  async run(signal: AbortSignal): Promise<ScratchServer> {
    const log = openSync(this.logFile, 'a');
    this.process = spawn(join(this.programs, 'postgres'), ['-D', this.data], { ...this.account, cwd: this.directory, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    let lost: Error | undefined;
    this.process.once('error', (error) => { lost = error; });
    const server = new ScratchServer(this.place, () => this.delete());
    for (const deadline = Date.now() + START_MILLIS; ;) {
      signal.throwIfAborted();
      try {
        await (await server.connect()).end();
        return server;
      } catch (error) {
        if (lost || this.process.exitCode !== null || Date.now() > deadline) {
          throw new NotRehearsed(`the PostgreSQL in ${this.programs} does not start: ${(lost ?? error as Error).message}\n${this.lastLines()}`);
        }
      }
      await sleep(50);
    }
  }

  /** Stops the server at once, and removes its directory. */
  async delete(): Promise<void> {
    process.off('exit', this.killAtExit);
    const running = this.process;
    if (running?.pid !== undefined && running.exitCode === null && running.signalCode === null) {
      const gone = once(running, 'exit');
      running.kill('SIGQUIT');
      await gone;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private lastLines(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8').trim().split('\n').slice(-5).join('\n') : '';
  }

  /** A server refuses to run as root, so everything is given to the account that it runs as. */
  private handOver(): void {
    const { uid, gid } = this.account;
    if (uid !== undefined && gid !== undefined) {
      chmodSync(this.directory, 0o755);
      ['.', ...readdirSync(this.directory)].forEach((name) => chownSync(join(this.directory, name), uid, gid));
    }
  }
}

function accountOfServer(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) {
    return {};
  }
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, SUPERUSER], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    throw new NotRehearsed("PostgreSQL does not run as root, and there is no user 'postgres' to run it as; run the rehearsal as another user, or make that one (useradd postgres)");
  }
}
