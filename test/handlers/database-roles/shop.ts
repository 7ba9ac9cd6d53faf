import { randomBytes } from 'node:crypto';
import type { CloudFormationCustomResourceResponse } from 'aws-lambda';
import { Client } from 'pg';
import { customResource } from '../../../src/handlers/custom-resource/custom-resource';
import type { Credential } from '../../../src/handlers/database-roles/credential';
import { databaseRoles } from '../../../src/handlers/database-roles/database-roles';
import { CloudFormation, contextOf, eventOf } from '../custom-resource/cloudformation';
import type { PostgresServer } from '../postgres-server';

export interface ShopOptions {
  readonly database?: string;
  readonly schema?: string;
}

export interface RunOptions {
  readonly type?: 'Create' | 'Update' | 'Delete';
  /** How long Lambda gives the function. */
  readonly millis?: number;
  readonly properties?: { [name: string]: unknown };
}

let shops = 0;

/** A database as RDS hands it over: made by, and belonging to, a master that is no superuser; with roles of its own. */
export class Shop {
  static async open(server: PostgresServer, options: ShopOptions = {}): Promise<Shop> {
    const shop = new Shop(server, ++shops, options);
    const superuser = await server.connect(server.superuser);
    const { username, password } = shop.secrets.master;
    await superuser.query(`CREATE ROLE ${username} LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD ${superuser.escapeLiteral(password)}`);
    // RDS lets its master grant these, and does not count rds_iam as having it; up to 15 CREATEROLE is enough.
    await superuser.query(`DO $$ DECLARE role name; BEGIN IF current_setting('server_version_num')::int >= 160000 THEN
      FOR role IN SELECT rolname FROM pg_roles WHERE rolname IN ('rds_iam', 'rds_replication', 'pg_monitor', 'pg_signal_backend', 'pg_maintain') LOOP
        EXECUTE format('GRANT %I TO ${username} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE', role); END LOOP; END IF; END $$`);
    await superuser.end();
    const master = await server.connect({ user: username, password });
    await master.query(`CREATE DATABASE ${master.escapeIdentifier(shop.database)}`);
    await master.end();
    return shop;
  }

  readonly database: string;
  readonly schema: string;
  readonly secrets: { master: Credential; owner: Credential; app: Credential };
  readonly passwords: string[] = [];
  /** What the handler logged, all runs. */
  readonly lines: string[] = [];

  private constructor(readonly server: PostgresServer, readonly number: number, options: ShopOptions) {
    this.database = options.database ?? `shop${number}`;
    this.schema = options.schema ?? 'app';
    this.secrets = {
      master: { username: `master${number}`, password: this.newPassword() },
      owner: { username: `owner${number}`, password: this.newPassword() },
      app: { username: `app${number}`, password: this.newPassword() },
    };
  }

  /** With the characters that need care in SQL, JSON and shells. */
  newPassword(): string {
    const password = `Pw-${randomBytes(8).toString('hex')}-'"\\$%& `.trim();
    this.passwords.push(password);
    return password;
  }

  /** One event, all the way to the answer. */
  async run({ type = 'Create', millis = 60_000, properties = {} }: RunOptions = {}): Promise<CloudFormationCustomResourceResponse> {
    const cloudFormation = await CloudFormation.listen();
    try {
      const handler = customResource(databaseRoles({
        readSecret: async arn => JSON.stringify(this.secrets[arn as keyof Shop['secrets']]),
        client: config => new Client(config),
        ca: this.server.certificate.authority,
        pauseFactor: 0.02,
      }), { write: line => this.lines.push(line), answeringMillis: 200 });
      await handler(eventOf(type, cloudFormation.url, { ...this.properties(), ...properties }), contextOf(millis));
      return cloudFormation.answers[0];
    } finally {
      cloudFormation.close();
    }
  }

  /** As `run`, for a run that has to succeed. */
  async arrange(options: RunOptions = {}): Promise<{ [name: string]: string }> {
    const answer = await this.run(options);
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    return answer.Data as { [name: string]: string };
  }

  properties(): { [name: string]: string } {
    return {
      Host: this.server.host,
      Port: String(this.server.port),
      Database: this.database,
      Schema: this.schema,
      MasterSecretArn: 'master',
      OwnerSecretArn: 'owner',
      AppSecretArn: 'app',
      VerifierRole: `verifier${this.number}`,
      Version: '1',
    };
  }

  /** Runs statements in the shop's database as somebody, and returns the rows of the last. */
  async as(who: Credential, ...statements: string[]): Promise<{ [column: string]: unknown }[]> {
    return this.query(await this.server.connect({ user: who.username, password: who.password, database: this.database }), statements);
  }

  async asSuperuser(...statements: string[]): Promise<{ [column: string]: unknown }[]> {
    return this.query(await this.server.connect({ ...this.server.superuser, database: this.database }), statements);
  }

  /** Everything the handler may touch, with the transaction that last wrote each row: equal means untouched. */
  async catalogue(): Promise<unknown> {
    const tables = ['pg_authid', 'pg_auth_members', 'pg_database', 'pg_namespace', 'pg_default_acl', 'pg_db_role_setting', 'pg_class', 'pg_proc', 'pg_extension'];
    const superuser = await this.server.connect({ ...this.server.superuser, database: this.database });
    const dump: { [table: string]: unknown } = {};
    for (const table of tables) {
      const ours = ['pg_class', 'pg_proc'].includes(table) ? `${table} WHERE oid >= 16384` : table; // FirstNormalObjectId
      dump[table] = (await superuser.query(`SELECT xmin, * FROM ${ours} ORDER BY 2, 3, 4`)).rows;
    }
    await superuser.end();
    return dump;
  }

  /** What AWS's rotation function does for alternating users, statement by statement. */
  async rotateToClone(): Promise<Credential> {
    const { username } = this.secrets.app;
    const clone = { username: `${username}_clone`, password: this.newPassword() };
    const master = await this.server.connect({ user: this.secrets.master.username, password: this.secrets.master.password, database: this.database });
    await master.query(`CREATE ROLE ${clone.username} WITH LOGIN PASSWORD ${master.escapeLiteral(clone.password)}`);
    await master.query(`GRANT ${username} TO ${clone.username}`);
    await master.end();
    return clone;
  }

  /** As `as`, by a role that has no password. */
  async byIam(role: string, ...statements: string[]): Promise<{ [column: string]: unknown }[]> {
    return this.query(await this.server.connectByIam(role, this.database), statements);
  }

  private async query(client: Client, statements: string[]): Promise<{ [column: string]: unknown }[]> {
    try {
      let rows: { [column: string]: unknown }[] = [];
      for (const statement of statements) {
        ({ rows } = await client.query<{ [column: string]: unknown }>(statement));
      }
      return rows;
    } finally {
      await client.end();
    }
  }
}
