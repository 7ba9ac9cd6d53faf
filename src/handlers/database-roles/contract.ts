/*
 * What the construct and the handler agree on: the one file of this folder that constructs may import. It imports nothing.
 */

/** The type of the custom resource, as CloudFormation shows it. */
export const DATABASE_ROLES_RESOURCE_TYPE = 'Custom::PostgresRoles';

/** What the handler is told, for one database. CloudFormation hands every single value over as a string. */
export interface DatabaseRolesProperties {
  /** The instance's own endpoint; never a proxy's, which would pin the session for its lock. */
  readonly Host: string;
  readonly Port: string;
  /** The database, which exists and belongs to the master. */
  readonly Database: string;
  /**
   * The schema that the owner owns.
   *
   * @default 'app'
   */
  readonly Schema?: string;
  /**
   * The extensions that the master makes.
   *
   * @default - none
   */
  readonly Extensions?: readonly string[];
  /** A secret `{ "username", "password" }`: the master, NOSUPERUSER CREATEROLE. Read only. */
  readonly MasterSecretArn: string;
  /** A secret `{ "username", "password" }`: owns the schema, runs migrations. Rotates as a single user, never by alternating. */
  readonly OwnerSecretArn: string;
  /** A secret `{ "username", "password" }`: the application. May rotate by alternating users: `app` and `app_clone`. */
  readonly AppSecretArn: string;
  /**
   * The role with which a restored copy is proved. IAM may admit it to copies whose ids are not known beforehand, by its
   * name alone: so no other database of the account and region may have a role of that name.
   *
   * @default - none is made
   */
  readonly VerifierRole?: string;
  /** Any text. Another text makes CloudFormation run the handler again. */
  readonly Version: string;
}

/** What `Fn::GetAtt` finds: the names of the roles, for whoever grants to them. */
export interface DatabaseRolesAttributes {
  readonly OwnerRole: string;
  readonly AppRole: string;
  readonly ReadWriteRole: string;
  readonly ReadOnlyRole: string;
  /** People who read: signs in by IAM only. */
  readonly PeopleReadOnlyRole: string;
  /** People who read and write rows: signs in by IAM only. */
  readonly PeopleReadWriteRole: string;
  /** People who look after the running server: signs in by IAM only. */
  readonly PeopleOperatorRole: string;
  /** Absent where none was asked for. Signs in by IAM only. */
  readonly VerifierRole?: string;
  readonly Schema: string;
  /** How many objects in the schema belong to somebody else than the owner. Their names are in the log. */
  readonly ForeignObjects: string;
}

/**
 * The environment that the function needs.
 *
 * From Node.js 20 on Lambda does not load Amazon's certificate authorities by itself, and those of RDS are among them.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
export const DATABASE_ROLES_ENVIRONMENT = { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' };

/** A sensible time limit of the function: a new database takes a minute or two to accept connections. */
export const DATABASE_ROLES_TIMEOUT_SECONDS = 300;
