import { hasIam } from './authentication';
import type { Requirement } from './requirement';
import { hasNoPower, inherits, member } from './role-requirements';
import type { Name, Subject } from './subject';

const PEOPLE_CONNECTIONS = 5;

/** Roles that sign in with a token of IAM: for people who read, write or look after the server, and one to prove a copy. */
export function iamRequirements(subject: Subject): Requirement[] {
  const { peopleReadOnly, peopleReadWrite, peopleOperator, verifier, readOnly, readWrite } = subject.roles;
  return [
    serverKnowsIam(),
    ...[
      { role: peopleReadOnly, group: readOnly },
      { role: peopleReadWrite, group: readWrite },
      { role: peopleOperator, group: readOnly },
      ...verifier ? [{ role: verifier, group: readOnly }] : [],
    ].flatMap(({ role, group }) => [
      exists(role, subject),
      signsInByIam(role),
      hasNoPower(role),
      inherits(role),
      member(role, group, subject),
      isNotTheMasters(role, subject),
    ]),
    ...[peopleReadOnly, peopleReadWrite, peopleOperator].map(fewConnections),
  ];
}

function serverKnowsIam(): Requirement {
  return {
    what: "the server has the role 'rds_iam', whose members sign in with a token of IAM",
    holds: "EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam')",
    make: [],
    remedy: 'Amazon RDS and Aurora have it; this server is neither',
  };
}

/**
 * Without a password from the start.
 *
 * From 16 on a master can be set to be given what it makes. It would have `rds_iam` through the new role, and so be asked
 * for a token itself; only for administration it is a member all the same, which RDS does not count.
 */
function exists(role: Name, { membershipOptions }: Subject): Requirement {
  return {
    what: `role '${role.plain}' exists`,
    holds: `EXISTS (SELECT FROM pg_roles WHERE rolname = ${role.text})`,
    make: [
      ...membershipOptions ? ["SET LOCAL createrole_self_grant TO ''"] : [],
      `CREATE ROLE ${role.id} LOGIN INHERIT`,
      `GRANT rds_iam TO ${role.id}`,
    ],
    remedy: 'the master must be CREATEROLE, and a member of rds_superuser, which may grant rds_iam',
  };
}

/** Whether a role has a password is shown to superusers only; one that has no rds_iam cannot sign in without. */
function signsInByIam(role: Name): Requirement {
  return {
    what: `role '${role.plain}' has rds_iam`,
    holds: hasIam(role),
    make: [],
    remedy: 'a role of that name was there before, and signs in by password if at all; one role has one way to sign in: rename it with '
      + `ALTER ROLE ${role.id} RENAME TO, or turn it over with ALTER ROLE ${role.id} PASSWORD NULL and GRANT rds_iam TO ${role.id}`,
  };
}

/** People with a tool that opens connections as it likes must not take them from the application. */
function fewConnections(role: Name): Requirement {
  return {
    what: `role '${role.plain}' has at most ${PEOPLE_CONNECTIONS} connections`,
    holds: `EXISTS (SELECT FROM pg_roles WHERE rolname = ${role.text} AND rolconnlimit = ${PEOPLE_CONNECTIONS})`,
    make: [`ALTER ROLE ${role.id} CONNECTION LIMIT ${PEOPLE_CONNECTIONS}`],
    remedy: 'whoever administers the role can run it',
  };
}

/** All in one transaction: a master that would be locked out by what was done here undoes it. */
function isNotTheMasters(role: Name, { membershipOptions }: Subject): Requirement {
  return {
    what: `the master does not have what role '${role.plain}' has`,
    holds: `NOT pg_has_role(current_user, ${role.text}, '${membershipOptions ? 'USAGE' : 'MEMBER'}')`,
    make: [],
    remedy: 'it would have rds_iam, so that neither this function nor rotation could sign in any more; revoke the role from the master',
  };
}
