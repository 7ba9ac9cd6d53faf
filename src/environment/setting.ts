import type * as yaml from 'yaml';
import type { Problem } from '../private/invalid';

/** One value of a YAML file, with aliases and merge keys resolved, and the lines where it stands. */
export type Setting = Lines & (
  | { readonly kind: 'text'; readonly text: string }
  /** A number or boolean, as it is written. */
  | { readonly kind: 'bare'; readonly text: string }
  | { readonly kind: 'nothing' }
  /** What could not be resolved, and is reported as such. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'list'; readonly items: Setting[] }
  | Mapping
);

/** Keys, in the order of the file. */
export interface Mapping extends Lines {
  readonly kind: 'mapping';
  readonly entries: Map<string, Entry>;
}

/** What a key leads to. */
export interface Entry {
  /** Where the key stands. */
  readonly line: number;
  readonly value: Setting;
}

interface Lines {
  readonly line: number;
  readonly lastLine: number;
}

/** The setting as JavaScript has it. */
export function plainValue(setting: Setting): unknown {
  switch (setting.kind) {
    case 'text':
    case 'bare': return setting.text;
    case 'list': return setting.items.map(plainValue);
    case 'mapping': return Object.fromEntries([...setting.entries].map(([key, entry]) => [key, plainValue(entry.value)]));
    case 'nothing':
    case 'broken': return undefined;
  }
}

/** Is told what YAML allows and settings do not. */
export type Report = (line: number, name: string, problem: Problem) => void;

/** Turns the nodes of one YAML document into settings. */
export class SettingReader {
  /** An alias is the same setting again: a file of aliases of aliases stays as small as it is. */
  private readonly known = new Map<unknown, Setting>();
  private readonly open = new Set<unknown>();

  constructor(
    private readonly yamlLibrary: typeof yaml,
    private readonly document: yaml.Document,
    private readonly lineAt: (offset: number) => number,
    private readonly report: Report,
  ) {}

  /** The setting of a node; one without content is nothing, on the line of its key. */
  public read(given: unknown, keyLine: number): Setting {
    const { isAlias } = this.yamlLibrary;
    const node = isAlias(given) ? given.resolve(this.document) : given;
    const known = this.known.get(node);
    if (known) {
      return known;
    }
    if (this.open.has(node) || (isAlias(given) && !node)) {
      this.report(keyLine, 'alias', { must: 'must repeat something that stands before it as a whole', remedy: 'write the value out' });
      return { kind: 'broken', line: keyLine, lastLine: keyLine };
    }
    this.open.add(node);
    const setting = this.settingOf(node, keyLine);
    this.open.delete(node);
    if (node) {
      this.known.set(node, setting);
    }
    return setting;
  }

  private settingOf(node: unknown, keyLine: number): Setting {
    const { isMap, isSeq, isScalar } = this.yamlLibrary;
    const lines = this.linesOf(node, keyLine);
    if (isMap(node)) {
      return { kind: 'mapping', ...lines, entries: this.entriesOf(node) };
    }
    if (isSeq(node)) {
      return { kind: 'list', ...lines, items: node.items.map((item) => this.read(item, this.linesOf(item, lines.line).line)) };
    }
    if (!isScalar(node) || node.value === null) {
      return { kind: 'nothing', ...lines };
    }
    return typeof node.value === 'string' ? { kind: 'text', ...lines, text: node.value } : { kind: 'bare', ...lines, text: node.source ?? '' };
  }

  private entriesOf(map: yaml.YAMLMap): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    const merged: Entry[] = [];
    for (const { key, value } of map.items) {
      const { line } = this.linesOf(key, this.linesOf(map, 1).line);
      const name = this.nameOf(key);
      if (name === undefined) {
        this.report(line, 'key', { must: 'must be a single word', remedy: 'correct it' });
      } else if (this.isMerge(key)) {
        merged.push({ line, value: this.read(value, line) });
      } else if (entries.has(name)) {
        this.report(line, name, { must: `must not be given twice, and is on line ${entries.get(name)!.line} already`, remedy: 'remove one of the two' });
      } else {
        entries.set(name, { line, value: this.read(value, line) });
      }
    }
    merged.forEach((it) => this.merge(it.value, it.line, entries));
    return entries;
  }

  /** What the mapping says itself goes before what it merges: https://yaml.org/type/merge.html */
  private merge(source: Setting, line: number, entries: Map<string, Entry>): void {
    if (source.kind === 'list') {
      source.items.forEach((item) => this.merge(item, line, entries));
    } else if (source.kind === 'mapping') {
      source.entries.forEach((entry, name) => entries.set(name, entries.get(name) ?? entry));
    } else {
      this.report(line, '<<', { must: 'must merge a mapping', remedy: 'name an anchor that stands at a mapping' });
    }
  }

  private isMerge(key: unknown): boolean {
    return this.yamlLibrary.isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
  }

  private nameOf(key: unknown): string | undefined {
    const node = this.yamlLibrary.isAlias(key) ? key.resolve(this.document) : key;
    if (!this.yamlLibrary.isScalar(node)) {
      return undefined;
    }
    return typeof node.value === 'string' ? node.value : node.source;
  }

  private linesOf(node: unknown, otherwise: number): Lines {
    const range = this.yamlLibrary.isNode(node) ? node.range : undefined;
    if (!range) {
      return { line: otherwise, lastLine: otherwise };
    }
    return { line: this.lineAt(range[0]), lastLine: this.lineAt(Math.max(range[0], range[1] - 1)) };
  }
}
