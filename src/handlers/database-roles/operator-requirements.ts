import type { Requirement } from './requirement';
import { groupExists, hasNoPower, member } from './role-requirements';
import type { Name, Subject } from './subject';

/**
 * What somebody needs who looks after a running server, and no more: to see all sessions and statistics, to end sessions, to
 * drop replication slots, and to vacuum. RDS lets its master grant each of them.
 *
 * @see https://www.postgresql.org/docs/current/predefined-roles.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html
 */
export function operatorRequirements(subject: Subject): Requirement[] {
  const { roles: { peopleOperator }, hasMaintain } = subject;
  return [
    ...['pg_monitor', 'pg_signal_backend', 'rds_replication', ...hasMaintain ? ['pg_maintain'] : []].map((it) => member(peopleOperator, predefined(it), subject)),
    ...hasMaintain ? [] : vacuumsAsOwner(subject),
  ];
}

/**
 * Up to 16 only the owner of a table may vacuum it: so the operator may become the owner, and says so each time (`SET ROLE`).
 *
 * It inherits from all that it is a member of, and up to 15 no membership says otherwise for itself. Hence a group in between,
 * which does not inherit.
 */
function vacuumsAsOwner(subject: Subject): Requirement[] {
  const { maintenance, owner, peopleOperator } = subject.roles;
  return [
    groupExists(maintenance),
    hasNoPower(maintenance),
    doesNotInherit(maintenance),
    {
      what: `group '${maintenance.plain}' may become '${owner.plain}'`,
      holds: `pg_has_role(${maintenance.text}, ${owner.text}, '${subject.membershipOptions ? 'SET' : 'MEMBER'}')`,
      make: [`GRANT ${owner.id} TO ${maintenance.id}${subject.membershipOptions ? ' WITH INHERIT FALSE, SET TRUE' : ''}`],
      remedy: 'run it as an administrator of both roles',
    },
    member(peopleOperator, maintenance, subject),
    {
      what: `role '${peopleOperator.plain}' does not have what '${owner.plain}' has before it becomes that role`,
      holds: `NOT pg_has_role(${peopleOperator.text}, ${owner.text}, 'USAGE')`,
      make: [],
      remedy: `somebody made it a member of the owner: REVOKE ${owner.id} FROM ${peopleOperator.id}`,
    },
  ];
}

function doesNotInherit(role: Name): Requirement {
  return {
    what: `group '${role.plain}' does not inherit`,
    holds: `EXISTS (SELECT FROM pg_roles WHERE rolname = ${role.text} AND NOT rolinherit)`,
    make: [`ALTER ROLE ${role.id} NOINHERIT`],
    remedy: 'run it as an administrator of the role',
  };
}

/** A role that each server of PostgreSQL or RDS has: a name without anything to quote. */
function predefined(name: string): Name {
  return { plain: name, id: name, text: `'${name}'` };
}
