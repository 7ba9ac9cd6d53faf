/** The pieces of SQL that are no plain words: comments, quoted texts and names, and what stands between dollars. */
const PIECE = /--.*|\/\*|\*\/|(?<![\p{L}\p{N}_])[eE]'|'|"(?:[^"]|"")*"?|\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$|;/gu;

/** What opens and closes a function's body that is written in SQL itself: https://www.postgresql.org/docs/current/sql-createfunction.html */
const BODY = /\b(?:BEGIN\s+ATOMIC|CASE|END)\b/gi;

/** A text of SQL, taken apart. */
export interface SqlText {
  /** Its statements, without comments, with `''` for each quoted text and with the names as they are written. */
  readonly statements: string[];
  /** What the blocks (`DO`) hold. The body of a function is none: to define it does not run it. */
  readonly blocks: string[];
}

/** Takes a text apart as PostgreSQL's scanner does, as far as it needs for telling words from what is quoted. */
export function sqlText(text: string): SqlText {
  const blocks: string[] = [];
  const statements = [''];
  let depth = 0;
  const say = (words: string) => {
    statements[statements.length - 1] += words;
    for (const [word] of words.matchAll(BODY)) {
      depth = /^END/i.test(word) ? Math.max(0, depth - 1) : depth > 0 || /^BEGIN/i.test(word) ? depth + 1 : 0;
    }
  };
  let at = 0;
  const pieces = new RegExp(PIECE);
  for (let piece = pieces.exec(text); piece; piece = pieces.exec(text)) {
    say(text.slice(at, piece.index));
    at = piece.index + piece[0].length;
    if (piece[0] === ';' && depth > 0) {
      say(';');
    } else if (piece[0] === ';') {
      statements.push('');
    } else if (piece[0] === '/*') {
      at = endOfComment(text, at);
      say(' ');
    } else if (piece[0].endsWith("'")) {
      at = endOfQuoted(text, at, /^e/i.test(piece[0]));
      say("''");
    } else if (piece[0].startsWith('$')) {
      const end = text.indexOf(piece[0], at);
      const inside = text.slice(at, end < 0 ? text.length : end);
      if (/^\s*DO\b/i.test(statements.at(-1)!)) {
        blocks.push(inside);
      }
      at = end < 0 ? text.length : end + piece[0].length;
      say(" '' ");
    } else {
      say(piece[0].startsWith('"') ? piece[0].replace(/\s+/g, '_') : ' ');
    }
    pieces.lastIndex = at;
  }
  say(text.slice(at));
  return { statements, blocks };
}

/** Comments of PostgreSQL stand in each other. */
function endOfComment(text: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 1;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) {
      return marks.lastIndex;
    }
  }
  return text.length;
}

/** A quote within is written twice, or with a backslash where the text begins with `E`. */
function endOfQuoted(text: string, from: number, isEscaped: boolean): number {
  const rest = isEscaped ? /(?:\\[\s\S]|''|[^'\\])*'?/y : /(?:''|[^'])*'?/y;
  rest.lastIndex = from;
  return from + (rest.exec(text)?.[0].length ?? 0);
}
