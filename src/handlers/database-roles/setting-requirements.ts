import type { Requirement } from './requirement';
import type { Name, Subject } from './subject';

/**
 * How long each may keep others waiting, in this database.
 *
 * They guard against accidents: whoever means to can set another value for a session of its own.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html
 */
export function settingRequirements(subject: Subject): Requirement[] {
  const { owner, peopleReadOnly, peopleReadWrite, peopleOperator } = subject.roles;
  return [
    ...settings(owner, MIGRATIONS, subject),
    ...settings(peopleReadOnly, PEOPLE, subject),
    ...settings(peopleReadWrite, PEOPLE, subject),
    ...settings(peopleOperator, OPERATOR, subject),
  ];
}

interface Settings {
  readonly [parameter: string]: string;
}

/** A change of a table that waits for a lock stops every reader that comes after it. */
const MIGRATIONS: Settings = { lock_timeout: '5s', idle_in_transaction_session_timeout: '5min' };

/** A person's transaction that is left open holds its locks, and keeps vacuum from cleaning up. */
const PEOPLE: Settings = { statement_timeout: '5min', idle_in_transaction_session_timeout: '60s', lock_timeout: '5s' };

/** A vacuum by hand takes as long as it takes. */
const OPERATOR: Settings = { idle_in_transaction_session_timeout: '60s', lock_timeout: '5s' };

function settings(role: Name, values: Settings, { database }: Subject): Requirement[] {
  return Object.entries(values).map(([parameter, value]) => ({
    what: `role '${role.plain}' has ${parameter} ${value} in database '${database.plain}'`,
    holds: 'EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase JOIN pg_roles r ON r.oid = s.setrole'
      + ` WHERE d.datname = ${database.text} AND r.rolname = ${role.text} AND '${parameter}=${value}' = ANY (s.setconfig))`,
    make: [`ALTER ROLE ${role.id} IN DATABASE ${database.id} SET ${parameter} TO '${value}'`],
    remedy: 'whoever administers the role can run it',
  }));
}
