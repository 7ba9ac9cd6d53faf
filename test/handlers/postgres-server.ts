import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { type Certificate, certificateFor } from './certificate-authority';

/** A throwaway server that is as strict as RDS: TLS only, scram-sha-256 for everybody, no trust on any way in. */
export class PostgresServer {
  /** Makes a cluster in a temporary directory and starts it. */
  static async start(binDirectory: string): Promise<PostgresServer> {
    const server = new PostgresServer(binDirectory, await freePort());
    try {
      server.initialise();
      await server.run();
      return server;
    } catch (error) {
      await server.delete();
      throw error;
    }
  }

  readonly host = 'localhost';
  readonly superuser = { user: 'postgres', password: 'Superuser-of-the-test' };
  certificate!: Certificate;
  private readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'postgres-server-'));
  private readonly data = path.join(this.directory, 'data');
  private readonly logFile = path.join(this.directory, 'server.log');
  private readonly account = accountOfServer();
  private process?: ChildProcess;
  private readonly killAtExit: () => void;

  private constructor(private readonly binDirectory: string, readonly port: number) {
    this.killAtExit = () => void this.process?.kill('SIGQUIT');
    process.on('exit', this.killAtExit);
  }

  /** Starts the server, and waits until it lets somebody in. */
  async run(): Promise<void> {
    const log = fs.openSync(this.logFile, 'a');
    this.process = spawn(path.join(this.binDirectory, 'postgres'), ['-D', this.data], { ...this.account, stdio: ['ignore', log, log] });
    fs.closeSync(log);
    for (const deadline = Date.now() + 20_000; ;) {
      try {
        await (await this.connect(this.superuser)).end();
        return;
      } catch (error) {
        if (this.process.exitCode !== null || Date.now() > deadline) {
          throw new Error(`PostgreSQL did not start: ${(error as Error).message}\n${this.log()}`);
        }
        await sleep(50);
      }
    }
  }

  /** Stops the server as a failing host would, without a farewell to its clients. */
  async stop(): Promise<void> {
    const running = this.process;
    if (running && running.exitCode === null && running.signalCode === null) {
      const gone = once(running, 'exit');
      running.kill('SIGQUIT');
      await gone;
    }
  }

  /** Stops the server and leaves nothing behind. */
  async delete(): Promise<void> {
    await this.stop();
    process.off('exit', this.killAtExit);
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  /** What the server logged so far, every statement included. */
  log(): string {
    return fs.existsSync(this.logFile) ? fs.readFileSync(this.logFile, 'utf8') : '';
  }

  /** Signs in with the certificate checked; `config` says who, and where to. */
  async connect(config: ClientConfig): Promise<Client> {
    const client = new Client({ host: this.host, port: this.port, database: 'postgres', ssl: { ca: this.certificate.authority }, ...config });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  private initialise(): void {
    fs.mkdirSync(this.data);
    const passwordFile = path.join(this.directory, 'password');
    fs.writeFileSync(passwordFile, this.superuser.password);
    this.certificate = certificateFor(this.host, this.directory);
    this.handOver();
    execFileSync(path.join(this.binDirectory, 'initdb'), [
      '-D', this.data, '-U', this.superuser.user, '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--no-locale', '--no-sync',
    ], { ...this.account, stdio: ['ignore', 'ignore', 'pipe'] });
    fs.writeFileSync(path.join(this.data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
    fs.appendFileSync(path.join(this.data, 'postgresql.conf'), `
      port = ${this.port}
      listen_addresses = '127.0.0.1'
      unix_socket_directories = ''
      ssl = on
      ssl_cert_file = '${this.certificate.certificateFile}'
      ssl_key_file = '${this.certificate.keyFile}'
      password_encryption = 'scram-sha-256'
      log_statement = 'all'
      fsync = off
      shared_buffers = 16MB
      max_connections = 30
    `);
  }

  /** The server refuses to run as root, so everything is given to the account that it runs as. */
  private handOver(): void {
    const { uid, gid } = this.account;
    if (uid !== undefined && gid !== undefined) {
      fs.chmodSync(this.directory, 0o755);
      for (const name of ['.', ...fs.readdirSync(this.directory)]) {
        fs.chownSync(path.join(this.directory, name), uid, gid);
      }
    }
  }
}

/** The directories with server binaries to test against: PG_BINDIRS, else the newest that is installed. */
export function serverBinDirectories(): string[] {
  if (process.env.PG_BINDIRS) {
    return process.env.PG_BINDIRS.split(':').filter(Boolean);
  }
  const packages = '/usr/lib/postgresql';
  const majors = fs.existsSync(packages) ? fs.readdirSync(packages).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [...majors.map(major => path.join(packages, major, 'bin')), ...configuredBinDirectory()];
  return candidates.filter(directory => fs.existsSync(path.join(directory, 'initdb'))).slice(0, 1);
}

/** `PostgreSQL 15.14`, as the server names itself. */
export function serverVersion(binDirectory: string): string {
  const text = execFileSync(path.join(binDirectory, 'postgres'), ['--version'], { encoding: 'utf8' });
  return `PostgreSQL ${/(\d+(\.\d+)?)/.exec(text)?.[1]}`;
}

function configuredBinDirectory(): string[] {
  try {
    return [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim()];
  } catch {
    return [];
  }
}

function accountOfServer(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
