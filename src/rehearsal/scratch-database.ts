import { randomBytes, randomInt } from 'node:crypto';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { Client } from 'pg';
import { NotRehearsed } from './not-rehearsed';
import type { ScratchServer } from './scratch-server';
import { TimeBudget } from '../handlers/custom-resource/time-budget';
import type { Credential } from '../handlers/database-roles/credential';
import { databaseRoles } from '../handlers/database-roles/database-roles';
import { Log } from '../handlers/log';

/** What is made in a database before the first migration. */
export interface Furniture {
  readonly schema: string;
  readonly extensions: readonly string[];
}

const ARRANGING_MILLIS = 60_000;

/**
 * A database like those that ManagedPostgres makes: its roles and schema are arranged by the very handler that arranges
 * them in AWS. The owner is no superuser, and the application may do what it may do there.
 */
export class ScratchDatabase {
  /** On a server of somebody else's the names end in a number, so that they are nobody's yet. */
  static async create(server: ScratchServer, furniture: Furniture, ownServer: boolean): Promise<ScratchDatabase> {
    const number = ownServer ? '' : String(randomInt(1e8, 1e9));
    const database = new ScratchDatabase(server, furniture, number);
    const superuser = await server.connect();
    try {
      await database.makeMaster(superuser);
      await database.make(superuser, database.name);
    } catch (error) {
      await database.drop();
      throw error;
    } finally {
      await superuser.end();
    }
    return database;
  }

  readonly name: string;
  readonly owner: Credential;
  readonly app: Credential;
  private readonly master: Credential;
  private readonly made = new Set<string>();
  private madeIamRole = false;

  private constructor(private readonly server: ScratchServer, private readonly furniture: Furniture, number: string) {
    const credential = (name: string): Credential => ({ username: `${name}${number}`, password: randomBytes(16).toString('hex') });
    this.name = `rehearsal${number}`;
    this.master = credential('master');
    this.owner = credential('owner');
    this.app = credential('app');
  }

  /** Copies the database as it is, for the time of some work. Nobody may be connected to it. */
  async withCopy<T>(work: (name: string) => Promise<T>): Promise<T> {
    const copy = `${this.name}_copy`;
    const superuser = await this.server.connect();
    try {
      await this.make(superuser, copy, this.name);
      return await work(copy);
    } finally {
      await superuser.query(`DROP DATABASE IF EXISTS ${superuser.escapeIdentifier(copy)} WITH (FORCE)`).finally(() => superuser.end());
    }
  }

  /** Removes the databases and the roles, whoever is still connected. */
  async drop(): Promise<void> {
    const superuser = await this.server.connect();
    try {
      for (const name of this.made) {
        await superuser.query(`DROP DATABASE IF EXISTS ${superuser.escapeIdentifier(name)} WITH (FORCE)`);
      }
      const { rows } = await superuser.query<{ name: string }>(
        'SELECT quote_ident(rolname) AS name FROM pg_roles WHERE rolname = ANY ($1) OR starts_with(rolname, $2)',
        [[this.master.username, this.owner.username, this.app.username], `${this.app.username}_`]);
      if (rows.length > 0) {
        await superuser.query(`DROP ROLE ${rows.map(({ name }) => name).join(', ')}`); // at once, as they are members of each other
      }
      if (this.madeIamRole) {
        await superuser.query(`DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE r.rolname = 'rds_iam') THEN DROP ROLE IF EXISTS rds_iam; END IF;
        END $$`);
      }
    } finally {
      await superuser.end();
    }
  }

  /** As on RDS: no superuser, and yet the one who makes roles and may grant rds_iam. */
  private async makeMaster(superuser: Client): Promise<void> {
    const { rows: [{ super: isSuperuser, version }] } = await superuser.query<{ super: boolean; version: number }>(
      "SELECT rolsuper AS super, current_setting('server_version_num')::int AS version FROM pg_roles WHERE rolname = current_user");
    if (!isSuperuser) {
      throw new NotRehearsed(`PGUSER must be a superuser of the scratch server, got '${this.server.place.user}'; a server that is really scratch has one, such as 'postgres'`);
    }
    const { rowCount } = await superuser.query("SELECT FROM pg_roles WHERE rolname = 'rds_iam'");
    if (!rowCount) {
      await superuser.query('CREATE ROLE rds_iam NOLOGIN');
      this.madeIamRole = true;
    }
    const master = superuser.escapeIdentifier(this.master.username);
    await superuser.query(`CREATE ROLE ${master} LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD ${superuser.escapeLiteral(this.master.password)}`);
    if (version >= 160_000) {
      await superuser.query(`GRANT rds_iam TO ${master} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE`);
    }
  }

  private async make(superuser: Client, name: string, template?: string): Promise<void> {
    const id = (it: string) => superuser.escapeIdentifier(it);
    this.made.add(name);
    await superuser.query(`CREATE DATABASE ${id(name)} OWNER ${id(this.master.username)} TEMPLATE ${id(template ?? 'template0')} ENCODING 'UTF8'`);
    const inside = await this.server.connect({ database: name });
    try {
      for (const extension of this.furniture.extensions) {
        await inside.query(`CREATE EXTENSION IF NOT EXISTS ${id(extension)} CASCADE`).catch((error: Error) => {
          throw new NotRehearsed(`the extension '${extension}' cannot be made (${error.message}); install it beside the server (Debian: postgresql-contrib), or use a server that has it`);
        });
      }
    } finally {
      await inside.end();
    }
    await this.arrange(name);
  }

  private async arrange(database: string): Promise<void> {
    const { place: { host, port }, ssl } = this.server;
    const secrets: { [arn: string]: Credential } = { master: this.master, owner: this.owner, app: this.app };
    const arrange = databaseRoles({
      readSecret: async (arn) => JSON.stringify(secrets[arn]),
      client: (config) => new Client({ ...config, ssl }),
    });
    const end = Date.now() + ARRANGING_MILLIS;
    await arrange({
      RequestType: 'Create',
      ResourceProperties: {
        ServiceToken: '', Host: host, Port: String(port), Database: database, Schema: this.furniture.schema, MasterSecretArn: 'master', OwnerSecretArn: 'owner', AppSecretArn: 'app', Version: '1',
      },
    } as unknown as CloudFormationCustomResourceEvent, {
      log: new Log({}, () => undefined), time: new TimeBudget(() => end - Date.now()), signal: new AbortController().signal,
    });
  }
}
