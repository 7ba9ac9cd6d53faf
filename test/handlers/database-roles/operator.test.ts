import { setTimeout as sleep } from 'node:timers/promises';
import { Shop } from './shop';
import { describeOnPostgres } from '../describe-on-postgres';

/** Which sessions are busy, and with what, as the runbooks ask. */
const ACTIVE = "SELECT usename, query FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()";

describeOnPostgres('the operator', (server, major) => {
  const upTo16 = major < 17 ? test : test.skip;
  const from17 = major < 17 ? test.skip : test;

  /** Somebody's session with a statement that takes long, and its process. */
  async function busy(shop: Shop): Promise<{ pid: number; ended: Promise<string> }> {
    const client = await server().connect({ user: shop.secrets.app.username, password: shop.secrets.app.password, database: shop.database });
    const { rows: [{ pid }] } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const ended = client.query('SELECT pg_sleep(60)').then(() => 'slept', (error: Error) => error.message);
    await sleep(200);
    return { pid, ended };
  }

  test('sees the statements of others, which people who read do not', async () => {
    const shop = await Shop.open(server());
    const { PeopleOperatorRole: operator, PeopleReadOnlyRole: reader } = await shop.arrange();
    const { pid, ended } = await busy(shop);

    expect(await shop.byIam(operator, ACTIVE)).toEqual([{ usename: shop.secrets.app.username, query: 'SELECT pg_sleep(60)' }]);
    expect(await shop.byIam(reader, ACTIVE)).toEqual([]);
    await shop.byIam(operator, `SELECT pg_terminate_backend(${pid})`);
    await ended;
  });

  test('cancels the statements of others and ends their sessions, which people who read may not', async () => {
    const shop = await Shop.open(server());
    const { PeopleOperatorRole: operator, PeopleReadOnlyRole: reader } = await shop.arrange();
    const [one, other] = [await busy(shop), await busy(shop)];

    await expect(shop.byIam(reader, `SELECT pg_cancel_backend(${one.pid})`)).rejects.toThrow(/permission denied to cancel query|must be a member of the role whose query is being canceled/);
    await shop.byIam(operator, `SELECT pg_cancel_backend(${one.pid})`, `SELECT pg_terminate_backend(${other.pid})`);
    expect(await one.ended).toContain('canceling statement due to user request');
    expect(await other.ended).toContain('terminating connection due to administrator command');
  });

  test('reads the schema, and writes nothing in it', async () => {
    const shop = await Shop.open(server());
    const { PeopleOperatorRole: role } = await shop.arrange();
    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id int)');

    expect(await shop.byIam(role, 'SELECT count(*)::int FROM items')).toEqual([{ count: 0 }]);
    await expect(shop.byIam(role, 'DELETE FROM items')).rejects.toThrow('permission denied for table items');
    await expect(shop.byIam(role, 'DROP TABLE items')).rejects.toThrow('must be owner of table items');
  });

  from17('vacuums each table, and becomes nobody else', async () => {
    const shop = await Shop.open(server());
    const { PeopleOperatorRole: role } = await shop.arrange();
    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id int)');

    expect(await vacuumed(shop, role)).toEqual([]);
    await expect(shop.byIam(role, `SET ROLE ${shop.secrets.owner.username}`)).rejects.toThrow('permission denied to set role');
  });

  upTo16('vacuums each table as its owner, which it has to become first', async () => {
    const shop = await Shop.open(server());
    const { PeopleOperatorRole: role } = await shop.arrange();
    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id int)');

    expect(await vacuumed(shop, role)).toEqual([expect.stringMatching(/only table or database owner can vacuum it|permission denied to vacuum/)]);
    expect(await vacuumed(shop, role, `SET ROLE ${shop.secrets.owner.username}`)).toEqual([]);
  });

  /** What the server warns of: it passes over a table that somebody may not vacuum. */
  async function vacuumed(shop: Shop, role: string, ...before: string[]): Promise<string[]> {
    const client = await server().connectByIam(role, shop.database);
    const warnings: string[] = [];
    client.on('notice', ({ severity, message }) => severity === 'WARNING' && warnings.push(message ?? ''));
    for (const statement of [...before, 'VACUUM (FREEZE) items']) {
      await client.query(statement);
    }
    await client.end();
    return warnings;
  }

  test('belongs to no more than it needs', async () => {
    const shop = await Shop.open(server());
    const { PeopleOperatorRole: role, ReadOnlyRole: group } = await shop.arrange();

    expect(await shop.asSuperuser(`SELECT roleid::regrole::text AS of FROM pg_auth_members WHERE member = '${role}'::regrole ORDER BY 1`)).toEqual([
      ...major < 17 ? [`app${shop.number}_maintenance`] : [], group, ...major < 17 ? [] : ['pg_maintain'], 'pg_monitor', 'pg_signal_backend', 'rds_iam', 'rds_replication',
    ].map((of) => ({ of })));
  });

  test('is not stopped after five minutes, as other people are, but where it waits or does nothing', async () => {
    const shop = await Shop.open(server());
    const { PeopleOperatorRole: role } = await shop.arrange();

    expect(await shop.byIam(role, "SELECT current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('lock_timeout') AS lock"))
      .toEqual([{ statement: '0', idle: '1min', lock: '5s' }]);
  });

  test('comes to a database that was set up before there was one', async () => {
    const shop = await Shop.open(server());
    const { PeopleOperatorRole: role } = await shop.arrange();
    await shop.asSuperuser(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`);

    await shop.arrange({ type: 'Update' });
    expect(await shop.byIam(role, 'SELECT count(*) > 0 AS sees FROM pg_stat_activity')).toEqual([{ sees: true }]);
  });

  upTo16('is refused where somebody made it a member of the owner, whose rights it would have all the time', async () => {
    const shop = await Shop.open(server());
    const { PeopleOperatorRole: role } = await shop.arrange();
    await shop.asSuperuser(`GRANT ${shop.secrets.owner.username} TO ${role}`);

    expect(await shop.run({ type: 'Update' })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^it does not hold that role 'app\d+_people_operator' does not have what 'owner\d+' has before it becomes that role; somebody made it a member/),
    });
  });
});
