import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { type Certificate, certificateFor, clientCertificateFor } from './certificate-authority';
import { freePort } from '../../src/rehearsal/free-port';

/**
 * A throwaway server that is as strict as RDS: TLS only, scram-sha-256, no trust on any way in.
 *
 * As there, whoever has `rds_iam` is never asked for a password: RDS asks for a token of IAM, this server for a certificate.
 */
export class PostgresServer {
  /** Makes a cluster in a temporary directory and starts it. */
  static async start(binDirectory: string): Promise<PostgresServer> {
    const server = new PostgresServer(binDirectory, await freePort());
    try {
      server.initialise();
      await server.run();
      await server.makeRolesOfRds();
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
  private readonly clientCertificates = new Map<string, { cert: string; key: string }>();
  private readonly data = path.join(this.directory, 'data');
  private readonly logFile = path.join(this.directory, 'server.log');
  private readonly account = accountOfServer();
  private process?: ChildProcess;
  private readonly killAtExit: () => void;

  private constructor(
    /** The directory of its programs. */
    public programs: string,
    readonly port: number,
  ) {
    this.killAtExit = () => void this.process?.kill('SIGQUIT');
    process.on('exit', this.killAtExit);
  }

  /** Starts the server, and waits until it lets somebody in. */
  async run(): Promise<void> {
    const log = fs.openSync(this.logFile, 'a');
    this.process = spawn(path.join(this.programs, 'postgres'), ['-D', this.data], { ...this.account, stdio: ['ignore', log, log] });
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

  /** Signs in as a role with `rds_iam`. */
  async connectByIam(role: string, database: string): Promise<Client> {
    const certificate = this.clientCertificates.get(role) ?? clientCertificateFor(role, this.directory);
    this.clientCertificates.set(role, certificate);
    return this.connect({ user: role, database, ssl: { ca: this.certificate.authority, ...certificate } });
  }

  /** The files with which a role with `rds_iam` signs in by another program: psql refuses a key that others may read. */
  clientFilesOf(role: string): { cert: string; key: string } {
    const { cert, key } = this.clientCertificates.get(role) ?? clientCertificateFor(role, this.directory);
    this.clientCertificates.set(role, { cert, key });
    const files = { cert: path.join(this.directory, `${role}.pem`), key: path.join(this.directory, `${role}.key`) };
    fs.writeFileSync(files.cert, cert);
    fs.writeFileSync(files.key, key, { mode: 0o600 });
    return files;
  }

  /** The roles that are there on every server of RDS; what `rds_replication` may do there a plain server lets nobody do by a membership. */
  private async makeRolesOfRds(): Promise<void> {
    const superuser = await this.connect(this.superuser);
    await superuser.query('CREATE ROLE rds_iam NOLOGIN; CREATE ROLE rds_replication NOLOGIN');
    await superuser.end();
  }

  private initialise(): void {
    this.reachPrograms();
    fs.mkdirSync(this.data);
    const passwordFile = path.join(this.directory, 'password');
    fs.writeFileSync(passwordFile, this.superuser.password);
    this.certificate = certificateFor(this.host, this.directory);
    this.handOver();
    execFileSync(path.join(this.programs, 'initdb'), [
      '-D', this.data, '-U', this.superuser.user, '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--no-locale', '--no-sync',
    ], { ...this.account, stdio: ['ignore', 'ignore', 'pipe'] });
    fs.writeFileSync(path.join(this.data, 'pg_hba.conf'), this.waysIn());
    fs.appendFileSync(path.join(this.data, 'postgresql.conf'), `
      port = ${this.port}
      listen_addresses = '127.0.0.1'
      unix_socket_directories = ''
      ssl = on
      ssl_cert_file = '${this.certificate.certificateFile}'
      ssl_key_file = '${this.certificate.keyFile}'
      ssl_ca_file = '${this.certificate.authorityFile}'
      password_encryption = 'scram-sha-256'
      log_statement = 'all'
      fsync = off
      shared_buffers = 16MB
      max_connections = 30
    `);
  }

  /**
   * As on RDS, `rds_iam` comes first, and also whoever is a member of a member has it.
   *
   * From 16 on who makes a role is a member of it, if only to administer it. RDS does not count that, a plain server does.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/database-authentication.html
   */
  private waysIn(): string {
    const major = Number(fs.readFileSync(path.join(this.data, 'PG_VERSION'), 'utf8'));
    return [
      ...major < 16 ? [] : ['hostssl all /^master[0-9]+$ 127.0.0.1/32 scram-sha-256'],
      'hostssl all +rds_iam 127.0.0.1/32 cert',
      'hostssl all all 127.0.0.1/32 scram-sha-256\n',
    ].join('\n');
  }

  /** Where the account of the server cannot go, such as a checkout below a private directory, it gets a copy. */
  private reachPrograms(): void {
    if (spawnSync(path.join(this.programs, 'postgres'), ['--version'], this.account).status !== 0) {
      const copy = path.join(this.directory, 'programs');
      fs.cpSync(path.dirname(this.programs), copy, { recursive: true, verbatimSymlinks: true });
      this.programs = path.join(copy, 'bin');
    }
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

function accountOfServer(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
