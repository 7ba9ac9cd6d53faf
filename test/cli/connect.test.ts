import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { LocalAccount } from './local-account';
import { describeWithAwsCli, hasAwsCli, Person } from './person';
import type { PeopleAccessOutput } from '../../src/managed-postgres/stack-output';
import { freePort } from '../../src/rehearsal/free-port';
import { Shop } from '../handlers/database-roles/shop';
import { describeOnOnePostgres } from '../handlers/describe-on-postgres';

const DEFINITION = 'arn:aws:ecs:eu-west-1:444455556666:task-definition/orders-people:3';

function accessTo(shop: { host: string; port: number; databaseName: string }, changes: Partial<PeopleAccessOutput> = {}): PeopleAccessOutput {
  return {
    kind: 'cdk-golden-path/people-access',
    database: 'Orders',
    region: 'eu-west-1',
    cluster: 'orders-people',
    taskDefinition: DEFINITION,
    subnets: ['subnet-3', 'subnet-4'],
    securityGroups: ['sg-people'],
    readOnlyRole: 'app_people_readonly',
    readWriteRole: 'app_people_readwrite',
    timeLimitSeconds: 3600,
    ...shop,
    ...changes,
  };
}

async function accountWith(...outputs: PeopleAccessOutput[]): Promise<LocalAccount> {
  const aws = await LocalAccount.listen();
  aws.outputs.set('shop', { Other: 'text', ...Object.fromEntries(outputs.map((it, index) => [`Connect${index}`, JSON.stringify(it)])) });
  aws.definitions.set(DEFINITION, { taskDefinitionArn: DEFINITION, containerDefinitions: [{ name: 'wait', image: 'busybox' }] });
  aws.programs.set('busybox', { image: 'busybox', command: ['sleep', '3600'], directory: tmpdir(), environment: {} });
  return aws;
}

/** As one types it. */
async function localPort(): Promise<string> {
  return String(await freePort());
}

/*
 * Everything is real but AWS itself and the plugin: the command, the AWS CLI, psql, TLS and the server. No server outside of
 * RDS can verify a token of IAM, so whoever has rds_iam shows a certificate here; that a token is handed over is tested too.
 */
const describeTunnel = hasAwsCli ? describeOnOnePostgres : () => undefined;

describeTunnel('cdk-golden-path connect', (server) => {
  let shop: Shop;
  let aws: LocalAccount;
  let person: Person;
  let port: string;

  beforeEach(async () => {
    shop = await Shop.open(server());
    const roles = await shop.arrange();
    aws = await accountWith(accessTo({ host: server().host, port: server().port, databaseName: shop.database }, {
      readOnlyRole: roles.PeopleReadOnlyRole, readWriteRole: roles.PeopleReadWriteRole,
    }));
    port = await localPort();
    const files = server().clientFilesOf(roles.PeopleReadOnlyRole);
    person = new Person(aws.url, { PGSSLROOTCERT: server().certificate.authorityFile, PGSSLCERT: files.cert, PGSSLKEY: files.key });
  });
  afterEach(async () => {
    person.leave();
    await aws.close();
  });

  test('runs psql at the other end of the tunnel, as the role that reads, with the certificate of the server verified', async () => {
    const terminal = person.types('connect', '--stack', 'shop', '--local-port', port, '--',
      'psql', '-XAtc', "SELECT current_user, current_setting('ssl')");

    expect(await terminal.code()).toBe(0);
    expect(terminal.said).toBe(`app${shop.number}_people_readonly|on\n`);
  });

  test('prints a line with which somebody signs in from another terminal, until Ctrl-C', async () => {
    const terminal = person.types('connect', '--stack', 'shop', '--local-port', port);
    await terminal.writes('Ctrl-C closes it.');
    const line = terminal.said.split('\n').find((it) => it.startsWith('PGPASSWORD='))!;

    expect(person.shell(`${line} -XAtc 'SELECT 1'`)).toEqual({ status: 0, output: '1\n' });
    terminal.pressesCtrlC();
    expect(await terminal.code()).toBe(0);
    expect(person.shell(`${line} -XAtc 'SELECT 1'`)).toMatchObject({ status: 2 });
  });

  test('refuses a server whose certificate is for another name', async () => {
    aws.outputs.set('shop', { Connect: JSON.stringify(accessTo({ host: '127.0.0.1', port: server().port, databaseName: shop.database })) });
    const terminal = person.types('connect', '--stack', 'shop', '--local-port', port, '--', 'psql', '-c', 'SELECT 1');

    expect(await terminal.code()).toBe(2);
    expect(terminal.complained).toMatch(/server certificate for "localhost".* does not match host name "127\.0\.0\.1"/);
  });
});

describeWithAwsCli('cdk-golden-path connect', () => {
  const ORDERS = accessTo({ host: 'localhost', port: 5432, databaseName: 'app' });
  const ENVIRONMENT = ['--', 'sh', '-c', 'env | grep ^PG | sort'];
  let aws: LocalAccount;
  let person: Person;
  const meet = async (...outputs: PeopleAccessOutput[]) => {
    aws = await accountWith(...outputs);
    person = new Person(aws.url, { PGSERVICE: 'production', PGSERVICEFILE: '/etc/pg_service.conf' });
  };
  afterEach(async () => {
    person.leave();
    await aws.close();
  });

  test('starts the task with its agent, without a public address, and says who did', async () => {
    await meet(ORDERS);
    await person.types('connect', '--stack', 'shop', '--local-port', await localPort(), '--', 'true').code();

    expect(aws.inputsOf('RunTask')).toEqual([expect.objectContaining({
      cluster: 'orders-people',
      taskDefinition: DEFINITION,
      launchType: 'FARGATE',
      enableExecuteCommand: true,
      startedBy: 'connect/assumed-role/Developer/jane-example-com',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-3', 'subnet-4'], securityGroups: ['sg-people'], assignPublicIp: 'DISABLED' } },
    })]);
  });

  test('forwards a port to the database, and to nothing else', async () => {
    await meet(ORDERS);
    const port = await localPort();
    await person.types('connect', '--stack', 'shop', '--local-port', port, '--', 'true').code();
    const id = aws.tasks[0].taskArn.split('/').at(-1);

    expect(aws.inputsOf('StartSession')).toEqual([{
      Target: `ecs:orders-people_${id}_${id}-1234567890`,
      DocumentName: 'AWS-StartPortForwardingSessionToRemoteHost',
      Parameters: { host: ['localhost'], portNumber: ['5432'], localPortNumber: [port] },
    }]);
  });

  test('hands a program all that it needs to sign in, with a token of IAM for the role that writes, and no service of libpq, which leads elsewhere', async () => {
    await meet(ORDERS);
    const port = await localPort();
    const terminal = person.types('connect', '--stack', 'shop', '--read-write', '--local-port', port, ...ENVIRONMENT);

    expect(await terminal.code()).toBe(0);
    expect(terminal.said.split('\n')).toEqual([
      'PGDATABASE=app',
      'PGHOST=localhost',
      'PGHOSTADDR=127.0.0.1',
      expect.stringMatching(/^PGPASSWORD=localhost:5432\/\?Action=connect&DBUser=app_people_readwrite&.*X-Amz-Expires=900/),
      `PGPORT=${port}`,
      'PGSSLMODE=verify-full',
      expect.stringMatching(/^PGSSLROOTCERT=.*\/assets\/rds-certificates\/eu-west-1\.pem$/),
      'PGUSER=app_people_readwrite',
      '',
    ]);
  });

  test('stops the task when the program ends, and ends with its exit code', async () => {
    await meet(ORDERS);

    expect(await person.types('connect', '--stack', 'shop', '--local-port', await localPort(), '--', 'sh', '-c', 'exit 3').code()).toBe(3);
    expect(aws.inputsOf('StopTask')).toEqual([expect.objectContaining({ task: aws.tasks[0].taskArn, reason: 'connect is over' })]);
  });

  test('stops the task by Ctrl-C while it looks whether it is ready, and does not run the program', async () => {
    await meet(ORDERS);
    const terminal = person.types('connect', '--stack', 'shop', '--local-port', await localPort(), '--', 'echo', 'it ran');
    aws.whenAsked = (action) => action === 'DescribeTasks' && terminal.pressesCtrlC();

    expect([await terminal.code(), terminal.said]).toEqual([130, '']);
    expect(aws.inputsOf('StopTask')).toHaveLength(1);
  });

  test('waits for an agent that is late', async () => {
    await meet(ORDERS);
    aws.lateSessions = 1;

    expect(await person.types('connect', '--stack', 'shop', '--local-port', await localPort(), '--', 'true').code()).toBe(0);
  });

  test('closes the tunnel and stops the task when its time is over', async () => {
    await meet({ ...ORDERS, timeLimitSeconds: 1 });

    expect(await person.types('connect', '--stack', 'shop', '--local-port', await localPort()).code()).toBe(0);
    expect(aws.inputsOf('StopTask')).toHaveLength(1);
  });

  test('says which port is taken, and stops the task', async () => {
    await meet(ORDERS);
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const terminal = person.types('connect', '--stack', 'shop', '--local-port', String((taken.address() as AddressInfo).port), '--', 'true');

    expect(await terminal.code()).toBe(1);
    expect(terminal.complained).toContain('no port is forwarded: ');
    expect(terminal.complained).toContain('EADDRINUSE');
    expect(aws.inputsOf('StopTask')).toHaveLength(1);
    taken.close();
  });

  test('asks which of two databases is meant', async () => {
    await meet(ORDERS, { ...ORDERS, database: 'Data/Customers' });
    const terminal = person.types('connect', '--stack', 'shop');

    expect(await terminal.code()).toBe(1);
    expect(terminal.complained).toBe('--database must name one of Orders, Data/Customers, got none\n');
  });

  test('finds a database by the id of its construct', async () => {
    await meet(ORDERS, { ...ORDERS, database: 'Data/Customers', databaseName: 'customers' });
    const terminal = person.types('connect', '--stack', 'shop', '--database', 'Customers', '--local-port', await localPort(), ...ENVIRONMENT);

    expect(await terminal.code()).toBe(0);
    expect(terminal.said).toContain('PGDATABASE=customers\n');
  });

  test.each([
    ['a stack without a way for people', ['--stack', 'shop'], 1, "the stack shop has no database with 'peopleAccess': set PeopleAccess.bySessionManager() and deploy it\n"],
    ['a stack that is not there', ['--stack', 'shoe'], 1, /aws cloudformation describe-stacks: .*Stack with id shoe does not exist\n$/s],
    ['a port that is none', ['--stack', 'shop', '--local-port', '0'], 2, /^cdk-golden-path: --local-port must be a whole number from 1 to 65535, got '0'\n/],
  ])('refuses %s, in words', async (_, args, code, words) => {
    await meet();
    const terminal = person.types('connect', ...args);

    expect(await terminal.code()).toBe(code);
    expect(terminal.complained).toEqual(typeof words === 'string' ? words : expect.stringMatching(words));
  });
});
