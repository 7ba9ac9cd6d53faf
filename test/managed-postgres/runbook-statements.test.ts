import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Client } from 'pg';
import { RunRecord } from '../../src/handlers/migration-guard/run-record';
import { Shop } from '../handlers/database-roles/shop';
import { describeOnPostgres } from '../handlers/describe-on-postgres';
import { runbookStatements } from '../support/runbook-statements';

const RUNBOOKS = path.join(__dirname, '../../docs/runbooks');

/** The line that says how somebody gets in; that of a page for any database says as whom. */
const WAYS_IN: { readonly [folder: string]: string } = {
  'managed-postgres': '**SQL is typed in:** `npx cdk-golden-path connect --stack Prod-Shop --database Orders --operator -- psql`',
  'database': '**SQL of PostgreSQL is typed in** as the master user, or as a role with `pg_monitor`, `pg_signal_backend` and `rds_replication`.',
};

function pagesOf(folder: string): { name: string; firstLine: string; statements: readonly string[] }[] {
  return fs.readdirSync(path.join(RUNBOOKS, folder)).map((file) => ({ name: `${folder}/${file}`, ...runbookStatements(`${folder}/${file}`) }))
    .filter(({ statements }) => statements.length > 0);
}

const PAGES = Object.keys(WAYS_IN).flatMap(pagesOf);

/** Whoever owns a table gives it away: that is no work of an operator's. */
const BY_THE_OWNER = ['alter table T owner to owner'];

const STATEMENTS = PAGES.flatMap(({ name, statements }) => statements.filter((it) => !BY_THE_OWNER.includes(it)).map((statement) => [name, statement]));

test('there are statements in the runbooks', () => {
  expect(STATEMENTS.length).toBeGreaterThan(25);
});

test.each(PAGES)('$name says in its first line how somebody gets in', ({ name, firstLine }) => {
  expect(firstLine).toBe(WAYS_IN[name.split('/')[0]]);
});

describeOnPostgres('the operator', (server, major) => {
  let shop: Shop;
  let operator: Client;
  let other: Client;
  let warnings: string[];

  beforeAll(async () => {
    shop = await Shop.open(server());
    const { PeopleOperatorRole: role } = await shop.arrange();
    await shop.as(shop.secrets.owner, 'CREATE TABLE items (id int)');
    const { username: user, password } = shop.secrets.owner;
    const owner = await server().connect({ user, password, database: shop.database });
    await RunRecord.open(owner); // as a run of the migrations does
    await owner.end();
    await shop.asSuperuser(`ALTER ROLE ${role} REPLICATION`); // what RDS lets a member of rds_replication do
    operator = await server().connectByIam(role, shop.database);
    operator.on('notice', ({ severity, message }) => severity === 'WARNING' && warnings.push(message ?? ''));
  });
  beforeEach(async () => {
    warnings = [];
    await shop.asSuperuser("SELECT pg_create_physical_replication_slot('s') WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 's')");
    const { username: user, password } = shop.secrets.app;
    other = await server().connect({ user, password, database: shop.database });
  });
  afterEach(async () => {
    await operator.query('RESET ROLE');
    await other.end().catch(() => undefined);
  });
  afterAll(async () => {
    await operator?.end();
  });

  test.each(STATEMENTS)('%s: does what it is told to: %s', async (_, statement) => {
    const { rows: [{ pid }] } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    if (major < 17 && statement.startsWith('vacuum')) {
      await operator.query(`SET ROLE ${shop.secrets.owner.username}`); // as the page says
    }
    const { rows } = await operator.query<{ [column: string]: unknown }>(filledIn(statement, pid));

    expect(warnings).toEqual([]);
    expect(rows.filter((it) => it.pg_cancel_backend === false || it.pg_terminate_backend === false)).toEqual([]);
    expect(JSON.stringify(rows)).not.toContain('insufficient privilege');
  });

  function filledIn(statement: string, pid: number): string {
    return statement.replaceAll('(P)', `(${pid})`).replaceAll('(pid)', `(${pid})`).replaceAll("'S'", "'s'").replace(/^(vacuum .*) T$/, '$1 items').replace("'T'", "'items'")
      .replace(/^set role owner$/, major < 17 ? `set role ${shop.secrets.owner.username}` : 'set role none');
  }

  test('hands a table over as whoever owns it', async () => {
    await shop.as(shop.secrets.master, 'CREATE TABLE app.foreigner (id int)');

    await shop.as(shop.secrets.master, `alter table app.foreigner owner to ${shop.secrets.owner.username}`);
    expect(await shop.as(shop.secrets.owner, "select tableowner from pg_tables where tablename = 'foreigner'")).toEqual([{ tableowner: shop.secrets.owner.username }]);
  });
});
