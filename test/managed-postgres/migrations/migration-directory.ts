import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type MigrationFile, migrationFiles } from '../../../src/managed-postgres/migrations/migration-file';

const home = process.cwd();
let temporary: string | undefined;

/** Goes to an empty directory in which these files stand under `migrations`, and says where that is. */
export function enter(files: { [name: string]: string }): string {
  leave();
  temporary = mkdtempSync(join(tmpdir(), 'migrations-'));
  process.chdir(temporary);
  mkdirSync('migrations');
  write(files);
  return temporary;
}

/** Writes more of them, or over them. */
export function write(files: { [name: string]: string }): void {
  Object.entries(files).forEach(([name, content]) => {
    mkdirSync(dirname(join('migrations', name)), { recursive: true });
    writeFileSync(join('migrations', name), content);
  });
}

/** Goes back and removes the directory. */
export function leave(): void {
  process.chdir(home);
  if (temporary) {
    rmSync(temporary, { recursive: true, force: true });
    temporary = undefined;
  }
}

/** What is read of a single file. */
export function migrationOf(source: string, name = '1-a.ts'): MigrationFile {
  enter({ [name]: source });
  const [read, ...others] = migrationFiles('Shop', 'migrations');
  if (others.length > 0) {
    throw new Error(`expected one migration, got ${others.length + 1}`);
  }
  return read;
}

/** What is said about the files, or undefined where nothing is. */
export function refusal(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A migration whose `up` and `down` run these statements. */
export function migration(name: string, up: string, { down = 'DROP TABLE none', body = '', above = '' } = {}): string {
  return `${above}
    import type { MigrationInterface, QueryRunner } from 'typeorm';

    export class ${name} implements MigrationInterface {
      ${body}
      async up(runner: QueryRunner): Promise<void> {
        await runner.query(${JSON.stringify(up)});
      }

      async down(runner: QueryRunner): Promise<void> {
        await runner.query(${JSON.stringify(down)});
      }
    }
  `;
}
