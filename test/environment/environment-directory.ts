import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformEnvironments } from '../../src/environment/platform-environments';

/** A whole environment file, as the README shows it. Line numbers in expected messages count from its first line. */
export const PROD = `tier: prod
account: "444455556666"
region: eu-west-1
zones: [eu-west-1a, eu-west-1b, eu-west-1c]
domain: { name: shop.example.com, hostedZoneId: Z0123456789ABCDEFGHIJ }
services:
  api:
    variables: { LOG_LEVEL: info }
    secrets: [STRIPE_API_KEY]
    flags: [new-checkout]
`;

/** The same with one part replaced, which must be there. */
export function prodWith(part: string, replacement: string): string {
  if (!PROD.includes(part)) {
    throw new Error(`no '${part}' in the file`);
  }
  return PROD.replace(part, () => replacement);
}

const home = process.cwd();
let temporary: string | undefined;

/** Goes to an empty directory in which the files stand under `config`, and reads them from there. */
export function read(files: { [name: string]: string | Buffer }): PlatformEnvironments {
  leave();
  temporary = mkdtempSync(join(tmpdir(), 'environments-'));
  process.chdir(temporary);
  mkdirSync('config');
  Object.entries(files).forEach(([name, content]) => writeFileSync(join('config', name), content));
  return PlatformEnvironments.fromDirectory('config');
}

/** What is said about the files, or undefined if they are accepted. */
export function refusal(files: { [name: string]: string | Buffer }): string | undefined {
  try {
    read(files);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Goes back and removes the directory. */
export function leave(): void {
  process.chdir(home);
  if (temporary) {
    rmSync(temporary, { recursive: true, force: true });
    temporary = undefined;
  }
}
