import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommandLine } from '../../src/cli/command-line';
import { enter, leave, migration } from '../managed-postgres/migrations/migration-directory';

afterEach(leave);

const ROOT = join(__dirname, '../..');

const run = async (...args: string[]) => {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await runCommandLine(args, { say: (line) => said.push(line), complain: (line) => complained.push(line) });
  return { code, said, complained };
};

test.each(['--help', '-h', 'help'])('tells with %s what it can do', async (option) => {
  const { code, said } = await run(option);

  expect(code).toBe(0);
  expect(said[0]).toBe('Usage: cdk-golden-path <command> [options]');
  expect(said).toContain('  lock <directory>  lists the new migrations of a directory in its migrations.lock, after checking them');
});

test.each(['--help', '-h'])('tells with %s what a command does and takes', async (option) => {
  const { code, said } = await run('lock', option);

  expect(code).toBe(0);
  expect(said[0]).toBe('Usage: cdk-golden-path lock <directory> [options]');
  expect(said).toContain("  --irreversible <file>  a new migration without a way back, which the app names with its reason in 'irreversible'");
});

test('tells its version', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

  expect(await run('--version')).toEqual({ code: 0, said: [version], complained: [] });
});

test.each([
  [[], 'no command is given; there is lock, rehearse, migrate, connect, run, rollback, secrets'],
  [['lokc'], "there is no command 'lokc'; there is lock, rehearse, migrate, connect, run, rollback, secrets"],
  [['toString'], "there is no command 'toString'; there is lock, rehearse, migrate, connect, run, rollback, secrets"],
  [['--unknown'], "there is no command '--unknown'; there is lock, rehearse, migrate, connect, run, rollback, secrets"],
])('does not understand %j', async (args, words) => {
  expect(await run(...args)).toEqual({ code: 2, said: [], complained: [`cdk-golden-path: ${words}`, "See 'cdk-golden-path --help'."] });
});

describe('the program', () => {
  const program = (...args: string[]) => spawnSync(process.execPath, ['--import', require.resolve('tsx'), join(ROOT, 'src/cli/cdk-golden-path.ts'), ...args], { encoding: 'utf8' });

  test('writes what it did to the standard output and ends with 0', () => {
    enter({ 'a.ts': migration('A1700000000001', 'SELECT 1') });

    const { status, stdout, stderr } = program('lock', 'migrations');

    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'added a.ts\nmigrations/migrations.lock lists 1 now, taken for released as they are: commit it\n', stderr: '' });
  });

  test('writes what it refuses to the standard error and ends with 1', () => {
    enter({});

    const { status, stdout, stderr } = program('lock', 'nowhere');

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^\[cdk-golden-path lock\] 'directory' must be a directory, got 'nowhere'/);
  });

  test('ends with 2 where it does not understand', () => {
    expect(program().status).toBe(2);
  });
});

test('loads nothing of the AWS CDK, so that it answers at once', () => {
  const script = "require(process.argv[1]); console.log(Object.keys(require.cache).filter((it) => it.includes('aws-cdk-lib')).length)";

  const { stdout } = spawnSync(process.execPath, ['--import', require.resolve('tsx'), '-e', script, join(ROOT, 'src/cli/command-line.ts')], { encoding: 'utf8' });

  expect(stdout).toBe('0\n');
});

test('begins with the line by which a shell finds Node.js', () => {
  expect(readFileSync(join(ROOT, 'src/cli/cdk-golden-path.ts'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});
