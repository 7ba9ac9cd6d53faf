import { createHash } from 'node:crypto';
import type { MigrationFile } from './migration-file';

/** One hash over the names and the content of all migrations, in their order: when it changes there is something to run. */
export function contentHash(files: readonly MigrationFile[]): string {
  const content = files.map(({ name, fileName, sha256 }) => `${name}\t${fileName}\t${sha256}\n`).join('');
  return createHash('sha256').update(content).digest('hex');
}
