import type { Requirement } from './requirement';
import type { Name } from './subject';

/**
 * Extensions, which the master makes because PostgreSQL lets the owner make only those that it trusts.
 *
 * They go into `public`, where every role finds them by the search path of the database, or where their own control file
 * says. What they build on comes with them. None is ever dropped, as columns may be of its types.
 *
 * @see https://www.postgresql.org/docs/current/sql-createextension.html
 */
export function extensionRequirements(extensions: readonly Name[]): Requirement[] {
  return extensions.map(({ plain, id, text }) => ({
    what: `extension '${plain}' exists`,
    holds: `EXISTS (SELECT FROM pg_extension WHERE extname = ${text})`,
    make: [
      'SET LOCAL search_path TO public, pg_temp',
      `CREATE EXTENSION ${id} CASCADE`,
      'SET LOCAL search_path TO pg_catalog, pg_temp',
    ],
    remedy: 'see which ones this server has: SELECT name FROM pg_available_extensions; some want to be in shared_preload_libraries too',
  }));
}
