import type { Requirement } from './requirement';
import type { Name } from './subject';

/**
 * RDS asks a role with `rds_iam` for a token of IAM and never for a password, also one that has it through another role.
 *
 * So each role has one of both: those with `rds_iam` are never given a password, and the others must not come by it.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/database-authentication.html
 */
export function signsInByPassword(role: Name): Requirement {
  return {
    what: `role '${role.plain}' does not have rds_iam, neither itself nor through another role`,
    // a superuser is a member of everything; the master, which may grant rds_iam, has just signed in
    holds: `EXISTS (SELECT FROM pg_roles WHERE rolname = ${role.text} AND (rolsuper OR rolname = current_user)) OR NOT ${hasIam(role)}`,
    make: [],
    remedy: 'RDS would ask for a token in the place of the password that it, or a member of it, has; '
      + 'revoke rds_iam from it, or from the role of which it is a member',
  };
}

/** An SQL expression: whether the role has `rds_iam`, also on a server that knows none. */
export function hasIam(role: Name): string {
  return `EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam' AND pg_has_role(${role.text}, oid, 'MEMBER'))`;
}
