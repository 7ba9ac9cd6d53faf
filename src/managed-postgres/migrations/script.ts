/** One piece of a script: a word, a number, a text (of quotes or backticks), a regular expression, or a sign of its own. */
export interface ScriptToken {
  readonly kind: 'word' | 'number' | 'text' | 'pattern' | 'sign';
  /** As it is written; of a text what it says, with `${…}` for each expression in it. */
  readonly value: string;
  /** Whether it is the first of its line. */
  readonly startsLine: boolean;
  /** Of a bracket the index of the one that belongs to it. The expressions of a template follow it, between `${` and `}`. */
  readonly partner?: number;
}

/** A script in TypeScript or JavaScript as its pieces. */
export interface Script {
  readonly tokens: readonly ScriptToken[];
  /** What the comments say, without their marks. */
  readonly comments: readonly string[];
  /** False where a bracket, a text or a comment has no end: then it was misread, or is no script. */
  readonly whole: boolean;
}

/** What stands for an expression of which only the run of the script knows the value. */
export const EXPRESSION = '${…}';

type Writable = { -readonly [Key in keyof ScriptToken]: ScriptToken[Key] };

const SPACE = /[\s\uFEFF]+/uy;
const WORD = /[#$_\p{ID_Start}][$\u200C\u200D\p{ID_Continue}]*/uy;
const NUMBER = /\.?\d[\w.]*/y;
const COMMENT = /\/\/.*|\/\*[\s\S]*?(?:\*\/|$)/y;
/** No longer than this many characters: what has no end must not be looked for again and again. */
const LONGEST_PATTERN = 500;
const PATTERN = /^\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n\r])*\]|[^/\\[\n\r])+\/\w*/;
const QUOTED = /(["'])((?:\\(?:\r\n|[\s\S])|(?!\1)[^\\\n\r])*)(\1?)/y;
const TEMPLATE_TEXT = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*/y;
const ESCAPE = /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))/g;
const ESCAPED: { [letter: string]: string } = { 'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', 'v': '\v', '0': '\0', '\n': '', '\r': '', '\r\n': '' };

const OPENING: { [closing: string]: string[] } = { ')': ['('], ']': ['['], '}': ['{', '${'] };

/** After these a slash begins a regular expression, and after other words it divides. */
const BEFORE_A_PATTERN = new Set(['return', 'typeof', 'case', 'do', 'else', 'in', 'of', 'instanceof', 'new', 'delete', 'void', 'throw', 'await', 'yield']);

/** Takes a script apart, whatever it is: what is no script becomes pieces that mean nothing. */
export function scriptOf(source: string): Script {
  return new Scanner(source).scan();
}

/** Knows the words of the language and not its grammar. Each step moves on, and none calls itself. */
class Scanner {
  private readonly tokens: Writable[] = [];
  private readonly comments: string[] = [];
  private readonly open: number[] = [];
  private readonly templates: Writable[] = [];
  private whole = true;
  private startsLine = true;
  private at = 0;

  constructor(private readonly source: string) {}

  public scan(): Script {
    this.at = /^\uFEFF?#!.*/.exec(this.source)?.[0].length ?? 0;
    while (this.at < this.source.length) {
      this.step();
    }
    return { tokens: this.tokens, comments: this.comments, whole: this.whole && this.open.length === 0 && this.templates.length === 0 };
  }

  private step(): void {
    const space = this.take(SPACE)?.[0];
    if (space !== undefined) {
      this.startsLine ||= /[\n\r\u2028\u2029]/.test(space);
      return;
    }
    const comment = this.take(COMMENT)?.[0];
    if (comment !== undefined) {
      this.addComment(comment);
      return;
    }
    this.stepToken();
  }

  private stepToken(): void {
    const quoted = this.take(QUOTED);
    const number = quoted ? undefined : this.take(NUMBER);
    const word = quoted ?? number ?? this.take(WORD);
    const pattern = word || !this.maySlashBeginPattern() ? undefined : PATTERN.exec(this.source.slice(this.at, this.at + LONGEST_PATTERN));
    if (quoted) {
      this.whole &&= quoted[3] !== '';
      this.add('text', unescaped(quoted[2]));
    } else if (word) {
      this.add(number ? 'number' : 'word', word[0]);
    } else if (pattern) {
      this.at += pattern[0].length;
      this.add('pattern', pattern[0]);
    } else if (this.source[this.at] === '`') {
      this.at += 1;
      this.templates.push(this.add('text', ''));
      this.readTemplate();
    } else {
      this.addSign(this.source.startsWith('=>', this.at) ? '=>' : this.source[this.at]);
    }
  }

  private addComment(comment: string): void {
    this.whole &&= !comment.startsWith('/*') || (comment.length > 3 && comment.endsWith('*/'));
    this.startsLine ||= /[\n\r]/.test(comment);
    this.comments.push(comment.startsWith('//') ? comment.slice(2) : comment.slice(2).replace(/\*\/$/, ''));
  }

  private addSign(sign: string): void {
    this.at += sign.length;
    const index = this.tokens.length;
    const token = this.add('sign', sign);
    if (sign === '(' || sign === '[' || sign === '{') {
      this.open.push(index);
    } else if (OPENING[sign]) {
      this.close(index, token);
    }
  }

  private close(index: number, token: Writable): void {
    const opening = this.open.at(-1);
    if (opening === undefined || !OPENING[token.value].includes(this.tokens[opening].value)) {
      this.whole = false;
      return;
    }
    this.open.pop();
    this.tokens[opening].partner = index;
    token.partner = opening;
    if (this.tokens[opening].value === '${') {
      this.readTemplate();
    }
  }

  /** On to the end of the template, or to the expression in it. */
  private readTemplate(): void {
    const template = this.templates.at(-1)!;
    template.value += unescaped(this.take(TEMPLATE_TEXT)?.[0] ?? '');
    if (this.source.startsWith('${', this.at)) {
      template.value += EXPRESSION;
      this.at += 2;
      this.open.push(this.tokens.length);
      this.add('sign', '${');
    } else {
      this.whole &&= this.source[this.at] === '`';
      this.at += 1;
      this.templates.pop();
    }
  }

  /** As far as one can tell without the grammar: not after what could be the left side of a division. */
  private maySlashBeginPattern(): boolean {
    const last = this.tokens.at(-1);
    if (this.source[this.at] !== '/' || last === undefined) {
      return this.source[this.at] === '/';
    }
    // After `}` of a template stands no slash of its own: the template goes on.
    return last.kind === 'word' ? BEFORE_A_PATTERN.has(last.value) : last.kind === 'sign' && last.value !== ')' && last.value !== ']' && last.partner === undefined;
  }

  private add(kind: ScriptToken['kind'], value: string): Writable {
    const token: Writable = { kind, value, startsLine: this.startsLine };
    this.startsLine = false;
    this.tokens.push(token);
    return token;
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.source);
    this.at += match?.[0].length ?? 0;
    return match && match[0] !== '' ? match : undefined;
  }
}

function unescaped(text: string): string {
  return text.replace(ESCAPE, (_all, braced?: string, four?: string, two?: string, letter?: string) => {
    const code = Number.parseInt(braced ?? four ?? two ?? '', 16);
    return letter === undefined ? (code > 0x10FFFF ? '\uFFFD' : String.fromCodePoint(code)) : ESCAPED[letter] ?? letter;
  });
}
