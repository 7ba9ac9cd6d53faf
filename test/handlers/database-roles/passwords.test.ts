import { setTimeout as sleep } from 'node:timers/promises';
import { Shop } from './shop';
import { describeOnPostgres } from '../describe-on-postgres';

describeOnPostgres('a password', server => {
  test('stays while its role can sign in with it', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    const stored = () => shop.asSuperuser(`SELECT rolname, rolpassword FROM pg_authid WHERE rolname IN ('app${shop.number}', 'owner${shop.number}')`);
    const before = await stored();

    await shop.arrange({ type: 'Update' });

    expect(await stored()).toEqual(before);
    expect(before.every(({ rolpassword }) => String(rolpassword).startsWith('SCRAM-SHA-256$4096:'))).toBe(true);
  });

  test('is that of the secret again after a restore brought an older one back', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    await shop.asSuperuser(`ALTER ROLE ${shop.secrets.app.username} PASSWORD 'of the day of the snapshot'`,
      `ALTER ROLE ${shop.secrets.owner.username} PASSWORD 'of the day of the snapshot'`);

    await shop.arrange({ type: 'Update' });

    expect(await shop.as(shop.secrets.app, 'SELECT current_user AS me')).toEqual([{ me: shop.secrets.app.username }]);
    expect(await shop.as(shop.secrets.owner, 'SELECT current_user AS me')).toEqual([{ me: shop.secrets.owner.username }]);
  });

  test('is repaired for the clone when rotation has switched to it, and the first user keeps its own', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    const first = shop.secrets.app;
    const clone = await shop.rotateToClone();
    shop.secrets.app = clone;
    await shop.asSuperuser(`ALTER ROLE ${clone.username} PASSWORD 'of the day of the snapshot'`, `REVOKE ${first.username} FROM ${clone.username}`);

    expect(await shop.arrange({ type: 'Update' })).toMatchObject({ AppRole: first.username, ReadWriteRole: `${first.username}_readwrite` });

    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id int)');
    expect(await shop.as(clone, 'INSERT INTO items VALUES (1) RETURNING id')).toEqual([{ id: 1 }]);
    expect(await shop.as(first, 'SELECT id FROM items')).toEqual([{ id: 1 }]);
  });

  test('of a clone that the database does not know makes no role, and the answer says what to do', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    shop.secrets.app = { username: `app${shop.number}_clone`, password: shop.newPassword() };
    const before = await shop.catalogue();

    expect(await shop.run({ type: 'Update' })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/the database has no role 'app\d+_clone': it is older than that rotation; put .* \(AWSPREVIOUS\)/),
    });
    expect(await shop.catalogue()).toEqual(before);
  });

  test('that a rotation is changing is waited for, not set back', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    const { username } = shop.secrets.owner;
    const next = shop.newPassword();
    const superuser = await server().connect(server().superuser);
    await superuser.query(`ALTER ROLE ${username} PASSWORD ${superuser.escapeLiteral(next)}`);
    await superuser.end();
    let reads = 0;
    const old = shop.secrets.owner;
    Object.defineProperty(shop.secrets, 'owner', { get: () => reads++ === 0 ? old : { username, password: next } });
    const before = await shop.catalogue();

    await shop.arrange({ type: 'Update' });

    expect(await shop.catalogue()).toEqual(before);
  });

  test('of the master that is wrong fails in words, after three tries', async () => {
    const shop = await Shop.open(server());
    shop.secrets.master = { ...shop.secrets.master, password: shop.newPassword() };

    expect(await shop.run()).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^role 'master\d+' cannot sign in to 'shop\d+' at localhost:\d+: wrong password \(password authentication failed for user "master\d+"\); the secret and the database do not agree/),
    });
    expect(shop.lines.filter(line => line.includes('the master cannot sign in yet'))).toHaveLength(2);
  });

  test('is in no log in the clear, neither ours nor the server\'s, which logs every statement', async () => {
    const shop = await Shop.open(server());
    await shop.arrange();
    await shop.asSuperuser(`ALTER ROLE ${shop.secrets.app.username} PASSWORD 'another'`);
    await shop.arrange({ type: 'Update' });
    shop.secrets.master = { ...shop.secrets.master, password: shop.newPassword() };
    const failure = await shop.run({ type: 'Update' });

    const [, owner, app, wrong] = shop.passwords;
    const telling = [owner, app, wrong].map(password => /Pw-[0-9a-f]+/.exec(password)![0]);
    const everything = server().log() + shop.lines.join('') + JSON.stringify(failure);
    expect(server().log()).toContain(`ALTER ROLE "${shop.secrets.app.username}" PASSWORD 'SCRAM-SHA-256$`);
    expect(telling.filter(password => everything.includes(password))).toEqual([]);
  });

  test('waits until a server that is down is up', async () => {
    const shop = await Shop.open(server());
    await server().stop();
    const running = shop.run();
    await sleep(200);
    await server().run();

    expect(await running).toMatchObject({ Status: 'SUCCESS' });
    expect(JSON.parse(shop.lines[0])).toMatchObject({ level: 'WARN', message: 'the master cannot sign in yet', problem: 'not reachable' });
  });

  test('that cannot be tried, as the server stays down, ends in words while there is time to say them', async () => {
    const shop = await Shop.open(server());

    expect(await shop.run({ millis: 1_500, properties: { Port: '1' } })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/not reachable \(.*ECONNREFUSED.*\); check that the instance is available/),
    });
  });

  test('is not shown to a host that the certificate does not name', async () => {
    const shop = await Shop.open(server());

    expect(await shop.run({ properties: { Host: '127.0.0.1' } })).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/not trusted/) });
    expect(shop.lines.some(line => line.includes('yet'))).toBe(false);
  });

  test('is not set when the connection breaks, and the answer says so', async () => {
    const shop = await Shop.open(server());
    const other = await server().connect({ ...server().superuser, database: shop.database });
    await other.query('BEGIN; SELECT pg_advisory_xact_lock(6724903155108834417)');
    const running = shop.run();
    await sleep(300);
    await other.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'database-roles'");

    expect(await running).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/terminating connection due to administrator command/) });
    await other.end();
  });
});
