import type { Client } from 'pg';
import type { DatabaseRolesAttributes } from './contract';
import { databaseRequirements } from './database-requirements';
import { extensionRequirements } from './extension-requirements';
import { type ForeignObject, foreignObjects } from './foreign-objects';
import { iamRequirements } from './iam-requirements';
import { createLogin, exists, type Login, login, repairPassword } from './login';
import { operatorRequirements } from './operator-requirements';
import { type Order, orderOf } from './order';
import { fulfil } from './requirement';
import { type RoleNames, roleNames } from './role-names';
import { roleRequirements } from './role-requirements';
import { settingRequirements } from './setting-requirements';
import { type DatabaseClients, signIn, signInAsMaster } from './sign-in';
import { subject } from './subject';
import type { Run, Work } from '../custom-resource/custom-resource';
import type { Attributes } from '../custom-resource/response';
import type { Log } from '../log';

/** One number for all runs in a database, whatever its schema: grants on the same database must not overtake each other. */
const LOCK = '6724903155108834417';

/**
 * Makes the roles and the schema that an application uses, so that neither it nor its migrations ever need the master.
 *
 * Create and Update, also that of a rollback, do the same: what is right stays, what is missing is made, all in one
 * transaction. Delete does nothing: roles own data, and data outlives a stack.
 */
export function databaseRoles(clients: DatabaseClients): Work {
  return async (event, run) => {
    if (event.RequestType === 'Delete') {
      run.log.info('nothing is deleted: roles own data');
      return {};
    }
    const order = orderOf(event.ResourceProperties);
    const { client, credential } = await signInAsMaster(clients, order.place, order.masterSecretArn, run);
    const stop = () => void client.end().catch(() => undefined);
    run.signal.addEventListener('abort', stop);
    try {
      run.signal.throwIfAborted();
      return await arrangeInTurn(clients, client, credential.username, order, run);
    } finally {
      run.signal.removeEventListener('abort', stop);
      await client.end();
    }
  };
}

/**
 * Everything or nothing: on an error the connection ends, and with it the transaction.
 *
 * The search path leaves the owner's schema out, else a function made there could be called by the master in place of
 * PostgreSQL's own.
 */
async function arrangeInTurn(clients: DatabaseClients, client: Client, masterName: string, order: Order, run: Run): Promise<Attributes> {
  await client.query('BEGIN');
  await client.query('SET LOCAL search_path TO pg_catalog, pg_temp');
  await takeTurn(client);
  const owner = await login(clients, client, order.place, order.ownerSecretArn, run);
  const app = await login(clients, client, order.place, order.appSecretArn, run);
  const names = roleNames({ username: masterName }, owner.credential, app.credential, order.verifier);
  const foreign = await arrange(client, names, [owner, app], order, run.log);
  await client.query('COMMIT');
  await checkRepaired(clients, order, [owner, app]);
  return { ...attributesOf(names, order.schema, foreign) };
}

/** Waits for another run in this database to end. The lock goes with the transaction, also when the function is killed. */
async function takeTurn(client: Client): Promise<void> {
  try {
    await client.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
  } catch (error) {
    throw new Error(`another run in this database does not end (${(error as Error).message}); `
      + 'look for application_name \'database-roles\' in pg_stat_activity');
  }
}

async function arrange(client: Client, names: RoleNames, logins: Login[], order: Order, log: Log): Promise<ForeignObject[]> {
  const about = await subject(client, names, order.place.database, order.schema, order.extensions);
  await cloneIsKnown(client, names);
  const changed: string[] = [];
  for (const one of logins) {
    changed.push(...await settle(client, one));
  }
  for (const requirement of [
    ...roleRequirements(about),
    ...iamRequirements(about),
    ...operatorRequirements(about),
    ...databaseRequirements(about),
    ...settingRequirements(about),
    ...extensionRequirements(about),
  ]) {
    if (await fulfil(client, requirement)) {
      changed.push(requirement.what);
    }
  }
  log.info(changed.length === 0 ? 'everything was in place' : 'roles and schema are in place', { changed });
  const foreign = await foreignObjects(client, about);
  if (foreign.length > 0) {
    log.warn(`objects in the schema do not belong to '${names.owner}' and are left as they are`, { foreign: foreign.slice(0, 50) });
  }
  return foreign;
}

/** A clone is made by rotation, which knows the password of the first role; here only the clone's password is known. */
async function cloneIsKnown(client: Client, { app, appLogin }: RoleNames): Promise<void> {
  if (appLogin === app) {
    return;
  }
  for (const role of [app, appLogin]) {
    if (!await exists(client, role)) {
      throw new Error(`the application's secret names '${appLogin}', which rotation makes out of '${app}', but the database has no role '${role}': `
        + 'it is older than that rotation; put the secret\'s version for the first user back (AWSPREVIOUS), then deploy again');
    }
  }
}

async function settle(client: Client, { credential, state }: Login): Promise<string[]> {
  const { username } = credential;
  switch (state) {
    case 'missing':
      await createLogin(client, credential);
      return [`role '${username}' exists`];
    case 'wrong password':
      await repairPassword(client, credential);
      return [`role '${username}' has the password of its secret`];
    default:
      return [];
  }
}

/** A password that was repaired and still does not let its role in (VALID UNTIL, say) is found now, not by the application. */
async function checkRepaired(clients: DatabaseClients, { place }: Order, logins: Login[]): Promise<void> {
  for (const { credential } of logins.filter(({ state }) => state === 'missing' || state === 'wrong password')) {
    await (await signIn(clients, place, credential)).end();
  }
}

function attributesOf(names: RoleNames, schema: string, foreign: ForeignObject[]): DatabaseRolesAttributes {
  return {
    OwnerRole: names.owner,
    AppRole: names.app,
    ReadWriteRole: names.readWrite,
    ReadOnlyRole: names.readOnly,
    PeopleReadOnlyRole: names.peopleReadOnly,
    PeopleReadWriteRole: names.peopleReadWrite,
    PeopleOperatorRole: names.peopleOperator,
    ...names.verifier !== undefined && { VerifierRole: names.verifier },
    Schema: schema,
    ForeignObjects: String(foreign.length),
  };
}
