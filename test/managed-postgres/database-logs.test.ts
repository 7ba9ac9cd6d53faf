import { setTimeout as sleep } from 'node:timers/promises';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { matches } from './filter-pattern';
import { EVENTS } from '../../src/managed-postgres/database-logs';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { describeOnPostgres } from '../handlers/describe-on-postgres';
import type { PostgresServer } from '../handlers/postgres-server';
import { databaseProps, stackOf, vpcIn } from '../support';

/** How RDS begins each line: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.overview.parameter-groups.html */
const PREFIX = '%t:%r:%u@%d:[%p]:';

function template(): Template {
  const stack = stackOf();
  new ManagedPostgres(stack, 'Orders', databaseProps(vpcIn(stack)));
  return Template.fromStack(stack);
}

test.each(['Deadlocks', 'FailedLogins'] as const)('counts %s in the log of the server, apart from those of other databases', (event) => {
  template().hasResourceProperties('AWS::Logs::MetricFilter', {
    LogGroupName: { Ref: Match.stringLikeRegexp('^OrdersLogpostgresql') },
    FilterPattern: EVENTS[event],
    MetricTransformations: [{ MetricNamespace: 'CdkGoldenPath/Postgres/shop-orders-a8b1f509', MetricName: event, MetricValue: '1', DefaultValue: Match.absent() }],
  });
});

test('leaves room for three more patterns, of the five that a log group may have', () => {
  template().resourceCountIs('AWS::Logs::MetricFilter', 2);
});

// RDS asks PAM for those who sign in by IAM: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Troubleshooting.html
test('counts a failed sign-in by IAM once', () => {
  const lines = [
    '2026-11-23 10:00:00 UTC:10.0.0.7(40000):jane@app:[312]:LOG:  pam_authenticate failed: Permission denied',
    '2026-11-23 10:00:00 UTC:10.0.0.7(40000):jane@app:[312]:FATAL:  PAM authentication failed for user "jane"',
    '2026-11-23 10:00:00 UTC:10.0.0.7(40000):jane@app:[312]:DETAIL:  Connection matched pg_hba.conf line 13: "hostssl all +rds_iam all pam"',
  ];

  expect(lines.filter((it) => matches(EVENTS.FailedLogins, it))).toEqual([lines[1]]);
});

describeOnPostgres('what is counted', (server) => {
  const counted = (event: keyof typeof EVENTS, log: string) => log.split('\n').filter((it) => matches(EVENTS[event], it));

  beforeAll(async () => {
    const admin = await server().connect(server().superuser);
    await admin.query(`alter system set log_line_prefix = '${PREFIX}'`);
    await admin.query("alter system set log_connections = 'on'");
    await admin.query("alter system set deadlock_timeout = '50ms'");
    await admin.query('select pg_reload_conf()');
    await admin.query('create table stock (id int primary key, items int)');
    await admin.query('insert into stock values (1, 10), (2, 10)');
    await admin.end();
    await sleep(200); // until all have heard of it
  });

  test('are deadlocks, each once', async () => {
    const log = await logOf(server(), () => deadlock(server()));

    expect(counted('Deadlocks', log)).toEqual([expect.stringMatching(/^\S+ \S+ UTC:127\.0\.0\.1\(\d+\):postgres@postgres:\[\d+\]:ERROR: {2}deadlock detected$/)]);
    expect(counted('FailedLogins', log)).toEqual([]);
  });

  test.each([
    ['with a wrong password', { user: 'postgres', password: 'wrong' }, 'password authentication failed for user "postgres"'],
    ['as nobody known', { user: 'nobody', password: 'wrong' }, 'password authentication failed for user "nobody"'],
    ['without TLS', { user: 'postgres', password: 'wrong', ssl: false }, 'no pg_hba.conf entry for host "127.0.0.1", user "postgres", database "postgres", no encryption'],
  ])('are sign-ins %s, each once', async (_, who, words) => {
    const log = await logOf(server(), () => expect(server().connect(who)).rejects.toThrow(words));

    expect(counted('FailedLogins', log)).toEqual([expect.stringContaining(`:FATAL:  ${words}`)]);
    expect(counted('Deadlocks', log)).toEqual([]);
  });

  test('are not those who may sign in, other errors, nor statements that speak of both', async () => {
    const log = await logOf(server(), async () => {
      const client = await server().connect(server().superuser);
      await client.query("select 'deadlock detected', 'password authentication failed for user', 'no pg_hba.conf entry'");
      await expect(client.query('select 1/0')).rejects.toThrow('division by zero');
      await client.end();
      await expect(server().connect({ ...server().superuser, database: 'none' })).rejects.toThrow('does not exist');
    });

    expect(log).toMatch(/connection authorized: user=postgres[^]*deadlock detected[^]*ERROR: {2}division by zero[^]*FATAL: {2}database "none" does not exist/);
    expect([...counted('Deadlocks', log), ...counted('FailedLogins', log)]).toEqual([]);
  });
});

/** What the server logs meanwhile. */
async function logOf(server: PostgresServer, act: () => Promise<unknown>): Promise<string> {
  const before = server.log().length;
  await act();
  await sleep(100); // until the last line is written
  return server.log().slice(before);
}

/** Two transactions, each of which waits for the other. */
async function deadlock(server: PostgresServer): Promise<void> {
  const clients = await Promise.all([1, 2].map(() => server.connect(server.superuser)));
  const take = (client: number, id: number) => clients[client].query('update stock set items = items - 1 where id = $1', [id]);
  await Promise.all(clients.map((it) => it.query('begin')));
  await Promise.all([take(0, 1), take(1, 2)]);

  const outcomes = await Promise.allSettled([take(0, 2), take(1, 1)]);

  expect(outcomes.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { code: '40P01' } }]);
  await Promise.all(clients.map((it) => it.end()));
}
