import { Shop } from './shop';
import { describeOnPostgres } from '../describe-on-postgres';

/** Direct memberships, settings and limits of all roles of a shop, without its number. */
async function shape(shop: Shop): Promise<string> {
  const { number } = shop;
  const rows = await shop.asSuperuser(`SELECT r.rolname, r.rolcanlogin, r.rolinherit, r.rolconnlimit, ARRAY(SELECT unnest(s.setconfig) ORDER BY 1) AS settings,
      ARRAY(SELECT to_jsonb(m) - '{oid,roleid,member,grantor}'::text[] || jsonb_build_object('of', m.roleid::regrole::text)
        FROM pg_auth_members m WHERE m.member = r.oid ORDER BY m.roleid::regrole::text) AS memberships
    FROM pg_roles r LEFT JOIN pg_db_role_setting s ON s.setrole = r.oid WHERE r.rolname ~ '^(master|owner|app|verifier)${number}(_|$)' ORDER BY 1`);
  return JSON.stringify(rows, undefined, 1).replaceAll(new RegExp(`(master|owner|app|verifier)${number}(?!\\d)`, 'g'), '$1');
}

describeOnPostgres('roles that sign in by IAM', (server, major) => {
  const optionsSince16 = major < 16 ? test.skip : test;

  test('let people who read read, and nothing else', async () => {
    const shop = await Shop.open(server());
    const { PeopleReadOnlyRole: role } = await shop.arrange();
    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id int)', 'INSERT INTO items VALUES (1)');

    expect(await shop.byIam(role, 'SELECT id, current_schema() AS schema FROM items')).toEqual([{ id: 1, schema: 'app' }]);
    await expect(shop.byIam(role, 'DELETE FROM items')).rejects.toThrow('permission denied for table items');
    await expect(shop.byIam(role, 'CREATE TABLE mine (id int)')).rejects.toThrow('permission denied for schema app');
    await expect(shop.byIam(role, `SET ROLE ${shop.secrets.owner.username}`)).rejects.toThrow('permission denied to set role');
  });

  test('let people who write write rows, and change no table', async () => {
    const shop = await Shop.open(server());
    const { PeopleReadWriteRole: role } = await shop.arrange();
    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id serial, name text)');

    expect(await shop.byIam(role, "INSERT INTO items (name) VALUES ('a'), ('b')", 'DELETE FROM items WHERE id = 2', 'SELECT id FROM items')).toEqual([{ id: 1 }]);
    await expect(shop.byIam(role, 'ALTER TABLE items ADD price int')).rejects.toThrow('must be owner of table items');
  });

  test('let the verifier read, under the name that it was given', async () => {
    const shop = await Shop.open(server());
    const { VerifierRole: role } = await shop.arrange({ properties: { VerifierRole: 'verifier_prod-shop' } });
    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id int)');

    expect(role).toBe('verifier_prod-shop');
    expect(await shop.byIam(role, 'SELECT count(*)::int FROM items')).toEqual([{ count: 0 }]);
    await expect(shop.byIam(role, 'INSERT INTO items VALUES (1)')).rejects.toThrow('permission denied for table items');
  });

  test('belong to rds_iam and one group, and have no password', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    const n = shop.number;

    expect(await shop.asSuperuser(`SELECT rolname AS role, rolpassword AS password,
        ARRAY(SELECT roleid::regrole::text FROM pg_auth_members m WHERE m.member = a.oid ORDER BY 1) AS groups
      FROM pg_authid a WHERE rolname ~ '^(app${n}_people_|verifier${n}$)' ORDER BY 1`)).toEqual([
      {
        role: `app${n}_people_operator`,
        password: null,
        groups: [...major < 17 ? [`app${n}_maintenance`] : [], `app${n}_readonly`, ...major < 17 ? [] : ['pg_maintain'], 'pg_monitor', 'pg_signal_backend', 'rds_iam', 'rds_replication'],
      },
      { role: `app${n}_people_readonly`, password: null, groups: [`app${n}_readonly`, 'rds_iam'] },
      { role: `app${n}_people_readwrite`, password: null, groups: [`app${n}_readwrite`, 'rds_iam'] },
      { role: `verifier${n}`, password: null, groups: [`app${n}_readonly`, 'rds_iam'] },
    ]);
  });

  test('are asked for no password', async () => {
    const shop = await Shop.open(server());
    const { PeopleReadOnlyRole: role } = await shop.arrange();
    await shop.asSuperuser(`ALTER ROLE ${role} PASSWORD 'known'`);

    await expect(shop.as({ username: role, password: 'known' }, 'SELECT 1')).rejects.toThrow('requires a valid client certificate');
  });

  test.each(['PeopleReadOnlyRole', 'PeopleReadWriteRole'])('are limited in time in this database: %s', async attribute => {
    const shop = await Shop.open(server());
    const role = (await shop.arrange())[attribute];

    const settings = "SELECT name, current_setting(name) AS value FROM unnest(ARRAY['statement_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout']) name";
    expect(await shop.byIam(role, settings)).toEqual([
      { name: 'statement_timeout', value: '5min' },
      { name: 'idle_in_transaction_session_timeout', value: '1min' },
      { name: 'lock_timeout', value: '5s' },
    ]);
    const elsewhere = await server().connectByIam(role, 'postgres');
    expect((await elsewhere.query(settings)).rows.map(({ value }) => value)).toEqual(['0', '0', '0']);
    await elsewhere.end();
  });

  test.each(['PeopleReadOnlyRole', 'PeopleReadWriteRole'])('take five connections, and no sixth: %s', async attribute => {
    const shop = await Shop.open(server());
    const role = (await shop.arrange())[attribute];

    const open = await Promise.all([1, 2, 3, 4, 5].map(() => server().connectByIam(role, shop.database)));

    await expect(shop.byIam(role, 'SELECT 1')).rejects.toThrow(`too many connections for role "${role}"`);
    await Promise.all(open.map(it => it.end()));
  });

  test('enter no other database of the server', async () => {
    const [shop, other] = [await Shop.open(server()), await Shop.open(server())];
    const { PeopleReadOnlyRole: role } = await shop.arrange();
    await other.arrange();

    await expect(server().connectByIam(role, other.database)).rejects.toThrow(`permission denied for database "${other.database}"`);
  });

  test('leave the master its password', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();

    expect(await shop.as(shop.secrets.master, `SELECT pg_has_role('rds_iam', '${major < 16 ? 'MEMBER' : 'USAGE'}') AS has`)).toEqual([{ has: false }]);
  });

  optionsSince16('leave the master its password also where it is set to be given the roles that it makes', async () => {
    const shop = await Shop.open(server());
    const { username } = shop.secrets.master;
    await shop.asSuperuser(`ALTER ROLE ${username} SET createrole_self_grant TO 'set, inherit'`);

    await shop.arrange();

    expect(await shop.asSuperuser(`SELECT pg_has_role('${username}', 'rds_iam', 'USAGE') OR pg_has_role('${username}', 'rds_iam', 'SET') AS has`))
      .toEqual([{ has: false }]);
  });

  test('are put right where somebody broke them', async () => {
    const shop = await Shop.open(server());
    const { PeopleReadOnlyRole: role, ReadOnlyRole: group } = await shop.arrange();
    const before = await shape(shop);
    await shop.asSuperuser(`REVOKE ${group} FROM ${role}`, `ALTER ROLE ${role} CONNECTION LIMIT -1`, `ALTER ROLE ${role} NOINHERIT`,
      `ALTER ROLE ${role} IN DATABASE ${shop.database} RESET statement_timeout`, `ALTER ROLE ${role} IN DATABASE ${shop.database} SET lock_timeout TO 0`);

    await shop.arrange({ type: 'Update' });

    expect(await shape(shop)).toBe(before);
  });

  test('stay locked where somebody locked them, and the deployment goes on', async () => {
    const shop = await Shop.open(server());
    const { PeopleReadWriteRole: role } = await shop.arrange();
    await shop.asSuperuser(`ALTER ROLE ${role} NOLOGIN`);

    await shop.arrange({ type: 'Update' });

    await expect(shop.byIam(role, 'SELECT 1')).rejects.toThrow('is not permitted to log in');
  });

  test('come to a database that a former version set up, and leave it as a new one is', async () => {
    const [old, young] = [await Shop.open(server()), await Shop.open(server())];
    const { PeopleReadOnlyRole, PeopleReadWriteRole, PeopleOperatorRole } = await old.arrange({ properties: { VerifierRole: undefined, Version: '1' } });
    await old.asSuperuser(`DROP ROLE ${PeopleReadOnlyRole}, ${PeopleReadWriteRole}, ${PeopleOperatorRole}${major < 17 ? `, app${old.number}_maintenance` : ''}`, `ALTER ROLE ${old.secrets.owner.username} IN DATABASE ${old.database} RESET ALL`);
    const former = await shape(old);

    await old.arrange({ type: 'Update' });
    await young.arrange();

    expect(former).not.toContain('people');
    expect(await shape(old)).toBe(await shape(young));
  });

  test('are those of the first user when rotation has switched to the clone', async () => {
    const shop = await Shop.open(server());
    const before = await shop.arrange();
    shop.secrets.app = await shop.rotateToClone();

    expect(await shop.arrange({ type: 'Update' })).toEqual(before);
  });

  optionsSince16('outlive an upgrade from 15, after which nobody administers them, while nothing has to change', async () => {
    const shop = await Shop.open(server());
    const { PeopleReadOnlyRole: role } = await shop.arrange();
    await shop.asSuperuser(`REVOKE ${role} FROM ${shop.secrets.master.username}`);

    await shop.arrange({ type: 'Update' });
    await shop.asSuperuser(`ALTER ROLE ${role} CONNECTION LIMIT 100`);

    expect(await shop.run({ type: 'Update' })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^cannot see to it that role 'app\d+_people_readonly' has at most 5 connections \(permission denied to alter role\); whoever administers/),
    });
  });

  test('are refused where the server knows no rds_iam, and nothing of the run remains', async () => {
    const shop = await Shop.open(server());
    await shop.asSuperuser('ALTER ROLE rds_iam RENAME TO no_rds_iam');
    const before = await shop.catalogue();
    const answer = await shop.run();
    const after = await shop.catalogue();
    await shop.asSuperuser('ALTER ROLE no_rds_iam RENAME TO rds_iam');

    expect(answer).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^it does not hold that the server has the role 'rds_iam', .*; Amazon RDS and Aurora have it; this server is neither$/),
    });
    expect(after).toEqual(before);
  });

  test.each([
    ['people_readonly', (n: number) => `app${n}_people_readonly`],
    ['people_readwrite', (n: number) => `app${n}_people_readwrite`],
    ['people_operator', (n: number) => `app${n}_people_operator`],
    ['verifier', (n: number) => `verifier${n}`],
  ])('are refused where a role with a password has the name of %s, which keeps its password', async (_, name) => {
    const shop = await Shop.open(server());
    const role = name(shop.number);
    await shop.asSuperuser(`CREATE ROLE ${role} LOGIN PASSWORD 'known'`);
    const before = await shop.catalogue();

    expect(await shop.run()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(new RegExp(`^it does not hold that role '${role}' has rds_iam; a role of that name was there before, and signs in by password`)),
    });
    expect(await shop.catalogue()).toEqual(before);
  });

  test.each([
    ['the owner', (n: number) => `GRANT rds_iam TO owner${n}`],
    ['the application', (n: number) => `GRANT rds_iam TO app${n}`],
    ['the group of the application', (n: number) => `GRANT rds_iam TO app${n}_readwrite`],
    ['the application, through a role of people,', (n: number) => `GRANT app${n}_people_readonly TO app${n}`],
  ])('are no others: rds_iam of %s is refused, as there is a password', async (_, statement) => {
    const shop = await Shop.open(server());
    await shop.arrange();
    await shop.asSuperuser(statement(shop.number));
    const before = await shop.catalogue();

    expect(await shop.run({ type: 'Update' })).toMatchObject({
      Status: 'FAILED',
      // up to 15 the master is a member of what it administers, and cannot sign in either
      Reason: expect.stringMatching(major < 16 ? /^role 'master\d+' cannot sign in .*: not permitted .* has rds_iam/ : /^it does not hold that role '(owner|app)\d+' does not have rds_iam/),
    });
    expect(await shop.catalogue()).toEqual(before);
  });

  test.each(['readonly', 'readwrite'])('are no others: a group %s that has rds_iam is not taken into service, nor is the master locked out', async name => {
    const shop = await Shop.open(server());
    const [group, master] = [`app${shop.number}_${name}`, shop.secrets.master.username];
    await shop.asSuperuser(`CREATE ROLE ${group}`, `GRANT rds_iam TO ${group}`, ...major < 16 ? [] : [`GRANT ${group} TO ${master} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE`]);
    const before = await shop.catalogue();

    expect(await shop.run()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^it does not hold that role 'app\d+(_readonly)?' does not have rds_iam, neither itself nor through another role; RDS would ask/),
    });
    expect(await shop.catalogue()).toEqual(before);
    expect(await shop.as(shop.secrets.master, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test.each([
    ['a name that another role has', (n: number) => `app${n}_readonly`, /^each role needs a name of its own, got 'app\d+_readonly' twice; what is made for 'app\d+' begins/],
    ['a name that PostgreSQL cuts off', () => 'v'.repeat(64), /^the name of a role must be 1 to 63 bytes long/],
    ['no name', () => '', /^property 'VerifierRole' must be a text, got ""/],
  ])('do not take %s for the verifier', async (_, name, words) => {
    const shop = await Shop.open(server());

    expect(await shop.run({ properties: { VerifierRole: name(shop.number) } })).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(words) });
  });
});

describeOnPostgres('migrations', server => {
  test('wait for a lock and leave a transaction open for seconds and minutes only', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();

    expect(await shop.as(shop.secrets.owner, "SELECT current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle"))
      .toEqual([{ lock: '5s', idle: '5min' }]);
    expect(await shop.as(shop.secrets.app, "SELECT current_setting('lock_timeout') AS lock")).toEqual([{ lock: '0' }]);
  });
});
