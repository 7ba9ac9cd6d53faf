import type { Requirement } from './requirement';
import type { Name, Subject } from './subject';

/**
 * Extensions, which the master makes because PostgreSQL lets the owner make only those that it trusts.
 *
 * They go into `public`, where every role finds them by the search path of the database, or where their own control file
 * says. What they build on comes with them. None is ever dropped, as columns may be of its types.
 *
 * @see https://www.postgresql.org/docs/current/sql-createextension.html
 */
export function extensionRequirements(subject: Subject): Requirement[] {
  return subject.extensions.flatMap(extension => [
    nobodyWaitsThere(extension, subject),
    exists(extension),
    isFound(extension, subject),
  ]);
}

/**
 * The script of an extension runs as the master with its schema on the search path. A routine or operator there that fits
 * an argument better than PostgreSQL's own is called in its place: whoever can put one there has all that the master has.
 *
 * Tables and types need no look: those are found by name alone, PostgreSQL's own first.
 *
 * @see https://www.postgresql.org/docs/current/extend-extensions.html#EXTEND-EXTENSIONS-SECURITY
 */
function nobodyWaitsThere({ plain, text }: Name, { database }: Subject): Requirement {
  const trusted = `(SELECT oid FROM pg_roles WHERE rolsuper OR rolname = current_user
    UNION SELECT r.oid FROM pg_roles r, pg_database d JOIN pg_roles o ON o.oid = d.datdba
      WHERE r.rolname = 'pg_database_owner' AND d.datname = ${database.text} AND (o.rolsuper OR o.rolname = current_user))`;
  return {
    what: `nobody but the master can have put a routine where extension '${plain}' goes`,
    holds: `EXISTS (SELECT FROM pg_extension WHERE extname = ${text}) OR NOT EXISTS (
      WITH RECURSIVE needed (name) AS (
        SELECT ${text}::name
        UNION SELECT unnest(v.requires) FROM needed JOIN ${DEFAULT_VERSIONS} v ON v.name = needed.name
      ), schema AS (
        SELECT n.* FROM needed JOIN ${DEFAULT_VERSIONS} v ON v.name = needed.name JOIN pg_namespace n ON n.nspname = coalesce(v.schema, 'public')
      ), hand (oid) AS (
        SELECT nspowner FROM schema
        UNION SELECT a.grantee FROM schema, aclexplode(nspacl) a WHERE a.privilege_type = 'CREATE'
        UNION SELECT proowner FROM pg_proc JOIN schema ON pronamespace = schema.oid
        UNION SELECT oprowner FROM pg_operator JOIN schema ON oprnamespace = schema.oid
      )
      SELECT FROM hand WHERE oid NOT IN ${trusted})`,
    make: [],
    remedy: 'its script would run as the master and call it: see who owns the schema (\'public\', or that of its control file) and the routines '
      + 'and operators in it, and who may create there; give them to the master, move or revoke them',
  };
}

/** What would be made, with the schema that its control file asks for and what it builds on. */
const DEFAULT_VERSIONS = `(SELECT version.* FROM pg_available_extension_versions version
  JOIN pg_available_extensions newest ON newest.name = version.name AND newest.default_version = version.version)`;

function exists({ plain, id, text }: Name): Requirement {
  return {
    what: `extension '${plain}' exists`,
    holds: `EXISTS (SELECT FROM pg_extension WHERE extname = ${text})`,
    make: [
      'SET LOCAL search_path TO public, pg_temp',
      `CREATE EXTENSION ${id} CASCADE`,
      'SET LOCAL search_path TO pg_catalog, pg_temp',
    ],
    remedy: 'see which ones this server has: SELECT name FROM pg_available_extensions; some want to be in shared_preload_libraries too',
  };
}

/** One that somebody made elsewhere is there, and yet no query finds it. */
function isFound({ plain, id, text }: Name, { schema }: Subject): Requirement {
  return {
    what: `extension '${plain}' is on the search path, or where its control file puts it`,
    holds: `EXISTS (SELECT FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = ${text}
      AND (n.nspname IN ('public', 'pg_catalog', ${schema.text})
        OR EXISTS (SELECT FROM pg_available_extension_versions v WHERE v.name = e.extname AND v.schema = n.nspname)))`,
    make: [],
    remedy: `somebody made it in another schema: where nothing uses it yet, DROP EXTENSION ${id} and deploy again; else leave it out of the list`,
  };
}
