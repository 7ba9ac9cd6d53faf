import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '../..');

/** A step of a task of projen: esbuild with its arguments. */
interface Step {
  readonly execArgs?: readonly string[];
}

const { tasks }: { tasks: { [name: string]: { steps: readonly Step[] } } } = JSON.parse(readFileSync(join(ROOT, '.projen/tasks.json'), 'utf8'));

/** How each bundle in `assets/` is made, by its file: the arguments that `projen bundle` gives to esbuild. */
const ARGUMENTS: ReadonlyMap<string, readonly string[]> = new Map(Object.values(tasks)
  .flatMap(({ steps }) => steps ?? [])
  .flatMap(({ execArgs: [program, ...args] = [] }) => program === 'esbuild' && !args.includes('--watch') ? [[optionIn(args, 'outfile')[0], args]] : []));

/** The files in `assets/` that are bundles. */
export const BUNDLES: readonly string[] = [...ARGUMENTS.keys()];

/** The path of a bundle, for tests that run it. Throws, in words, where it is missing or was made from other sources than there are now. */
export function freshBundle(file: string): string {
  const path = join(ROOT, file);
  if (read(path) !== bundled(ARGUMENTS.get(file)!)) {
    throw new Error(`${file} is not what its sources say now, and tests would run the old program; run: npx projen bundle`);
  }
  return path;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** What `projen bundle` would make of the sources. */
function bundled(args: readonly string[]): string {
  const unknown = args.flatMap((it) => /^--([\w-]+)/.exec(it)?.slice(1) ?? []).filter((it) => !KNOWN.has(it));
  if (unknown.length > 0) {
    throw new Error(`test/support/bundles.ts does not know what esbuild makes of --${unknown.join(', --')}`);
  }
  const [{ text }] = buildSync({
    entryPoints: args.filter((it) => !it.startsWith('--')),
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    minify: args.includes('--minify'),
    platform: 'node', // all of them
    target: optionIn(args, 'target'),
    external: optionIn(args, 'external'),
    ...optionIn(args, 'main-fields').length > 0 && { mainFields: optionIn(args, 'main-fields')[0].split(',') },
    ...optionIn(args, 'tsconfig').length > 0 && { tsconfig: optionIn(args, 'tsconfig')[0] },
  }).outputFiles;
  return text;
}

/** What `bundled` passes on, and where the result goes. */
const KNOWN = new Set(['bundle', 'minify', 'platform', 'target', 'external', 'main-fields', 'tsconfig', 'outfile']);

/** The values of `--name=value` and of `--name:value`. */
function optionIn(args: readonly string[], name: string): string[] {
  return args.flatMap((it) => new RegExp(`^--${name}[=:](.*)$`).exec(it)?.slice(1) ?? []);
}
