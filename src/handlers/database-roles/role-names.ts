import type { Credential } from './credential';

type User = Pick<Credential, 'username'>;

/** Who is who in one database. */
export interface RoleNames {
  readonly master: string;
  /** Owns the schema; signs in to run migrations. */
  readonly owner: string;
  /** The application. Holds no privilege of its own: a clone made by rotation is a member of this role, and that is enough. */
  readonly app: string;
  /** Whom the application's secret names today: `app`, or its clone. */
  readonly appLogin: string;
  /** Group without login, holds what an application may do. */
  readonly readWrite: string;
  /** Group without login, holds what a reader may do. */
  readonly readOnly: string;
  /** People who read; sign in by IAM. */
  readonly peopleReadOnly: string;
  /** People who read and write rows; sign in by IAM. */
  readonly peopleReadWrite: string;
  /** People who look after the running server; sign in by IAM. */
  readonly peopleOperator: string;
  /** Group without login, which may become the owner and does not inherit from it: whoever vacuums up to PostgreSQL 16 is a member. */
  readonly maintenance: string;
  /** Whoever proves that a restored copy is whole; signs in by IAM. */
  readonly verifier?: string;
}

/**
 * The suffix of AWS's rotation function for alternating users.
 *
 * @see https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas/blob/master/SecretsManagerRDSPostgreSQLRotationMultiUser/lambda_function.py
 */
const CLONE = '_clone';

/** PostgreSQL cuts longer names off in silence (NAMEDATALEN - 1). */
const MOST_BYTES = 63;

/** Names the roles after the users in the secrets, so that two databases of one server do not share them. */
export function roleNames(master: User, owner: User, appLogin: User, verifier?: string): RoleNames {
  const app = withoutClone(appLogin.username);
  const names = {
    master: master.username,
    owner: owner.username,
    app,
    appLogin: appLogin.username,
    readWrite: `${app}_readwrite`,
    readOnly: `${app}_readonly`,
    peopleReadOnly: `${app}_people_readonly`,
    peopleReadWrite: `${app}_people_readwrite`,
    peopleOperator: `${app}_people_operator`,
    maintenance: `${app}_maintenance`,
    ...verifier !== undefined && { verifier },
  };
  if (owner.username.endsWith(CLONE)) {
    throw new Error(`the owner's secret names '${owner.username}': an owner cannot rotate by alternating users, `
      + 'as what the clone makes would belong to the clone; use single-user rotation');
  }
  const people = [names.master, names.owner, names.app];
  if (new Set(people).size < people.length) {
    throw new Error(`master, owner and app must be three roles, got '${people.join("', '")}'; give each secret a username of its own`);
  }
  const { appLogin: _, ...distinct } = names;
  const twice = Object.values(distinct).find((name, index, all) => all.indexOf(name) < index);
  if (twice !== undefined) {
    throw new Error(`each role needs a name of its own, got '${twice}' twice; what is made for '${app}' begins with that name: choose others`);
  }
  Object.values(names).forEach(name => checkName('a role', name));
  return names;
}

/** Refuses what PostgreSQL would cut off or misread; everything else can be quoted. */
export function checkName(what: string, name: string): void {
  if (name === '' || name.includes('\0') || Buffer.byteLength(name) > MOST_BYTES) {
    throw new Error(`the name of ${what} must be 1 to ${MOST_BYTES} bytes long, got '${name.replaceAll('\0', '\\0')}'; shorten it`);
  }
}

function withoutClone(username: string): string {
  return username.endsWith(CLONE) ? username.slice(0, -CLONE.length) : username;
}
