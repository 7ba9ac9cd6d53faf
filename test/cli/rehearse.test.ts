import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describeOnOnePostgres } from '../handlers/describe-on-postgres';
import { type GeneratedMigration, TeamImage } from '../handlers/migration-gate/team-image';

const ROOT = path.join(__dirname, '../..');
const accounts: GeneratedMigration = { name: 'CreateAccounts1700000000001', up: 'CREATE TABLE accounts (id integer PRIMARY KEY, note text)', down: 'DROP TABLE accounts' };
const colour: GeneratedMigration = { name: 'AddColour1700000000002', up: 'ALTER TABLE accounts ADD COLUMN colour text', down: 'ALTER TABLE accounts DROP COLUMN colour' };
const dropped: GeneratedMigration = { name: 'DropNote1700000000003', up: 'ALTER TABLE accounts DROP COLUMN note', down: 'ALTER TABLE accounts ADD COLUMN note text' };

describeOnOnePostgres('cdk-golden-path rehearse', server => {
  let image: TeamImage;
  afterEach(() => image.delete());

  /** A repository in which `main` has released the first migration, and the working tree has all of them. */
  function repository(...fresh: GeneratedMigration[]): string {
    image = new TeamImage({ migrations: [accounts, ...fresh] });
    const migrations = path.join(image.directory, 'migrations');
    fs.mkdirSync(migrations);
    const git = (...args: string[]) => execFileSync('git', ['-C', image.directory, '-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args]);
    const write = ({ name, up, down }: GeneratedMigration) => fs.writeFileSync(path.join(migrations, `${name.slice(-13)}-${name}.ts`),
      `export class ${name} { async up(runner) { await runner.query(\`${String(up)}\`); } async down(runner) { await runner.query(\`${String(down)}\`); } }\n`);
    git('init', '--quiet', '--initial-branch=main');
    write(accounts);
    command('lock', migrations);
    git('add', 'migrations');
    git('commit', '--quiet', '--message', 'Release');
    fresh.forEach(write);
    return migrations;
  }

  function command(...args: string[]) {
    const program = path.join(ROOT, 'src/cli/cdk-golden-path.ts');
    return spawnSync(process.execPath, ['--import', 'tsx', program, ...args], { cwd: ROOT, encoding: 'utf8', timeout: 60_000 });
  }

  const rehearsed = (migrations: string, ...args: string[]) =>
    command('rehearse', migrations, '--data-source', path.join(image.directory, 'dist/data-source.js'), '--previous', 'main', '--server-bin', server().programs, ...args);

  test('ends with 0 where all is well, and writes the report', () => {
    const migrations = repository(colour);
    const file = path.join(image.directory, 'report.json');

    const { status, stdout } = rehearsed(migrations, '--json', file);

    expect([status, stdout]).toEqual([0, expect.stringMatching(/passed: 1 new migration, 0 problems\n$/)]);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toMatchObject({ outcome: 'passed', from: 'CreateAccounts1700000000001', migrations: [{ name: 'AddColour1700000000002' }] });
  });

  test('ends with 1 where the migrations must not be deployed like this', () => {
    const { status, stdout, stderr } = rehearsed(repository(dropped));

    expect(status).toBe(1);
    expect(stdout).toContain('PROBLEM: DropNote1700000000003 breaks the previous release: dropped column app.accounts.note');
    expect(stderr).toContain("'migrations' must pass their rehearsal, got '1 problem'");
  });

  test('ends with 2 where they could not be rehearsed', () => {
    const { status, stdout } = rehearsed(repository(colour), '--seed', path.join(ROOT, 'README.md'));

    expect([status, stdout]).toEqual([2, expect.stringContaining('not rehearsed: the seed')]);
  });

  test('refuses a released migration that was edited since: the schema of before cannot be made any more', () => {
    const migrations = repository(colour);
    fs.appendFileSync(path.join(migrations, '1700000000001-CreateAccounts1700000000001.ts'), '// edited');

    expect(rehearsed(migrations)).toMatchObject({ status: 1, stderr: expect.stringContaining("'migrations' must not be changed after release") });
  });

  test('begins nothing where its report could not be written', () => {
    expect(rehearsed(repository(colour), '--json', path.join(image.directory, 'reports/report.json'))).toMatchObject({ status: 2, stderr: expect.stringContaining('there is no directory for the report') });
  });

  test('refuses a commit that git does not have', () => {
    const migrations = repository(colour);

    expect(command('rehearse', migrations, '--data-source', path.join(image.directory, 'dist/data-source.js'), '--previous', 'nowhere').stderr).toContain("'--previous' must be a commit that git has here, got 'nowhere'");
  });

  test('touches no server that is not named twice', () => {
    const migrations = repository(colour);

    expect(rehearsed(migrations, '--database-is-scratch', 'db.example.com')).toMatchObject({ status: 2, stderr: expect.stringContaining('--database-is-scratch must name the host of PGHOST') });
  });
});
