import { signsInByPassword } from './authentication';
import type { Requirement } from './requirement';
import type { Name, Subject } from './subject';

/**
 * Groups hold every privilege; who signs in is a member of a group, and nothing is granted to the application directly.
 *
 * So rotation by alternating users needs no upkeep: it makes `app_clone` a member of `app` once, and all that is granted
 * later reaches the clone through `app` and the group.
 */
export function roleRequirements(subject: Subject): Requirement[] {
  const { owner, app, appLogin, readWrite, readOnly } = subject.roles;
  const groups = [readWrite, readOnly];
  const all = [owner, app, ...(appLogin.plain === app.plain ? [] : [appLogin]), ...groups];
  return [
    ...groups.map(groupExists),
    ...all.map(hasNoPower),
    ...all.map(role => administered(role, subject)),
    inherits(app),
    member(app, readWrite, subject),
    ...(appLogin.plain === app.plain ? [] : [inherits(appLogin), member(appLogin, app, subject)]),
    actsAsOwner(subject),
    ...all.map(signsInByPassword),
  ];
}

export function groupExists(group: Name): Requirement {
  return {
    what: `group '${group.plain}' exists and cannot sign in`,
    holds: `EXISTS (SELECT FROM pg_roles WHERE rolname = ${group.text} AND NOT rolcanlogin)`,
    make: [`CREATE ROLE ${group.id} NOLOGIN`],
    remedy: `a role of that name serves another purpose; rename it with ALTER ROLE ${group.id} RENAME TO`,
  };
}

/** A role of that name that was there before may be somebody's administrator: neither ours to use nor to weaken. */
export function hasNoPower(role: Name): Requirement {
  return {
    what: `role '${role.plain}' has no power over the server`,
    holds: `EXISTS (SELECT FROM pg_roles WHERE rolname = ${role.text}`
      + ' AND NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls))',
    make: [],
    remedy: `it is SUPERUSER, CREATEROLE, CREATEDB, REPLICATION or BYPASSRLS; choose another username or ALTER ROLE ${role.id}`,
  };
}

/**
 * Up to 15 CREATEROLE is enough to alter a role; from 16 on it takes ADMIN OPTION, which the maker of a role has.
 *
 * So it is taken on 15, where it can be: else an upgrade to 16 would lock the master out of the roles that it made. Not of
 * roles with `rds_iam`: there whoever may administer a role is a member of it, and RDS would ask the master for a token.
 */
function administered(role: Name, { membershipOptions, roles }: Subject): Requirement {
  const grant = `GRANT ${role.id} TO ${roles.master.id} WITH ADMIN OPTION`;
  return {
    what: `the master may administer role '${role.plain}'`,
    holds: `pg_has_role(current_user, ${role.text}, 'MEMBER WITH ADMIN OPTION')`,
    make: membershipOptions ? [] : [grant],
    remedy: `somebody else made the role; whoever administers it can run: ${grant}`,
  };
}

export function inherits(role: Name): Requirement {
  return {
    what: `role '${role.plain}' inherits`,
    holds: `EXISTS (SELECT FROM pg_roles WHERE rolname = ${role.text} AND rolinherit)`,
    make: [`ALTER ROLE ${role.id} INHERIT`],
    remedy: 'run it as an administrator of the role',
  };
}

export function member(role: Name, of: Name, { membershipOptions }: Subject): Requirement {
  return {
    what: `role '${role.plain}' has the privileges of '${of.plain}'`,
    holds: `pg_has_role(${role.text}, ${of.text}, 'USAGE')`,
    make: [`GRANT ${of.id} TO ${role.id}${membershipOptions ? ' WITH INHERIT TRUE, SET TRUE' : ''}`],
    remedy: 'run it as an administrator of both roles',
  };
}

/** Default privileges of the owner, and a schema that belongs to it, are only made by who can act as the owner. */
function actsAsOwner({ roles: { owner }, membershipOptions }: Subject): Requirement {
  const become = membershipOptions ? 'SET' : 'MEMBER';
  return {
    what: `the master may act as '${owner.plain}'`,
    holds: `pg_has_role(current_user, ${owner.text}, 'USAGE') AND pg_has_role(current_user, ${owner.text}, '${become}')`,
    make: [`GRANT ${owner.id} TO CURRENT_USER${membershipOptions ? ' WITH INHERIT TRUE, SET TRUE' : ''}`],
    remedy: 'the master must be INHERIT and an administrator of the owner',
  };
}
