import { defaultPrivileges } from './default-privileges';
import type { Requirement } from './requirement';
import type { Name, Subject } from './subject';

/** Who may come in, and what each finds: a schema of the owner's, and nothing in `public` that PUBLIC could have put there. */
export function databaseRequirements(subject: Subject): Requirement[] {
  const { owner, readWrite, readOnly } = subject.roles;
  return [
    belongsToMaster(subject),
    closedToPublic(subject),
    publicSchemaIsClosed(),
    ...[owner, readWrite, readOnly].map(role => mayConnect(role, subject)),
    schemaExists(subject),
    schemaBelongsToOwner(subject),
    ...[readWrite, readOnly].map(group => mayUseSchema(group, subject)),
    ...defaultPrivileges(subject),
    searchPath(subject),
  ];
}

/** The owner of a database may create in its `public`, and the master has all that the owner has. */
function belongsToMaster({ database, roles: { owner } }: Subject): Requirement {
  return {
    what: `database '${database.plain}' belongs to the master`,
    holds: `EXISTS (SELECT FROM pg_database WHERE datname = ${database.text} AND pg_has_role(current_user, datdba, 'USAGE')`
      + ` AND pg_get_userbyid(datdba) <> ${owner.text})`,
    make: [],
    remedy: `its owner can run: ALTER DATABASE ${database.id} OWNER TO the master`,
  };
}

function closedToPublic({ database }: Subject): Requirement {
  const has = (privilege: string) => `has_database_privilege('public', ${database.text}, '${privilege}')`;
  return {
    what: `PUBLIC has no privilege on database '${database.plain}'`,
    holds: `NOT ${has('CONNECT')} AND NOT ${has('TEMPORARY')} AND NOT ${has('CREATE')}`,
    make: [`REVOKE ALL ON DATABASE ${database.id} FROM PUBLIC`],
    remedy: 'somebody else granted it, and has to revoke it',
  };
}

/** Before PostgreSQL 15 everybody could create objects in `public`, and databases that were upgraded keep that. */
function publicSchemaIsClosed(): Requirement {
  return {
    what: 'PUBLIC cannot create in schema \'public\'',
    holds: "NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public' AND has_schema_privilege('public', oid, 'CREATE'))",
    make: ['REVOKE CREATE ON SCHEMA public FROM PUBLIC'],
    remedy: 'the owner of the schema can run: REVOKE CREATE ON SCHEMA public FROM PUBLIC',
  };
}

function mayConnect(role: Name, { database }: Subject): Requirement {
  const has = (privilege: string) => `has_database_privilege(${role.text}, ${database.text}, '${privilege}')`;
  return {
    what: `role '${role.plain}' may connect and make temporary tables`,
    holds: `${has('CONNECT')} AND ${has('TEMPORARY')}`,
    make: [`GRANT CONNECT, TEMPORARY ON DATABASE ${database.id} TO ${role.id}`],
    remedy: 'the owner of the database can grant it',
  };
}

function schemaExists({ schema, roles: { owner } }: Subject): Requirement {
  return {
    what: `schema '${schema.plain}' exists`,
    holds: `EXISTS (SELECT FROM pg_namespace WHERE nspname = ${schema.text})`,
    make: [`CREATE SCHEMA ${schema.id} AUTHORIZATION ${owner.id}`],
    remedy: 'choose a name that PostgreSQL does not keep for itself (pg_…)',
  };
}

function schemaBelongsToOwner({ schema, roles: { owner } }: Subject): Requirement {
  return {
    what: `schema '${schema.plain}' belongs to '${owner.plain}'`,
    holds: `EXISTS (SELECT FROM pg_namespace WHERE nspname = ${schema.text} AND pg_get_userbyid(nspowner) = ${owner.text})`,
    make: [],
    remedy: `it was there before and is not taken from its owner, who can run: ALTER SCHEMA ${schema.id} OWNER TO ${owner.id}; `
      + 'or choose another name',
  };
}

function mayUseSchema(group: Name, { schema }: Subject): Requirement {
  return {
    what: `group '${group.plain}' may use schema '${schema.plain}'`,
    holds: `has_schema_privilege(${group.text}, ${schema.text}, 'USAGE')`,
    make: [`GRANT USAGE ON SCHEMA ${schema.id} TO ${group.id}`],
    remedy: 'the owner of the schema can grant it',
  };
}

/**
 * Set on the database: what is set on a role is not inherited, so a clone made by rotation would go without.
 *
 * `public` comes second, where the master puts extensions; as PUBLIC cannot create there, nothing is smuggled in.
 */
function searchPath({ database, schema }: Subject): Requirement {
  return {
    what: `the search path of database '${database.plain}' begins with '${schema.plain}'`,
    holds: 'EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase'
      + ` WHERE d.datname = ${database.text} AND s.setrole = 0`
      + ` AND 'search_path=' || quote_ident(${schema.text}) || ', public' = ANY (s.setconfig))`,
    make: [`ALTER DATABASE ${database.id} SET search_path TO ${schema.id}, public`],
    remedy: 'the owner of the database can run: ALTER DATABASE … SET search_path',
  };
}
