import type { EnvironmentFile } from './environment-file';
import { ENVIRONMENT, type KeysShape, type Shape } from './environment-schema';
import type { FileProblems } from './file-problems';
import type { Setting } from './setting';
import type { TextRule } from './text-rule';
import { misspellings } from '../private/nearest-name';
import { secretShape } from '../private/secret-shape';

/** The same setting as one of the files has it. */
interface Side {
  readonly file: EnvironmentFile;
  readonly line: number;
  readonly setting: Setting;
}

/**
 * Compares the keys of all environments, and reports what one has and another lacks: what was forgotten in production
 * is found before production is deployed.
 *
 * Values are not compared. Keys that are refused anyway, unknown, missing or malformed, are left out.
 */
export class KeyParity {
  constructor(private readonly files: EnvironmentFile[], private readonly problems: FileProblems) {}

  /** Reports each key in every file that lacks it, with the first file that has it. */
  public run(): void {
    this.compare(ENVIRONMENT, '', this.files.map((file) => ({ file, line: file.root.line, setting: file.root })));
  }

  private compare(shape: Shape, path: string, sides: Side[]): void {
    if (shape.kind === 'keys') {
      Object.entries(shape.required).forEach(([key, of]) => this.compare(of, pathTo(path, key), below(sides, key)));
      Object.entries(shape.optional).forEach(([key, of]) => this.compareKey(key, of, path, sides.filter((side) => !misspells(side, shape, key))));
    } else if (shape.kind === 'entries') {
      accepted(sides.flatMap(keysOf), shape.names).forEach((name) => this.compareKey(name, shape.of, path, sides));
    } else if (shape.kind === 'list' && shape.sameEverywhere) {
      this.compareNames(shape.of, path, sides);
    }
  }

  private compareKey(key: string, shape: Shape, parent: string, sides: Side[]): void {
    const path = pathTo(parent, key);
    const found = below(sides, key);
    const lacking = sides.filter((side) => side.setting.kind === 'mapping' && !side.setting.entries.has(key));
    if (found.length > 0) {
      lacking.forEach(({ file, line }) => this.problems.add(file.path, line, path, {
        must: `must be set, because ${found[0].file.path}:${found[0].line} sets it`, remedy: 'add it here or remove it there',
      }));
    }
    this.compare(shape, path, found);
  }

  private compareNames(rule: TextRule, path: string, sides: Side[]): void {
    const lists = sides.filter((side) => side.setting.kind === 'list');
    const items = lists.flatMap((side) => itemsOf(side).map((item) => ({ ...item, file: side.file })));
    accepted(items.map((item) => item.text), rule).forEach((name) => {
      const source = items.find((item) => item.text === name)!;
      const lacking = lists.filter((side) => !itemsOf(side).some((item) => item.text === name));
      lacking.forEach(({ file, line }) => this.problems.add(file.path, line, path, {
        must: `must name '${name}', because ${source.file.path}:${source.line} does`, remedy: 'add it here or remove it there',
      }));
    });
  }
}

function pathTo(parent: string, key: string): string {
  return parent ? `${parent}.${key}` : key;
}

function below(sides: Side[], key: string): Side[] {
  return sides.flatMap(({ file, setting }) => {
    const entry = setting.kind === 'mapping' ? setting.entries.get(key) : undefined;
    return entry ? [{ file, line: entry.line, setting: entry.value }] : [];
  });
}

function keysOf({ setting }: Side): string[] {
  return setting.kind === 'mapping' ? [...setting.entries.keys()] : [];
}

function misspells(side: Side, shape: KeysShape, key: string): boolean {
  return [...misspellings(keysOf(side), Object.keys({ ...shape.required, ...shape.optional })).values()].includes(key);
}

function itemsOf({ setting }: Side): { text: string; line: number }[] {
  return setting.kind === 'list' ? setting.items.flatMap((it) => (it.kind === 'text' ? [it] : [])) : [];
}

/** The different names that are no problem by themselves. */
function accepted(names: string[], rule: TextRule): Set<string> {
  return new Set(names.filter((name) => rule.pattern.test(name) && !secretShape('', name)));
}
