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

/** What marks a role as that of rehearsals, and serialises them where they meet. */
const OURS = 'cdk-golden-path rehearsal';

/** The roles that each server of RDS has. */
const ROLES_OF_RDS: readonly string[] = ['rds_iam', 'rds_replication'];

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
    const superuser = await this.server.connect().catch((error: Error) => {
      throw new NotRehearsed(`the databases ${[...this.made].join(', ')} and the roles ${this.master.username}, ${this.owner.username} and ${this.app.username}_… could not be removed: ${error.message}`);
    });
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
      await this.alone(superuser, async () => {
        const { rows: ours } = await superuser.query<{ name: string }>("SELECT rolname AS name FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = $1", [OURS]);
        if (ours.length > 0 && ours.every(({ name }) => ROLES_OF_RDS.includes(name))) { // and no master of another rehearsal
          await superuser.query(`DROP ROLE ${ours.map(({ name }) => name).join(', ')}`);
        }
      });
    } finally {
      await superuser.end();
    }
  }

  /** As on RDS: no superuser, and yet the one who makes roles and may grant those of RDS and PostgreSQL. */
  private async makeMaster(superuser: Client): Promise<void> {
    const { rows: [{ super: isSuperuser, version }] } = await superuser.query<{ super: boolean; version: number }>(
      "SELECT rolsuper AS super, current_setting('server_version_num')::int AS version FROM pg_roles WHERE rolname = current_user");
    if (!isSuperuser) {
      throw new NotRehearsed(`PGUSER must be a superuser of the scratch server, got '${this.server.place.user}'; a server that is really scratch has one, such as 'postgres'`);
    }
    const master = superuser.escapeIdentifier(this.master.username);
    await this.alone(superuser, async () => {
      const { rows: missing } = await superuser.query<{ name: string }>('SELECT name FROM unnest($1::text[]) name WHERE name NOT IN (SELECT rolname FROM pg_roles)', [ROLES_OF_RDS]);
      for (const { name } of missing) {
        await superuser.query(`CREATE ROLE ${name} NOLOGIN; COMMENT ON ROLE ${name} IS ${superuser.escapeLiteral(OURS)}`);
      }
      await superuser.query(`CREATE ROLE ${master} LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD ${superuser.escapeLiteral(this.master.password)};
        COMMENT ON ROLE ${master} IS ${superuser.escapeLiteral(OURS)}`);
    });
    if (version >= 160_000) {
      const granted = [...ROLES_OF_RDS, 'pg_monitor', 'pg_signal_backend', ...version >= 170_000 ? ['pg_maintain'] : []];
      await superuser.query(`GRANT ${granted.join(', ')} TO ${master} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE`);
    }
  }

  /** Roles are those of the whole server, and other rehearsals may come and go on it: the last one takes those of RDS away. */
  private async alone(superuser: Client, work: () => Promise<void>): Promise<void> {
    await superuser.query('SELECT pg_advisory_lock(hashtext($1))', [OURS]);
    try {
      await work();
    } finally {
      await superuser.query('SELECT pg_advisory_unlock(hashtext($1))', [OURS]);
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
    await this.arrange(name).catch((error: Error) => {
      throw new NotRehearsed(`the roles and the schema cannot be made: ${error.message}`);
    });
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
