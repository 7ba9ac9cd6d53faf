import { Shop } from './shop';
import { describeOnPostgres } from '../describe-on-postgres';

describeOnPostgres('the roles of a database', (server, major) => {
  test('are made by the first run, which names them', async () => {
    const shop = await Shop.open(server());
    const n = shop.number;

    expect(await shop.arrange()).toEqual({
      OwnerRole: `owner${n}`,
      AppRole: `app${n}`,
      ReadWriteRole: `app${n}_readwrite`,
      ReadOnlyRole: `app${n}_readonly`,
      PeopleReadOnlyRole: `app${n}_people_readonly`,
      PeopleReadWriteRole: `app${n}_people_readwrite`,
      PeopleOperatorRole: `app${n}_people_operator`,
      VerifierRole: `verifier${n}`,
      Schema: 'app',
      ForeignObjects: '0',
    });
    expect(await shop.asSuperuser(`SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname ~ '^(app|owner|verifier)${n}(_|$)' ORDER BY 1`)).toEqual([
      { rolname: `app${n}`, rolcanlogin: true },
      ...major < 17 ? [{ rolname: `app${n}_maintenance`, rolcanlogin: false }] : [],
      { rolname: `app${n}_people_operator`, rolcanlogin: true },
      { rolname: `app${n}_people_readonly`, rolcanlogin: true },
      { rolname: `app${n}_people_readwrite`, rolcanlogin: true },
      { rolname: `app${n}_readonly`, rolcanlogin: false },
      { rolname: `app${n}_readwrite`, rolcanlogin: false },
      { rolname: `owner${n}`, rolcanlogin: true },
      { rolname: `verifier${n}`, rolcanlogin: true },
    ]);
  });

  test.each(['Create', 'Update'] as const)('are left alone by a second run that is a %s', async type => {
    const shop = await Shop.open(server());
    await shop.arrange();
    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id serial PRIMARY KEY)');
    const before = await shop.catalogue();

    await shop.arrange({ type });

    expect(await shop.catalogue()).toEqual(before);
    expect(JSON.parse(shop.lines.at(-2)!)).toMatchObject({ message: 'everything was in place', changed: [] });
  });

  test('are untouched by Delete, which needs neither the database nor properties', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    const before = await shop.catalogue();

    expect(await shop.run({ type: 'Delete', properties: { Port: 'nonsense', Host: '' } })).toMatchObject({ Status: 'SUCCESS', Data: {} });
    expect(await shop.catalogue()).toEqual(before);
  });

  test('let the application use what the owner makes later, and make nothing itself', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    const { owner, app } = shop.secrets;

    await shop.as(owner, 'CREATE TABLE items (id serial PRIMARY KEY, name text)',
      'CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS \'SELECT x * 2\'');

    expect(await shop.as(app, "INSERT INTO items (name) VALUES ('a'), ('b')", "UPDATE items SET name = 'c' WHERE id = 1", 'DELETE FROM items WHERE id = 2',
      'CREATE TEMPORARY TABLE scratch (id int)', 'SELECT id, name, twice(21) FROM items')).toEqual([{ id: 1, name: 'c', twice: 42 }]);
    await expect(shop.as(app, 'CREATE TABLE mine (id int)')).rejects.toThrow('permission denied for schema app');
    await expect(shop.as(app, 'CREATE TABLE public.mine (id int)')).rejects.toThrow('permission denied for schema public');
    await expect(shop.as(app, 'TRUNCATE items')).rejects.toThrow('permission denied for table items');
    await expect(shop.as(app, 'DROP TABLE items')).rejects.toThrow('must be owner of table items');
    await expect(shop.as(app, `SET ROLE ${owner.username}`)).rejects.toThrow('permission denied to set role');
  });

  test('let a clone made by rotation do what the application can, and no more', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    const clone = await shop.rotateToClone();

    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id serial PRIMARY KEY, name text)');

    expect(await shop.as(clone, "INSERT INTO items (name) VALUES ('a')", 'SELECT name, current_schema() AS schema FROM items'))
      .toEqual([{ name: 'a', schema: 'app' }]);
    await expect(shop.as(clone, 'CREATE TABLE mine (id int)')).rejects.toThrow('permission denied for schema app');
  });

  test('grant nothing to the application itself', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id int)');

    expect(await shop.asSuperuser(`SELECT deptype FROM pg_shdepend WHERE refobjid = '${shop.secrets.app.username}'::regrole AND classid <> 'pg_auth_members'::regclass`))
      .toEqual([]);
  });

  test('let a reader read and not write', async () => {
    const shop = await Shop.open(server());
    const { ReadOnlyRole } = await shop.arrange();
    const reader = { username: `reader${shop.number}`, password: 'reads' };
    await shop.as(shop.secrets.master, `CREATE ROLE ${reader.username} LOGIN PASSWORD 'reads'`, `GRANT ${ReadOnlyRole} TO ${reader.username}`);
    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id serial)', 'INSERT INTO items DEFAULT VALUES');

    expect(await shop.as(reader, 'SELECT id FROM items')).toEqual([{ id: 1 }]);
    for (const write of ['INSERT INTO items VALUES (2)', 'UPDATE items SET id = 3', 'DELETE FROM items', "SELECT nextval('items_id_seq')"]) {
      await expect(shop.as(reader, write)).rejects.toThrow(/permission denied for (table|sequence)/);
    }
  });

  test('keep everybody else out', async () => {
    const shop = await Shop.open(server());
    const stranger = { username: `stranger${shop.number}`, password: 'strange' };
    await shop.asSuperuser(`CREATE ROLE ${stranger.username} LOGIN PASSWORD 'strange'`, 'GRANT CREATE ON SCHEMA public TO PUBLIC');
    await shop.as(stranger, 'CREATE TABLE public.mine (id int)');

    await shop.arrange();

    await expect(shop.as(stranger, 'SELECT 1')).rejects.toThrow('permission denied for database');
    await shop.asSuperuser(`GRANT CONNECT ON DATABASE ${shop.database} TO ${stranger.username}`);
    await expect(shop.as(stranger, 'CREATE TABLE public.more (id int)')).rejects.toThrow('permission denied for schema public');
  });

  test('work without the master', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    await shop.asSuperuser(`ALTER ROLE ${shop.secrets.master.username} NOLOGIN NOCREATEROLE NOCREATEDB`);

    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id int)', 'ALTER TABLE items ADD name text', 'CREATE INDEX ON items (name)');
    expect(await shop.as(shop.secrets.app, "INSERT INTO items VALUES (1, 'a') RETURNING name")).toEqual([{ name: 'a' }]);
  });

  test('take names that SQL would stumble over', async () => {
    const shop = await Shop.open(server(), { database: 'sh"op\'; DROP ROLE x; --\\', schema: 'we"ird\'; $do$ %s %I \\' });
    shop.secrets.app = { username: 'A"pp\'s; \\ %s', password: shop.newPassword() };
    shop.secrets.owner = { username: 'Own"er\'s --', password: shop.newPassword() };

    await shop.arrange();
    const before = await shop.catalogue();
    await shop.arrange({ type: 'Update' });

    expect(await shop.catalogue()).toEqual(before);
    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id int)');
    expect(await shop.as(shop.secrets.app, 'SELECT current_schema() AS schema, count(*)::int FROM items')).toEqual([{ schema: shop.schema, count: 0 }]);
  });

  test('are put right where somebody broke them, and stay as they are where a migration narrowed them', async () => {
    const shop = await Shop.open(server());
    const { ReadWriteRole, ReadOnlyRole } = await shop.arrange();
    const { owner, app } = shop.secrets;
    await shop.as(owner, 'CREATE TABLE audit (id int)', `REVOKE DELETE ON audit FROM ${ReadWriteRole}`);
    await shop.asSuperuser(
      `REVOKE ${ReadWriteRole} FROM ${app.username}`, `ALTER ROLE ${app.username} NOINHERIT`,
      `REVOKE CONNECT ON DATABASE ${shop.database} FROM ${ReadWriteRole}`, `GRANT CONNECT ON DATABASE ${shop.database} TO PUBLIC`,
      `ALTER DATABASE ${shop.database} RESET search_path`, `REVOKE USAGE ON SCHEMA app FROM ${ReadOnlyRole}`,
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner.username} IN SCHEMA app REVOKE SELECT ON TABLES FROM ${ReadOnlyRole}`,
    );
    await shop.as(owner, 'CREATE TABLE app.between (id int)');

    await shop.arrange({ type: 'Update' });

    expect(await shop.as(app, 'INSERT INTO audit VALUES (1) RETURNING id')).toEqual([{ id: 1 }]);
    await expect(shop.as(app, 'DELETE FROM audit')).rejects.toThrow('permission denied for table audit');
    expect(await shop.asSuperuser(`SELECT has_table_privilege('${ReadOnlyRole}', 'app.between', 'SELECT') AS reads,
      has_database_privilege('public', current_database(), 'CONNECT') AS open`)).toEqual([{ reads: true, open: false }]);
  });

  test('do not come to the owner by a function that the master would call in place of PostgreSQL\'s own', async () => {
    const shop = await Shop.open(server());
    const { ReadOnlyRole } = await shop.arrange();
    const { owner } = shop.secrets;
    await shop.as(owner, 'CREATE TABLE items (id int)',
      "CREATE FUNCTION format(text, regclass, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'called by %', current_user; END $$");
    await shop.asSuperuser(`ALTER DEFAULT PRIVILEGES FOR ROLE ${owner.username} IN SCHEMA app REVOKE SELECT ON TABLES FROM ${ReadOnlyRole}`);

    await shop.arrange({ type: 'Update' });
  });

  test('two runs at once end as one', async () => {
    const shop = await Shop.open(server());

    const answers = await Promise.all([shop.run(), shop.run()]);

    expect(answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
    expect(shop.lines.filter(line => line.includes('"everything was in place"'))).toHaveLength(1);
  });

  test('a run that waits for another one in vain says so', async () => {
    const shop = await Shop.open(server());
    const other = await server().connect({ ...server().superuser, database: shop.database });
    await other.query('BEGIN; SELECT pg_advisory_xact_lock(6724903155108834417)');

    expect(await shop.run({ millis: 2_500 })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^another run in this database does not end \(canceling statement due to lock timeout\)/),
    });
    await other.end();
    await shop.arrange();
  });
});
