import { Shop } from './shop';
import { describeOnPostgres } from '../describe-on-postgres';

const NAMES = "SELECT e.extname AS name, n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY 1";

describeOnPostgres('extensions', server => {
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
});
