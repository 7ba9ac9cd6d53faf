import { chmodSync, writeFileSync } from 'node:fs';
import type * as http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { LocalServices } from './local-services';
import { hasAwsCli, Person } from './person';
import type { PeopleAccessOutput } from '../../src/managed-postgres/stack-output';
import type { ServiceOutput } from '../../src/platform-service/service-output';
import { freePort } from '../../src/rehearsal/free-port';
import { Shop } from '../handlers/database-roles/shop';
import { describeOnOnePostgres } from '../handlers/describe-on-postgres';
import { documentedCommands } from '../support/documented-commands';
import { runbookStatements } from '../support/runbook-statements';

const DEFINITION = 'arn:aws:ecs:eu-west-1:444455556666:task-definition/orders-people:3';
const TASK = 'arn:aws:ecs:eu-west-1:444455556666:task/shop/0123456789abcdef0123456789abcdef';
const SERVICE: ServiceOutput = { kind: 'cdk-golden-path/service', construct: 'Api', region: 'eu-west-1', cluster: 'shop', service: 'api', logGroup: 'shop-api-logs' };

/** Each line that is typed starts some programs. */
const TIME_LIMIT = 180_000;

/** An account in which something has gone wrong, and which knows what AWS then tells. */
class TroubledAccount extends LocalServices {
  private maxAllocatedStorage = '50';

  protected async answer(action: string, input: any, body: string, response: http.ServerResponse): Promise<object | undefined> {
    switch (true) {
      case action === 'ListTasks': return { taskArns: [TASK] };
      case action === 'FilterLogEvents': return { events: [{ message: 'Error: STRIPE_API_KEY is not set', timestamp: 1, ingestionTime: 1, eventId: '1', logStreamName: 'app' }], searchedLogStreams: [] };
      case action === 'DescribeTasks' && input.tasks[0] === TASK:
        return { tasks: [{ taskArn: TASK, stoppedReason: 'Essential container in task exited', containers: [{ name: 'app', exitCode: 1 }] }], failures: [] };
      default: return super.answer(action, input, body, response);
    }
  }

  protected answerXml(action: string, form: URLSearchParams): string {
    const wrap = (result: string) => `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
    switch (action) {
      case 'ListStackResources': return wrap('<StackResourceSummaries><member><ResourceType>AWS::RDS::DBInstance</ResourceType><LogicalResourceId>OrdersInstance</LogicalResourceId>'
        + '<PhysicalResourceId>prod-shop-orders</PhysicalResourceId><LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackResourceSummaries>');
      case 'DescribeStackEvents': return wrap('<StackEvents><member><StackId>s</StackId><EventId>e</EventId><StackName>Prod-Shop</StackName><ResourceType>Custom::PostgresMigrations</ResourceType>'
        + '<ResourceStatus>UPDATE_FAILED</ResourceStatus><ResourceStatusReason>SQLSTATE 55P03, lock timeout; the log group is shop-orders-migrations</ResourceStatusReason>'
        + '<Timestamp>2026-01-01T00:00:00Z</Timestamp></member></StackEvents>');
      case 'DescribeDBInstances': return wrap('<DBInstances><DBInstance><AllocatedStorage>50</AllocatedStorage>'
        + `<MaxAllocatedStorage>${this.maxAllocatedStorage}</MaxAllocatedStorage><DBInstanceStatus>available</DBInstanceStatus></DBInstance></DBInstances>`);
      case 'ModifyDBInstance':
        this.maxAllocatedStorage = form.get('MaxAllocatedStorage')!;
        return wrap('<DBInstance></DBInstance>');
      default: return super.answerXml(action, form);
    }
  }
}

/** Each incident is handled with lines of its page only, capital letters filled in: what is no line of a page cannot be typed. */
const describeIncidents = hasAwsCli ? describeOnOnePostgres : () => undefined;

describeIncidents('somebody on call', (server) => {
  let shop: Shop;
  let aws: TroubledAccount;
  let person: Person;
  let blocked: Client;

  beforeAll(async () => {
    shop = await Shop.open(server());
    const { PeopleOperatorRole: operatorRole, PeopleReadOnlyRole: readOnlyRole, PeopleReadWriteRole: readWriteRole } = await shop.arrange();
    await shop.as(shop.secrets.owner, 'CREATE TABLE items AS SELECT generate_series(1, 100000) AS id');
    await shop.asSuperuser(`ALTER ROLE ${operatorRole} REPLICATION`); // what RDS lets a member of rds_replication do
    aws = await TroubledAccount.listen();
    const access: PeopleAccessOutput = {
      kind: 'cdk-golden-path/people-access',
      database: 'Orders',
      region: 'eu-west-1',
      cluster: 'orders-people',
      taskDefinition: DEFINITION,
      subnets: ['subnet-3'],
      securityGroups: ['sg-people'],
      host: server().host,
      port: server().port,
      databaseName: shop.database,
      readOnlyRole,
      readWriteRole,
      operatorRole,
      timeLimitSeconds: 3600,
    };
    aws.outputs.set('Prod-Shop', { Operate: JSON.stringify(SERVICE), Connect: JSON.stringify(access) });
    aws.definitions.set(DEFINITION, { taskDefinitionArn: DEFINITION, containerDefinitions: [{ name: 'wait', image: 'busybox' }] });
    aws.programs.set('busybox', { image: 'busybox', command: ['sleep', '3600'], directory: tmpdir(), environment: {} });
    aws.described.push({
      serviceName: 'api', taskDefinition: '', networkConfiguration: {}, ...{ events: [{ id: '1', createdAt: 1, message: '(service api) was unable to start tasks' }] },
    });
    aws.deploy(undefined, 5);
    aws.deploy(5, 6);
    const files = server().clientFilesOf(operatorRole);
    person = new Person(aws.url, { PGSSLROOTCERT: server().certificate.authorityFile, PGSSLCERT: files.cert, PGSSLKEY: files.key });
    const npx = join(person.directory, 'bin/npx');
    writeFileSync(npx, `#!/bin/sh\nshift\nexec '${process.execPath}' --import tsx '${join(__dirname, '../../src/cli/cdk-golden-path.ts')}' "$@"\n`);
    chmodSync(npx, 0o755);
  });
  afterAll(async () => {
    person.leave();
    await aws.close();
  });

  /** Types the line of a page that begins so, with its capital letters filled in; returns what appears. */
  async function types(page: string, beginning: string, fill: { readonly [letter: string]: string } = {}): Promise<string> {
    const found = documentedCommands().find((it) => it.page === `docs/runbooks/${page}` && it.text.startsWith(beginning));
    expect([page, beginning, found !== undefined]).toEqual([page, beginning, true]);
    return run(filled(found!.text, fill));
  }

  /** Types a statement of a page into psql, which the first line of the page opens. */
  async function asks(page: string, beginning: string, fill: { readonly [letter: string]: string } = {}): Promise<string> {
    const { wayIn, statements } = runbookStatements(`managed-postgres/${page}`);
    const found = statements.find((it) => it.startsWith(beginning));
    expect([page, beginning, found !== undefined]).toEqual([page, beginning, true]);
    const way = wayIn.replace(' -- psql', ` --local-port ${await freePort()} -- psql`);
    return run(`${way} -XAtc "${filled(found!, fill)}"`);
  }

  async function run(line: string): Promise<string> {
    const terminal = person.typesLine(line);
    const code = await terminal.code();
    expect({ line, code, complained: code === 0 ? '' : terminal.complained }).toEqual({ line, code: 0, complained: '' });
    return terminal.said;
  }

  function filled(text: string, letters: { readonly [letter: string]: string }): string {
    return text.replace(/(?<![\w*])[A-Z](?![\w*-])/g, (letter) => letters[letter] ?? letter);
  }

  test('handles TooFewTasks: sees that the newest version does not start, and goes back', async () => {
    const page = 'platform-service/too-few-tasks.md';
    const { cluster: C, service: S, logGroup: L } = JSON.parse((await types('README.md', 'aws cloudformation describe-stacks')).split('\t').find((it) => it.includes('"cdk-golden-path/service"'))!) as ServiceOutput;

    expect(await types(page, 'aws ecs describe-services', { C, S })).toContain('was unable to start tasks');
    const [K] = (JSON.parse(await types(page, 'aws ecs list-tasks', { C, S })) as { taskArns: string[] }).taskArns;
    expect(await types(page, 'aws ecs describe-tasks', { C, K })).toContain('Essential container in task exited');
    expect(await types(page, 'aws logs filter-log-events', { L, M: '1700000000000' })).toContain('STRIPE_API_KEY is not set');
    expect(await types(page, 'aws ecs list-service-deployments', { C, S })).toContain('SUCCESSFUL');
    expect(await types(page, 'npx cdk-golden-path rollback')).toContain('Prod-Shop/Api runs api:5');
  }, TIME_LIMIT);

  test('handles StorageFullSoon: finds the slot that holds the log back and the largest table, drops the one, and raises the maximum', async () => {
    await shop.asSuperuser("SELECT pg_create_physical_replication_slot('old_connector', true)");
    const [, , D] = /(AWS::RDS::DBInstance)\W+\w+\W+([\w-]+)/.exec(await types('README.md', 'aws cloudformation list-stack-resources'))!;

    expect(JSON.parse(await types('managed-postgres/storage-full-soon.md', 'aws rds describe-db-instances', { D }))).toEqual([[50, 50, 'available']]);
    expect((await asks('storage-full-soon.md', 'select oid::regclass')).split('\n')[0]).toMatch(/^items\|/);
    const [S] = (await asks('slot-behind.md', 'select slot_name')).split('|');
    expect(S).toBe('old_connector');
    await asks('slot-behind.md', 'select pg_drop_replication_slot', { S });
    expect(await asks('slot-behind.md', 'select slot_name')).toBe('');
    await types('managed-postgres/storage-full-soon.md', 'aws rds modify-db-instance', { D, N: '500' });
    expect(JSON.parse(await types('managed-postgres/storage-full-soon.md', 'aws rds describe-db-instances', { D }))).toEqual([[50, 500, 'available']]);
  }, TIME_LIMIT);

  test('handles MigrationFailed: finds the session that stands in the way, ends it, and the migration runs', async () => {
    const page = 'managed-postgres/migration-failed.md';
    const { app, owner } = shop.secrets;
    blocked = await server().connect({ user: app.username, password: app.password, database: shop.database });
    await blocked.query('BEGIN');
    await blocked.query('SELECT count(*) FROM items');
    const migrates = () => shop.as(owner, "SET lock_timeout TO '1s'", 'ALTER TABLE items ADD price int');
    await expect(migrates()).rejects.toThrow('canceling statement due to lock timeout');

    expect(await types(page, 'aws cloudformation describe-stack-events')).toContain('SQLSTATE 55P03, lock timeout');
    await types(page, 'aws logs filter-log-events', { L: 'shop-orders-migrations', M: '1700000000000' });
    const [P, who] = (await asks('migration-failed.md', 'select pid, usename, application_name')).split('|');
    expect(who).toBe(app.username);
    await asks('migration-failed.md', 'select pg_terminate_backend', { P });
    await migrates();
    await blocked.end().catch(() => undefined);
  }, TIME_LIMIT);
});
