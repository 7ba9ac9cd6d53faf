import type { Requirement } from './requirement';
import type { Name, Subject } from './subject';

/** One kind of object, and what the groups may do with those that the owner makes. */
interface Kind {
  readonly plural: 'TABLES' | 'SEQUENCES' | 'FUNCTIONS';
  /** As in pg_default_acl.defaclobjtype. */
  readonly code: string;
  readonly readWrite: readonly string[];
  readonly readOnly: readonly string[];
  /** Lists what there is already: columns `object` (as SQL writes it), `owner` and `schema` (object ids). */
  readonly existing: string;
  readonly singular: string;
}

const KINDS: readonly Kind[] = [
  {
    plural: 'TABLES',
    singular: 'TABLE',
    code: 'r',
    readWrite: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    readOnly: ['SELECT'],
    existing: "SELECT oid::regclass AS object, relowner AS owner, relnamespace AS schema FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f')",
  },
  {
    plural: 'SEQUENCES',
    singular: 'SEQUENCE',
    code: 'S',
    readWrite: ['USAGE', 'SELECT', 'UPDATE'],
    readOnly: ['SELECT'],
    existing: "SELECT oid::regclass AS object, relowner AS owner, relnamespace AS schema FROM pg_class WHERE relkind = 'S'",
  },
  {
    plural: 'FUNCTIONS',
    singular: 'ROUTINE',
    code: 'f',
    readWrite: ['EXECUTE'],
    readOnly: ['EXECUTE'],
    existing: "SELECT oid::regprocedure AS object, proowner AS owner, pronamespace AS schema FROM pg_proc WHERE prokind IN ('f', 'p')",
  },
];

/** Whatever the owner makes in its schema, now or later, the groups may use; no migration has to think of grants. */
export function defaultPrivileges(subject: Subject): Requirement[] {
  const { readWrite, readOnly } = subject.roles;
  return KINDS.flatMap(kind => [
    privileges(kind, readWrite, kind.readWrite, subject),
    privileges(kind, readOnly, kind.readOnly, subject),
  ]);
}

/**
 * Objects that are there already get the privileges only when the default was missing.
 *
 * Where the default was in force they had them from the start, so one that lacks some was restricted by a migration
 * (`REVOKE DELETE ON audit FROM app_readwrite`), and that must last.
 */
function privileges(kind: Kind, group: Name, wanted: readonly string[], { schema, roles: { owner } }: Subject): Requirement {
  const list = wanted.join(', ');
  return {
    what: `group '${group.plain}' gets ${list} on new ${kind.plural.toLowerCase()} of '${owner.plain}'`,
    holds: `(SELECT count(DISTINCT a.privilege_type) FROM pg_default_acl d, aclexplode(d.defaclacl) a
      WHERE d.defaclobjtype = '${kind.code}'
        AND d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = ${owner.text})
        AND d.defaclnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${schema.text})
        AND a.grantee = (SELECT oid FROM pg_roles WHERE rolname = ${group.text})
        AND a.privilege_type IN (${wanted.map(privilege => `'${privilege}'`).join(', ')})) = ${wanted.length}`,
    make: [`ALTER DEFAULT PRIVILEGES FOR ROLE ${owner.id} IN SCHEMA ${schema.id} GRANT ${list} ON ${kind.plural} TO ${group.id}`],
    makeEach: `SELECT format('GRANT ${list} ON ${kind.singular} %s TO %I', object, ${group.text}) AS statement FROM (${kind.existing}) existing
      WHERE owner = (SELECT oid FROM pg_roles WHERE rolname = ${owner.text})
        AND schema = (SELECT oid FROM pg_namespace WHERE nspname = ${schema.text})`,
    remedy: 'the owner of the schema can grant it',
  };
}
