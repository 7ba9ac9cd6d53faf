import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearsedMigrations } from '../../src/rehearsal/previous-release';

test('all migrations of a first release are new: the commit before it has no directory of them', () => {
  const directory = mkdtempSync(join(tmpdir(), 'first-release-'));
  const git = (...args: string[]) => execFileSync('git', ['-C', directory, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args]);
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'Begin');
  cpSync(join(__dirname, '../support/migrations'), join(directory, 'migrations'), { recursive: true });

  const migrations = rehearsedMigrations('rehearse', join(directory, 'migrations'), 'HEAD');

  rmSync(directory, { recursive: true });
  expect(migrations.map(({ released }) => released)).toEqual([false]);
});
