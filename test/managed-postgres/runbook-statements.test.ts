import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Client } from 'pg';
import { RunRecord } from '../../src/handlers/migration-guard/run-record';
import { describeOnPostgres } from '../handlers/describe-on-postgres';

const PAGES = path.join(__dirname, '../../docs/runbooks/managed-postgres');

/** What somebody is told to ask the server at night: statements in backticks, with a number for a process. */
const statements = fs.readdirSync(PAGES).flatMap((page) =>
  [...fs.readFileSync(path.join(PAGES, page), 'utf-8').matchAll(/`(select [^`]+)`/g)].map(([, statement]) => [page, statement.replace('(P)', '(0)')]));

test('there are statements in the runbooks', () => {
  expect(statements.length).toBeGreaterThan(15);
});

describeOnPostgres('the runbooks', (server) => {
  let client: Client;
  beforeAll(async () => {
    client = await server().connect(server().superuser);
    await client.query('CREATE SCHEMA app');
    await client.query('SET search_path TO app');
    await RunRecord.open(client); // as a run of the migrations does
  });
  afterAll(async () => client.end());

  test.each(statements)('%s asks what the server understands: %s', async (_, statement) => {
    await client.query(`prepare question as ${statement}`);
    await client.query('deallocate question');
  });
});
