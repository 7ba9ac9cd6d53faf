/** Schemas that are somebody's: neither PostgreSQL's own nor a session's. */
const OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/** Not brought along by an extension. */
const notOfExtension = (catalogue: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalogue}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;

/** `INSERT to app, SELECT to PUBLIC`, of a list of aclitem. */
const inWords = (acl: string): string =>
  `(SELECT string_agg(p, ', ' ORDER BY p) FROM (SELECT DISTINCT g.privilege_type || ' to ' || coalesce(pg_get_userbyid(nullif(g.grantee, 0)), 'PUBLIC')
     || CASE WHEN g.is_grantable THEN ' with grant option' ELSE '' END AS p FROM aclexplode(${acl}) g) granted)`;

/** Who may do what, the same whether it was granted or is so by default. */
const privileges = (acl: string, kind: string, owner: string): string => inWords(`coalesce(${acl}, acldefault('${kind}', ${owner}))`);

const QUALIFIED = "format('%I.%I', n.nspname, c.relname)";

/** The table of a constraint, or the domain. */
const CONSTRAINED = `CASE k.conrelid WHEN 0 THEN k.contypid::regtype::text ELSE ${QUALIFIED} END`;

/** The names of the columns with these numbers, as JSON. */
const columns = (table: string, numbers: string): string =>
  `(SELECT json_agg(quote_ident(a.attname) ORDER BY a.attnum)::text FROM pg_attribute a WHERE a.attrelid = ${table} AND a.attnum = ANY (${numbers}))`;

/**
 * A query for each kind of object. NOT NULL is told with its column: from PostgreSQL 18 on it is a constraint as well, whose
 * name says nothing.
 *
 * @see https://www.postgresql.org/docs/current/catalogs.html
 */
export const CATALOGUE_QUERIES: readonly string[] = [
  `SELECT 'schema' AS kind, quote_ident(n.nspname) AS name, json_build_object(
     'owner', pg_get_userbyid(n.nspowner), 'privileges', ${privileges('n.nspacl', 'n', 'n.nspowner')}) AS definition
   FROM pg_namespace n WHERE ${OURS} AND ${notOfExtension('pg_namespace', 'n.oid')}`,

  `SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END AS kind, ${QUALIFIED} AS name, json_build_object(
     'kind', c.relkind, 'persistence', c.relpersistence, 'owner', pg_get_userbyid(c.relowner), 'options', c.reloptions::text,
     'row security', c.relrowsecurity, 'row security of the owner', c.relforcerowsecurity, 'replica identity', c.relreplident,
     'partition', pg_get_expr(c.relpartbound, c.oid), 'partition key', CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
     'parent', (SELECT string_agg(inhparent::regclass::text, ' ' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = c.oid),
     'query', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, 'populated', c.relispopulated, 
     'insertable', pg_relation_is_updatable(c.oid, false) & 8 = 8, 'updatable', pg_relation_is_updatable(c.oid, false) & 20 = 20, -- as the information schema has it
     'privileges', ${privileges('c.relacl', 'r', 'c.relowner')}) AS definition
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND ${OURS} AND ${notOfExtension('pg_class', 'c.oid')}`,

  `SELECT 'column' AS kind, ${QUALIFIED} || '.' || quote_ident(a.attname) AS name, ${QUALIFIED} AS table, json_build_object(
     'type', format_type(a.atttypid, a.atttypmod), 'not null', a.attnotnull OR t.typnotnull, 'default', coalesce(pg_get_expr(d.adbin, d.adrelid), t.typdefault),
     'identity', a.attidentity, 'generated', a.attgenerated, 'collation', CASE WHEN a.attcollation <> 0 THEN a.attcollation::regcollation::text END,
     'privileges', ${inWords('a.attacl')}) AS definition
   FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND ${OURS} AND ${notOfExtension('pg_class', 'c.oid')}`,

  `SELECT 'constraint' AS kind, ${CONSTRAINED} || '.' || quote_ident(k.conname) AS name, ${CONSTRAINED} AS table, json_build_object(
     'definition', replace(pg_get_constraintdef(k.oid), ' NOT VALID', ''), 'validated', k.convalidated, 'type', k.contype,
     'columns', ${columns('k.conrelid', 'k.conkey')}) AS definition
   FROM pg_constraint k LEFT JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = k.connamespace
   WHERE k.contype NOT IN ('n', 't') AND ${OURS}
     AND ${notOfExtension('pg_class', 'k.conrelid')} AND ${notOfExtension('pg_type', 'k.contypid')}`,

  `SELECT 'index' AS kind, ${QUALIFIED} AS name, format('%I.%I', tn.nspname, t.relname) AS table, json_build_object(
     'definition', pg_get_indexdef(i.indexrelid), 'on', replace(pg_get_indexdef(i.indexrelid), ' INDEX ' || quote_ident(c.relname) || ' ON ', ' INDEX ON '),
     'columns', ${columns('i.indrelid', '(i.indkey::int2[])[0:i.indnkeyatts - 1]')},
     'expressions', i.indexprs IS NOT NULL, 'partial', i.indpred IS NOT NULL, 'unique', i.indisunique, 'valid', i.indisvalid, 'ready', i.indisready,
     'immediate', i.indimmediate, 'clustered', i.indisclustered, 'replica identity', i.indisreplident) AS definition
   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
   WHERE ${OURS} AND ${notOfExtension('pg_class', 't.oid')}`,

  `SELECT 'sequence' AS kind, ${QUALIFIED} AS name, json_build_object(
     'type', format_type(s.seqtypid, NULL), 'start', s.seqstart::text, 'increment', s.seqincrement::text, 'min', s.seqmin::text, 'max', s.seqmax::text,
     'cache', s.seqcache::text, 'cycle', s.seqcycle, 'owner', pg_get_userbyid(c.relowner),
     'owned by', (SELECT o.refobjid::regclass || '.' || quote_ident(a.attname) FROM pg_depend o JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
        WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid AND o.refclassid = 'pg_class'::regclass AND o.deptype IN ('a', 'i')),
     'privileges', ${privileges('c.relacl', 's', 'c.relowner')}) AS definition
   FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${OURS} AND ${notOfExtension('pg_class', 'c.oid')}`,

  `SELECT 'function' AS kind, p.oid::regprocedure::text AS name, json_build_object(
     'definition', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, 'result', pg_get_function_result(p.oid),
     'parameters', array_to_string(p.proargnames, ', '), 'defaults', p.pronargdefaults, 'security definer', p.prosecdef,
     'owner', pg_get_userbyid(p.proowner), 'privileges', ${privileges('p.proacl', 'f', 'p.proowner')}) AS definition
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OURS} AND ${notOfExtension('pg_proc', 'p.oid')}`,

  `SELECT 'trigger' AS kind, ${QUALIFIED} || '.' || quote_ident(g.tgname) AS name, ${QUALIFIED} AS table, json_build_object(
     'definition', pg_get_triggerdef(g.oid), 'enabled', g.tgenabled) AS definition
   FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE NOT g.tgisinternal AND ${OURS} AND ${notOfExtension('pg_trigger', 'g.oid')}`,

  `SELECT 'rule' AS kind, ${QUALIFIED} || '.' || quote_ident(r.rulename) AS name, ${QUALIFIED} AS table, json_build_object(
     'definition', pg_get_ruledef(r.oid), 'enabled', r.ev_enabled) AS definition
   FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE r.rulename <> '_RETURN' AND ${OURS} AND ${notOfExtension('pg_class', 'c.oid')}`,

  `SELECT 'type' AS kind, t.oid::regtype::text AS name, json_build_object(
     'labels', (SELECT json_agg(quote_literal(enumlabel) ORDER BY enumsortorder)::text FROM pg_enum WHERE enumtypid = t.oid),
     'base', CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END, 'default', t.typdefault, 'not null', t.typnotnull,
     'owner', pg_get_userbyid(t.typowner), 'privileges', ${privileges('t.typacl', 'T', 't.typowner')}) AS definition
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
   WHERE (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c') AND ${OURS} AND ${notOfExtension('pg_type', 't.oid')}`,

  `SELECT 'policy' AS kind, ${QUALIFIED} || '.' || quote_ident(l.polname) AS name, ${QUALIFIED} AS table, json_build_object(
     'command', l.polcmd, 'permissive', l.polpermissive, 'roles', (SELECT string_agg(r::regrole::text, ' ') FROM unnest(l.polroles) r),
     'using', pg_get_expr(l.polqual, l.polrelid), 'with check', pg_get_expr(l.polwithcheck, l.polrelid)) AS definition
   FROM pg_policy l JOIN pg_class c ON c.oid = l.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS}`,

  `SELECT 'statistics' AS kind, format('%I.%I', n.nspname, s.stxname) AS name, json_build_object('definition', pg_get_statisticsobjdef(s.oid)) AS definition
   FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ${OURS}`,

  `SELECT 'extension' AS kind, quote_ident(x.extname) AS name, json_build_object('version', x.extversion, 'schema', x.extnamespace::regnamespace::text) AS definition
   FROM pg_extension x`,

  `SELECT 'default privileges' AS kind, concat_ws(' ', pg_get_userbyid(f.defaclrole), n.nspname, f.defaclobjtype) AS name, json_build_object(
     'privileges', ${inWords('f.defaclacl')}) AS definition
   FROM pg_default_acl f LEFT JOIN pg_namespace n ON n.oid = f.defaclnamespace`,
];
