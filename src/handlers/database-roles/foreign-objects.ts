import type { Client } from 'pg';
import type { Subject } from './subject';

/** Something in the schema that the owner does not own. */
export interface ForeignObject {
  readonly object: string;
  readonly owner: string;
}

/**
 * What others made in the schema: default privileges do not reach it, and the owner cannot migrate it.
 *
 * It is told, not taken: changing an owner takes rights away from somebody. What came with an extension belongs there.
 */
export async function foreignObjects(client: Client, { schema, roles: { owner } }: Subject): Promise<ForeignObject[]> {
  const { rows } = await client.query<ForeignObject>(
    `SELECT object, pg_get_userbyid(owner) AS owner FROM (
       SELECT 'pg_class'::regclass AS catalogue, oid, relowner AS owner, relnamespace AS schema,
              CASE relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' WHEN 'm' THEN 'view ' ELSE 'table ' END || oid::regclass AS object
         FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
       UNION ALL
       SELECT 'pg_proc'::regclass, oid, proowner, pronamespace, 'routine ' || oid::regprocedure FROM pg_proc
       UNION ALL
       SELECT 'pg_type'::regclass, oid, typowner, typnamespace, 'type ' || oid::regtype FROM pg_type WHERE typtype IN ('d', 'e')
     ) objects
     WHERE schema = (SELECT oid FROM pg_namespace WHERE nspname = $1)
       AND pg_get_userbyid(owner) <> $2
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = catalogue AND d.objid = objects.oid AND d.deptype = 'e')
     ORDER BY object`,
    [schema.plain, owner.plain],
  );
  return rows;
}
