import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Shop } from './shop';
import { describeOnPostgres } from '../describe-on-postgres';

const NAMES = "SELECT e.extname AS name, n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY 1";

describeOnPostgres('extensions', (server, major) => {
  test('are made in public by the master, with what they build on', async () => {
    const shop = await Shop.open(server());
    await shop.arrange({ properties: { Extensions: ['citext', 'uuid-ossp'] } });

    expect(await shop.asSuperuser(NAMES)).toEqual([{ name: 'citext', schema: 'public' }, { name: 'uuid-ossp', schema: 'public' }]);
  });

  test('serve the owner\'s migrations and the application, neither of which can make one', async () => {
    const shop = await Shop.open(server());
    const { owner, app } = shop.secrets;
    await shop.arrange({ properties: { Extensions: ['citext'] } });

    await shop.as(owner, 'CREATE EXTENSION IF NOT EXISTS citext', 'CREATE TABLE people (email citext PRIMARY KEY)');

    expect(await shop.as(app, "INSERT INTO people VALUES ('Ada@Example.com')", "SELECT email FROM people WHERE email = 'ada@example.COM'"))
      .toEqual([{ email: 'Ada@Example.com' }]);
    await expect(shop.as(owner, 'CREATE EXTENSION hstore')).rejects.toThrow('permission denied to create extension');
  });

  test('come when the list grows, and stay when it shrinks, as columns may be of their types', async () => {
    const shop = await Shop.open(server());
    await shop.arrange({ properties: { Extensions: ['citext'] } });
    await shop.arrange({ type: 'Update', properties: { Extensions: ['hstore'] } });
    await shop.arrange({ type: 'Update' });

    expect((await shop.asSuperuser(NAMES)).map(({ name }) => name)).toEqual(['citext', 'hstore']);
  });

  test('are left alone by a second run', async () => {
    const shop = await Shop.open(server());
    const properties = { Extensions: ['citext'] };
    await shop.arrange({ properties });
    const before = await shop.catalogue();

    await shop.arrange({ type: 'Update', properties });

    expect(await shop.catalogue()).toEqual(before);
  });

  test('do not come with a function that the owner put in the way', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    await shop.as(shop.secrets.owner,
      'CREATE FUNCTION app.lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION \'called by %\', current_user; END $$');

    await shop.arrange({ type: 'Update', properties: { Extensions: ['citext'] } });

    expect(await shop.as(shop.secrets.app, "SELECT 'A'::public.citext = 'a'::public.citext AS equal")).toEqual([{ equal: true }]);
  });

  test.each([
    ['no_such_thing', /^cannot see to it that extension 'no_such_thing' exists \(.*no_such_thing.*\); see which ones this server has/],
    ['evil"; DROP SCHEMA app CASCADE; --', /^cannot see to it that extension 'evil"; DROP/],
    ['a'.repeat(64), /^the name of an extension must be 1 to 63 bytes long/],
  ])('that the server does not have fail in words, and nothing of the run remains: %s', async (name, reason) => {
    const shop = await Shop.open(server());
    const before = await shop.catalogue();

    expect(await shop.run({ properties: { Extensions: ['citext', name] } })).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(reason) });
    expect(await shop.catalogue()).toEqual(before);
  });

  test('that are no list are refused', async () => {
    const shop = await Shop.open(server());

    expect(await shop.run({ properties: { Extensions: 'citext' } })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^property 'Extensions' must be a list of names, got "citext"/),
    });
  });

  /** Fits an array of texts better than PostgreSQL's own, which takes every array. */
  const TRAP = 'CREATE FUNCTION public.array_to_string(text[], text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION \'called by %\', current_user; END $$';

  test.each([
    ['who can create there', (shop: Shop) => shop.asSuperuser(`GRANT CREATE ON SCHEMA public TO ${shop.secrets.owner.username}`)],
    ['whose group can create there', (shop: Shop) => shop.asSuperuser(`GRANT CREATE ON SCHEMA public TO app${shop.number}_readwrite`)],
    ['to whom the schema belongs', (shop: Shop) => shop.asSuperuser(`ALTER SCHEMA public OWNER TO ${shop.secrets.owner.username}`)],
    ['who left a function there', (shop: Shop) => shop.asSuperuser(TRAP, `ALTER FUNCTION public.array_to_string(text[], text) OWNER TO ${shop.secrets.app.username}`)],
    ['who left an operator there', (shop: Shop) => shop.asSuperuser('CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = name, FUNCTION = texteqname)',
      `ALTER OPERATOR public.= (text, name) OWNER TO ${shop.secrets.owner.username}`)],
  ])('are not made in a schema for somebody to lie in wait in, %s', async (_, prepare) => {
    const shop = await Shop.open(server());
    await shop.arrange();
    await prepare(shop);
    const before = await shop.catalogue();

    expect(await shop.run({ type: 'Update', properties: { Extensions: ['citext'] } })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^it does not hold that nobody but the master can have put a routine where extension 'citext' goes; its script would run as the master/),
    });
    expect(await shop.catalogue()).toEqual(before);
  });

  test('that are there already need no such care', async () => {
    const shop = await Shop.open(server());
    const properties = { Extensions: ['citext'] };
    await shop.arrange({ properties });
    await shop.asSuperuser(TRAP, `ALTER FUNCTION public.array_to_string(text[], text) OWNER TO ${shop.secrets.app.username}`);

    await shop.arrange({ type: 'Update', properties });
  });

  test('do not come to a database that belongs to the owner, who could create in public', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    await shop.asSuperuser(`ALTER DATABASE ${shop.database} OWNER TO ${shop.secrets.owner.username}`);

    expect(await shop.run({ type: 'Update', properties: { Extensions: ['citext'] } })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^it does not hold that database 'shop\d+' belongs to the master/),
    });
  });

  // older servers read control files from their own directory only
  (major < 18 ? test.skip : test)('with a schema of their own, or that build on one, are not made where it is somebody else\'s', async () => {
    const shop = await Shop.open(server());
    const directory = await controlFiles(shop, {
      vault: "default_version = '1'\nsuperuser = false\nrelocatable = false\nschema = vault\n",
      lock: "default_version = '1'\nsuperuser = false\nrequires = vault\n",
    });
    await shop.arrange();
    await shop.asSuperuser(`GRANT CREATE ON DATABASE ${shop.database} TO ${shop.secrets.owner.username}`);
    await shop.as(shop.secrets.owner, 'CREATE SCHEMA vault');
    const run = (name: string) => shop.run({ type: 'Update', properties: { Extensions: [name] } });

    for (const name of ['vault', 'lock']) {
      expect(await run(name)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(`can have put a routine where extension '${name}' goes`) });
    }
    await shop.as(shop.secrets.owner, 'DROP SCHEMA vault');
    expect(await run('lock')).toMatchObject({ Status: 'SUCCESS' });
    expect(await shop.asSuperuser(NAMES)).toEqual([{ name: 'lock', schema: 'public' }, { name: 'vault', schema: 'vault' }]);
    fs.rmSync(directory, { recursive: true });
  });

  test('that somebody made where no query finds them are told', async () => {
    const shop = await Shop.open(server());
    await shop.as(shop.secrets.master, 'CREATE SCHEMA elsewhere', 'CREATE EXTENSION citext SCHEMA elsewhere');
    const properties = { Extensions: ['citext'] };

    expect(await shop.run({ properties })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^it does not hold that extension 'citext' is on the search path.*where nothing uses it yet, DROP EXTENSION "citext" and deploy again/),
    });
    await shop.as(shop.secrets.master, 'DROP EXTENSION "citext"');
    await shop.arrange({ properties });
  });

  test('of which somebody left a part behind fail in words that name it, and are made when it is gone', async () => {
    const shop = await Shop.open(server());
    await shop.as(shop.secrets.master, 'CREATE DOMAIN public.citext AS text');
    const properties = { Extensions: ['citext'] };

    expect(await shop.run({ properties })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^cannot see to it that extension 'citext' exists \(type "?citext"? .*\)/),
    });
    await shop.as(shop.secrets.master, 'DROP DOMAIN public.citext');
    await shop.arrange({ properties });
  });
});

/** Extensions that the server of this shop finds, in a directory that the server may read. */
async function controlFiles(shop: Shop, files: { [name: string]: string }): Promise<string> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'extensions-'));
  fs.chmodSync(directory, 0o755);
  fs.mkdirSync(path.join(directory, 'extension'));
  for (const [name, control] of Object.entries(files)) {
    fs.writeFileSync(path.join(directory, 'extension', `${name}.control`), control);
    fs.writeFileSync(path.join(directory, 'extension', `${name}--1.sql`), `CREATE FUNCTION @extschema@.${name}_opens() RETURNS int LANGUAGE sql AS 'SELECT 1';\n`);
  }
  await shop.asSuperuser(`ALTER DATABASE ${shop.database} SET extension_control_path TO '${directory}:$system'`);
  return directory;
}
