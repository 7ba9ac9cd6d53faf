import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverUser } from './server-user.js';

export const SUPERUSER = 'postgres';

/** How to reach a cluster; plain data, so that it can be handed to other processes. */
export interface ClusterAddress {
  readonly host: string;
  readonly port: number;
  readonly superuserPassword: string;
  readonly ownerPassword: string;
}

/** A throwaway PostgreSQL on the loopback interface, in a directory that goes away with it. */
export class Cluster {
  private readonly user = serverUser();
  private readonly directory = mkdtempSync(join(tmpdir(), 'shop-postgres-'));
  private readonly data = join(this.directory, 'data');
  private readonly log = join(this.directory, 'server.log');

  private constructor(
    private readonly binaries: string,
    readonly address: ClusterAddress,
  ) {}

  static async create(binaries: string): Promise<Cluster> {
    const secret = () => randomBytes(18).toString('base64url');
    const port = await freePort();
    const cluster = new Cluster(binaries, {
      host: '127.0.0.1',
      port,
      superuserPassword: secret(),
      ownerPassword: secret(),
    });
    try {
      cluster.initialize();
      cluster.start();
    } catch (error) {
      cluster.remove();
      throw error;
    }
    return cluster;
  }

  start(): void {
    const options = [
      `-p ${this.address.port}`,
      '-c listen_addresses=127.0.0.1',
      "-c unix_socket_directories=''",
      '-c fsync=off',
      '-c max_connections=200',
    ];
    try {
      this.run('pg_ctl', ['start', '-w', '-t', '30', '-D', this.data, '-l', this.log, '-o', options.join(' ')]);
    } catch (error) {
      throw new Error(`PostgreSQL does not start: ${readLog(this.log)}`, { cause: error });
    }
  }

  stop(): void {
    this.run('pg_ctl', ['stop', '-w', '-m', 'fast', '-D', this.data]);
  }

  /** Synchronous and never failing, so that it can be the last thing a process does. */
  remove(): void {
    spawnSync(join(this.binaries, 'pg_ctl'), ['stop', '-w', '-m', 'immediate', '-D', this.data], {
      ...this.spawnOptions(),
      stdio: 'ignore',
    });
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  private initialize(): void {
    if (this.user) chownSync(this.directory, this.user.uid, this.user.gid);
    const passwordFile = join(this.directory, 'password');
    writeFileSync(passwordFile, this.address.superuserPassword, { mode: 0o600 });
    if (this.user) chownSync(passwordFile, this.user.uid, this.user.gid);
    const authentication = ['--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
    this.run('initdb', ['-D', this.data, '--encoding=UTF8', '--locale=C', '--no-sync', ...authentication]);
  }

  private run(binary: string, parameters: string[]): void {
    execFileSync(join(this.binaries, binary), parameters, {
      ...this.spawnOptions(),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  private spawnOptions() {
    return { ...this.user, cwd: this.directory, env: { PATH: process.env.PATH, HOME: this.directory, LC_ALL: 'C' } };
  }
}

/** Below those that systems give to whoever connects to somewhere, so that it is still free when the server starts. */
async function freePort(): Promise<number> {
  const port = randomInt(15_000, 32_000);
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return freePort();
    throw error;
  }
  probe.close();
  await once(probe, 'close');
  return port;
}

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'it left no log';
  }
}
