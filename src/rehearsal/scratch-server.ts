import { readFileSync } from 'node:fs';
import { Client, type ClientConfig } from 'pg';
import type { GivenServer } from './contract';
import { NotRehearsed } from './not-rehearsed';

/** A server in which databases and roles may come and go. */
export class ScratchServer {
  constructor(readonly place: GivenServer, private readonly dispose: () => Promise<void> = async () => undefined) {}

  /** How clients sign in: with the certificate checked, or without TLS where the server has none. */
  get ssl(): Exclude<ClientConfig['ssl'], undefined> {
    const { tls, authorityFile } = this.place;
    return tls && { rejectUnauthorized: true, ...authorityFile !== undefined && { ca: readFileSync(authorityFile, 'utf8') } };
  }

  /** Signs in, as the superuser unless `who` says otherwise. */
  async connect(who: Pick<ClientConfig, 'user' | 'password' | 'database'> = {}): Promise<Client> {
    const { host, port, user, password, database } = this.place;
    const client = new Client({ host, port, user, password, database, ssl: this.ssl, connectionTimeoutMillis: 10_000, application_name: 'rehearsal', ...who });
    client.on('error', () => undefined); // a lost connection also fails the query that waits on it
    try {
      await client.connect();
      return client;
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      throw new NotRehearsed(`'${who.user ?? user}' cannot sign in to ${host}:${port} (${message || code}); see that the server is up, and that PGHOST, PGPORT, PGUSER and PGPASSWORD `
        + 'are those of a superuser of it');
    }
  }

  /** The variables of libpq for whoever signs in as `user`, and none of those that are set here. */
  environment(user: string, password: string, database: string): NodeJS.ProcessEnv {
    const { host, port, tls, authorityFile } = this.place;
    const others = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
    return {
      ...Object.fromEntries(others),
      PGHOST: host,
      PGPORT: String(port),
      PGDATABASE: database,
      PGUSER: user,
      PGPASSWORD: password,
      PGSSLMODE: tls ? 'verify-full' : 'disable',
      ...authorityFile !== undefined && { PGSSLROOTCERT: authorityFile },
    };
  }

  /** Leaves nothing behind where the server is ours. */
  async close(): Promise<void> {
    await this.dispose();
  }
}
