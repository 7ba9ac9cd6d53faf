import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { Migrations } from '../../src/managed-postgres/migrations/migrations';
import { PlatformService } from '../../src/platform-service/platform-service';
import { containersIn, runFilesContainer } from '../fargate-task/files-container';
import { describeOnPostgres } from '../handlers/describe-on-postgres';
import type { PostgresServer } from '../handlers/postgres-server';
import { agnosticStackOf, appOf, databaseProps, IMAGE, stackIn, stackOf, vpcIn, workerProps } from '../support';

const BUNDLE = '/etc/rds/eu-west-1-bundle.pem';

/** A service that is connected to these databases; they need no other props. */
function connectedIn(stack: Stack, prefixes: string[] = ['PG']): PlatformService {
  const vpc = vpcIn(stack);
  const service = new PlatformService(stack, 'Api', workerProps(vpc));
  service.connectTo(...prefixes.map((variablePrefix) => new ManagedPostgres(stack, `Db-${variablePrefix}`, { ...databaseProps(vpc), variablePrefix })));
  return service;
}

function variablesOf(container: any): { [name: string]: unknown } {
  return Object.fromEntries(container.Environment.map(({ Name, Value }: any) => [Name, Value]));
}

test('a service finds the authorities of its region, and is told where', () => {
  const stack = stackOf();
  connectedIn(stack);

  const { app, files } = containersIn(stack);
  expect(variablesOf(app)).toMatchObject({ PGSSLMODE: 'verify-full', PGSSLROOTCERT: BUNDLE, NODE_EXTRA_CA_CERTS: BUNDLE });
  expect(app.MountPoints).toContainEqual({ ContainerPath: '/etc/rds', ReadOnly: true, SourceVolume: 'files-0' });
  expect(Object.keys(variablesOf(files))).toEqual(['FILE_0']);
  Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('certificate authorities'));
});

test('two databases of one service share the file', () => {
  const stack = stackOf();
  connectedIn(stack, ['PG', 'STOCK_PG']);

  const { app, files } = containersIn(stack);
  expect(variablesOf(app)).toMatchObject({ PGSSLROOTCERT: BUNDLE, STOCK_PGSSLROOTCERT: BUNDLE, NODE_EXTRA_CA_CERTS: BUNDLE });
  expect(Object.keys(variablesOf(files))).toEqual(['FILE_0']);
});

test('the authorities take less than 4 KiB of a task definition', () => {
  const stack = stackOf();
  connectedIn(stack);

  expect(JSON.stringify(containersIn(stack).files.Environment).length).toBeLessThan(4096);
});

test.each<[string, () => Stack, string]>([
  ['whose stack names no region', () => agnosticStackOf(), 'the stack of Shop/Db-PG names no region'],
  ['in a region without a bundle', () => stackIn(appOf(), 'Shop', { account: '444455556666', region: 'us-gov-west-1' }), 'it has none for us-gov-west-1'],
])('a database %s hands over no authorities, and says that the image must hold them', (_, stackFor, why) => {
  const stack = stackFor();
  connectedIn(stack);

  const { app, files } = containersIn(stack);
  expect(files).toBeUndefined();
  expect(Object.keys(variablesOf(app))).toEqual(['PGHOST', 'PGPORT', 'PGDATABASE', 'PGSSLMODE', 'DB_POOL_SIZE']);
  expect(app.MountPoints.map((it: any) => it.ContainerPath)).toEqual(['/tmp']);
  Annotations.fromStack(stack).hasWarning('/Shop/Api', 'The image must hold the certificate authorities of Amazon RDS and name them in PGSSLROOTCERT or NODE_EXTRA_CA_CERTS, since the '
    + `server's certificate is verified (PGSSLMODE=verify-full) and this package cannot hand them over: ${why} [ack: cdk-golden-path:certificateAuthorities]`);
});

test('a database that cannot hand them to the task of its migrations says so itself', () => {
  const stack = agnosticStackOf();
  new ManagedPostgres(stack, 'Orders', { ...databaseProps(vpcIn(stack)), migrations: Migrations.typeorm({ image: IMAGE, directory: 'test/support/migrations' }) });

  Annotations.fromStack(stack).hasWarning('/Shop/Orders', Match.stringLikeRegexp('^The image must hold the certificate authorities of Amazon RDS'));
});

describeOnPostgres('a driver that knows nothing but its environment', (server: () => PostgresServer) => {
  let root: string;
  let container: { [name: string]: any };
  beforeAll(() => {
    const stack = stackOf();
    connectedIn(stack);
    container = containersIn(stack);
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'task-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  /** What the task finds. */
  function writtenFile(): string {
    expect(runFilesContainer(container.files, root, process.env.PATH!).status).toBe(0);
    return join(root, 'files-0/eu-west-1-bundle.pem');
  }

  /** Signs in as a task would, with the authorities that its file holds. */
  async function signIn(authorities: string): Promise<string> {
    const { PGSSLMODE } = variablesOf(container.app);
    const { host, port, superuser } = server();
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', `
      const client = new (require('pg').Client)();
      client.connect().then(() => client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'))
        .then(({ rows }) => console.log(JSON.stringify(rows)), ({ message }) => console.log(message)).finally(() => client.end());
    `], {
      env: {
        PATH: process.env.PATH,
        PGHOST: host,
        PGPORT: String(port),
        PGDATABASE: 'postgres',
        PGUSER: superuser.user,
        PGPASSWORD: superuser.password,
        PGSSLMODE: String(PGSSLMODE),
        NODE_EXTRA_CA_CERTS: authorities,
      },
    });
    return stdout.trim();
  }

  test('signs in where one authority of the file has signed for the server', async () => {
    const file = join(root, 'one-more.pem');
    writeFileSync(file, `${readFileSync(writtenFile(), 'utf8')}${server().certificate.authority}`);

    expect(await signIn(file)).toBe('[{"ssl":true}]');
  });

  test('does not sign in where none of Amazon has', async () => {
    expect(await signIn(writtenFile())).toMatch(/certificate/);
  });
});
