import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A command as a page shows it. */
export interface DocumentedCommand {
  readonly page: string;
  readonly text: string;
  readonly program: 'aws' | 'cdk' | 'cdk-golden-path';
  /** What stands after the name of the program. A capital letter, which stands for a name or a number, is 1. */
  readonly words: readonly string[];
  /** Whether somebody may type it as it stands: not a mere mention of `cdk-golden-path connect`. */
  readonly isWhole: boolean;
}

const ROOT = join(__dirname, '../..');
const PROGRAM = /^(?:npx )?(aws|cdk|cdk-golden-path) (?=[a-z-])/;

/** Every command of the three programs in the pages of this repository, in the order in which they stand there. */
export function documentedCommands(): DocumentedCommand[] {
  const pages = ['README.md', 'CONTRIBUTING.md', 'bench/README.md', 'examples/shop/README.md', ...pagesBelow('docs')];
  return pages.flatMap((page) => linesOf(readFileSync(join(ROOT, page), 'utf8')).flatMap(commandsIn).map(([text, isTyped]) => {
    const [prefix, program] = PROGRAM.exec(text)!;
    const words = wordsOf(text.slice(prefix.length));
    const isMention = words.length <= (program === 'aws' ? 2 : 1) && !isTyped && !page.startsWith('docs/runbooks/');
    return { page, text, program: program as DocumentedCommand['program'], words, isWhole: !isMention };
  }));
}

function pagesBelow(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile() && it.name.endsWith('.md')).map((it) => relative(ROOT, join(it.parentPath, it.name))).sort();
}

/** What a page shows as code: texts in backticks, and lines of blocks, which are typed as they stand. */
function linesOf(page: string): [string, boolean][] {
  return page.split(/^```/m).flatMap<[string, boolean]>((part, index) => {
    if (index % 2 === 0) {
      return [...part.matchAll(/`([^`]+)`/g)].map(([, text]): [string, boolean] => [text.replace(/\s+/g, ' '), false]);
    }
    const lines = /^(sh|bash|console)\n/.test(part) ? part.replaceAll('\\\n', ' ').split('\n') : [];
    return lines.map((line): [string, boolean] => [line.replace(/\s+#.*$/, ''), true]);
  });
}

/** A line may chain commands, and hold one in `$(…)`. */
function commandsIn([line, isTyped]: [string, boolean]): [string, boolean][] {
  const inner = [...line.matchAll(/\$\(([^()]+)\)/g)].map(([, text]) => text);
  return [...line.replace(/\$\([^()]+\)/g, '1').split(/ && | \| |; /), ...inner].map((it) => it.trim().replace(/^(\w+=\S+ )+/, '')).filter((it) => PROGRAM.test(it)).map((it) => [it, isTyped]);
}

/** As a shell splits it. */
function wordsOf(text: string): string[] {
  const words = [...text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''));
  return words.map((it) => it.replace(/(?<![\w*])[A-Z](?![\w*-])/g, '1'));
}
