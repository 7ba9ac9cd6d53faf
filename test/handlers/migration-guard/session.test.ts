import { Client } from 'pg';
import { Log } from '../../../src/handlers/log';
import { Interruption } from '../../../src/handlers/migration-guard/interruption';
import { feelPulse, openSession } from '../../../src/handlers/migration-guard/session';
import { Shop } from '../database-roles/shop';
import { describeOnPostgres } from '../describe-on-postgres';

describeOnPostgres('the session of the guard', server => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open(server());
    await shop.arrange();
  });

  const environment = (changes: { [name: string]: string } = {}) => ({
    PGHOST: server().host,
    PGPORT: String(server().port),
    PGDATABASE: shop.database,
    PGUSER: shop.secrets.owner.username,
    PGPASSWORD: shop.secrets.owner.password,
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: server().certificate.authorityFile,
    ...changes,
  });
  const open = (changes?: { [name: string]: string }) =>
    openSession(config => new Client(config), environment(changes), Date.now() + 60_000, new Log({}, () => undefined), 600);

  test('has the name by which a person finds it', async () => {
    const session = await open();

    expect((await session.query("SELECT current_setting('application_name') AS name")).rows).toEqual([{ name: 'migration-guard' }]);
    await session.end();
  });

  test('is refused where the certificate is not that of the authorities', async () => {
    await expect(open({ PGSSLROOTCERT: `${__dirname}/../../../assets/rds-certificates/eu-west-1.pem` })).rejects.toThrow(/not trusted/);
  });

  test('ends in words, and as something that may pass, where all connections stay taken', async () => {
    const taken: Client[] = [];
    for (;;) {
      try {
        taken.push(await server().connect({ user: shop.secrets.app.username, password: shop.secrets.app.password, database: shop.database }));
      } catch {
        break; // no slot is left
      }
    }
    try {
      await expect(open()).rejects.toThrow(/no free connection .*all connections are taken/s);
      await expect(open()).rejects.toBeInstanceOf(Interruption);
    } finally {
      await Promise.all(taken.map(client => client.end()));
    }
  });

  test('is given up for good where the database is not there', async () => {
    await expect(open({ PGDATABASE: 'nowhere' })).rejects.not.toBeInstanceOf(Interruption);
  });

  test('is known to be lost when the server has ended it', async () => {
    const session = await open();
    const { rows: [{ pid }] } = await session.query('SELECT pg_backend_pid() AS pid');
    const lost = new Promise<void>(resolve => { const stop = feelPulse(session, () => { stop(); resolve(); }, 20); });

    await shop.asSuperuser(`SELECT pg_terminate_backend(${pid})`);

    await expect(lost).resolves.toBeUndefined();
  });
});
