import type { Client } from 'pg';
import type { RoleNames } from './role-names';

/** A name in the three ways it is written. */
export interface Name {
  readonly plain: string;
  /** As an identifier in SQL: `"app"`. */
  readonly id: string;
  /** As a text in SQL: `'app'`. */
  readonly text: string;
}

/** What the requirements are about. */
export interface Subject {
  readonly roles: { readonly [role in keyof RoleNames]: Name };
  readonly database: Name;
  readonly schema: Name;
  readonly extensions: readonly Name[];
  /**
   * PostgreSQL 16 and later: who makes a role may administer it but neither inherits from it nor becomes it, and each
   * membership says for itself whether it does.
   *
   * @see https://www.postgresql.org/docs/16/release-16.html#RELEASE-16-PRIVILEGES
   */
  readonly membershipOptions: boolean;
  /**
   * PostgreSQL 17 and later: whoever has `pg_maintain` may vacuum every table. Before, only its owner may.
   *
   * @see https://www.postgresql.org/docs/17/predefined-roles.html
   */
  readonly hasMaintain: boolean;
}

/** Quotes all names, and asks the server how old it is. */
export async function subject(client: Client, names: RoleNames, database: string, schema: string, extensions: readonly string[]): Promise<Subject> {
  const { rows } = await client.query<{ version: number }>("SELECT current_setting('server_version_num')::int AS version");
  const name = (plain: string) => nameFor(client, plain);
  return {
    roles: {
      ...names.verifier !== undefined && { verifier: name(names.verifier) },
      peopleReadOnly: name(names.peopleReadOnly),
      peopleReadWrite: name(names.peopleReadWrite),
      peopleOperator: name(names.peopleOperator),
      maintenance: name(names.maintenance),
      master: name(names.master),
      owner: name(names.owner),
      app: name(names.app),
      appLogin: name(names.appLogin),
      readWrite: name(names.readWrite),
      readOnly: name(names.readOnly),
    },
    database: name(database),
    schema: name(schema),
    extensions: extensions.map(name),
    membershipOptions: rows[0].version >= 160_000,
    hasMaintain: rows[0].version >= 170_000,
  };
}

/** Quotes with the driver's own functions. */
export function nameFor(client: Client, plain: string): Name {
  return { plain, id: client.escapeIdentifier(plain), text: client.escapeLiteral(plain) };
}
