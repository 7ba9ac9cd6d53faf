import { Shop } from './shop';
import { describeOnPostgres } from '../describe-on-postgres';

describeOnPostgres('what is not ours', server => {
  test('an object of another role in the schema is told, and stays whose it is', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    const human = `human${shop.number}`;
    await shop.asSuperuser(`CREATE ROLE ${human}`, 'CREATE TABLE app.theirs (id int)', `ALTER TABLE app.theirs OWNER TO ${human}`,
      'CREATE EXTENSION IF NOT EXISTS plpgsql');

    expect(await shop.arrange({ type: 'Update' })).toMatchObject({ ForeignObjects: '1' });

    expect(await shop.asSuperuser("SELECT tableowner FROM pg_tables WHERE tablename = 'theirs'")).toEqual([{ tableowner: human }]);
    expect(JSON.parse(shop.lines.find(line => line.includes('"WARN"'))!)).toMatchObject({ foreign: [{ object: 'table app.theirs', owner: human }] });
  });

  test('a schema of another role is not taken, and nothing of the run remains', async () => {
    const shop = await Shop.open(server());
    await shop.as(shop.secrets.master, 'CREATE SCHEMA app');
    const before = await shop.catalogue();

    expect(await shop.run()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^it does not hold that schema 'app' belongs to 'owner\d+'; it was there before and is not taken/),
    });
    expect(await shop.catalogue()).toEqual(before);
  });

  test('a database of another role is not touched', async () => {
    const shop = await Shop.open(server());
    await shop.asSuperuser(`ALTER DATABASE ${shop.database} OWNER TO postgres`);

    expect(await shop.run()).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/database 'shop\d+' belongs to the master; its owner can run/) });
  });

  test('a role that has power over the server is neither used nor weakened', async () => {
    const shop = await Shop.open(server());
    const { username, password } = shop.secrets.app;
    const superuser = await server().connect(server().superuser);
    await superuser.query(`CREATE ROLE ${username} LOGIN CREATEDB PASSWORD ${superuser.escapeLiteral(password)}`);
    await superuser.end();

    expect(await shop.run()).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/role 'app\d+' has no power over the server/) });
  });

  test('a role that somebody else made is taken into service where CREATEROLE is enough, else the missing grant is named', async () => {
    const shop = await Shop.open(server());
    const { username, password } = shop.secrets.owner;
    const superuser = await server().connect(server().superuser);
    await superuser.query(`CREATE ROLE ${username} LOGIN PASSWORD ${superuser.escapeLiteral(password)}`);
    const { rows: [{ modern }] } = await superuser.query<{ modern: boolean }>("SELECT current_setting('server_version_num')::int >= 160000 AS modern");
    const master = shop.secrets.master.username;
    const grant = `GRANT "${username}" TO "${master}" WITH ADMIN OPTION`;

    const answer = await shop.run();

    if (modern) {
      expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(`whoever administers it can run: ${grant}`) });
      await superuser.query(grant);
    }
    await superuser.end();
    await shop.arrange();
  });

  test('a role that was locked is not unlocked', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    await shop.asSuperuser(`ALTER ROLE ${shop.secrets.app.username} NOLOGIN`);

    expect(await shop.run({ type: 'Update' })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/role 'app\d+' cannot sign in to .*: not permitted \(role "app\d+" is not permitted to log in\)/),
    });
  });

  test.each([
    ['the master as owner', (shop: Shop) => { shop.secrets.owner = shop.secrets.master; }, /master, owner and app must be three roles/],
    ['the master as application', (shop: Shop) => { shop.secrets.app = shop.secrets.master; }, /master, owner and app must be three roles/],
    ['a clone as owner', (shop: Shop) => { shop.secrets.owner = { username: 'o_clone', password: 'p' }; }, /an owner cannot rotate by alternating users/],
    ['a name that PostgreSQL cuts off', (shop: Shop) => { shop.secrets.app = { username: 'a'.repeat(60), password: 'p' }; }, /must be 1 to 63 bytes long/],
    ['a secret without password', (shop: Shop) => { shop.secrets.app = { username: 'a', password: '' }; }, /secret app must hold JSON with a 'username' and a 'password'/],
  ])('%s is refused, and nothing changes', async (_, change, words) => {
    const shop = await Shop.open(server());
    change(shop);
    const before = await shop.catalogue();

    expect(await shop.run()).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(words) });
    expect(await shop.catalogue()).toEqual(before);
  });

  test.each([
    [{ Schema: 'public' }, /property 'Schema' must name a schema of the owner's, got 'public'/],
    [{ Port: '99999' }, /property 'Port' must be a number from 1 to 65535, got '99999'/],
    [{ Host: '' }, /property 'Host' must be a text, got ""/],
    [{ Database: 'nowhere' }, /no such database \(database "nowhere" does not exist\); create it first/],
  ])('the properties %j are refused in words', async (properties, words) => {
    const shop = await Shop.open(server());

    expect(await shop.run({ properties })).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(words) });
  });
});
