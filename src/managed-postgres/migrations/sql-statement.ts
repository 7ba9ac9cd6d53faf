import { EXPRESSION } from './script';

/** The words with which a statement of PostgreSQL that a migration may hold begins. */
const BEGINNINGS = `ALTER|ANALYZE|BEGIN|CALL|CHECKPOINT|CLUSTER|COMMENT|COMMIT|COPY|CREATE|DELETE|DISCARD|DO|DROP|EXECUTE|GRANT|IMPORT|INSERT
  |LOCK|MERGE|NOTIFY|REASSIGN|REFRESH|REINDEX|RESET|REVOKE|ROLLBACK|SECURITY|SELECT|SET|START|TRUNCATE|UPDATE|VACUUM|WITH`.replace(/\s+/g, '');
const LOOKS_LIKE_SQL = new RegExp(`^[\\s(;]*(?:\\$\\{…\\}\\s*)?(?:${BEGINNINGS})\\b`, 'i');

/** The pieces of SQL that are no plain words: comments, quoted texts and names, and what stands between dollars. */
const PIECE = /--.*|\/\*|\*\/|(?<![\p{L}\p{N}_])[eE]'|'|"(?:[^"]|"")*"?|\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$|;/gu;

/** What begins in the midst of a block of PL/pgSQL. */
const IN_A_BLOCK = /;|\b(?:BEGIN|THEN|ELSE|LOOP)\b/i;

/**
 * The statements of a text that looks like SQL, each in one line: without comments, with `''` for each quoted text and with the
 * names as they are written. A block (`DO`) is followed by the statements in it.
 */
export function sqlStatements(text: string): string[] {
  const { statements, blocks } = taken(text);
  const [first = ''] = statements.map((it) => it.trim()).filter((it) => it !== '');
  if (!LOOKS_LIKE_SQL.test(first) && !first.startsWith(EXPRESSION)) {
    return [];
  }
  const inBlocks = blocks.flatMap((block) => taken(block).statements.flatMap((it) => it.split(IN_A_BLOCK)));
  return [...statements, ...inBlocks].map((it) => it.replace(/\s+/g, ' ').trim()).filter((it) => LOOKS_LIKE_SQL.test(it));
}

interface Taken {
  readonly statements: string[];
  /** What the blocks hold. The body of a function is none: to define it does not run it. */
  readonly blocks: string[];
}

function taken(text: string): Taken {
  const blocks: string[] = [];
  const statements = [''];
  const say = (words: string) => { statements[statements.length - 1] += words; };
  let at = 0;
  const pieces = new RegExp(PIECE);
  for (let piece = pieces.exec(text); piece; piece = pieces.exec(text)) {
    say(text.slice(at, piece.index));
    at = piece.index + piece[0].length;
    if (piece[0] === ';') {
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

/** The parts of a statement that commas divide: `ALTER TABLE a ADD b int, DROP c` has two actions. */
export function dividedByCommas(statement: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of statement) {
    depth += letter === '(' ? 1 : letter === ')' ? -1 : 0;
    if (letter === ',' && depth === 0) {
      parts.push('');
    } else {
      parts[parts.length - 1] += letter;
    }
  }
  return parts;
}

/** A short piece of a statement for a message. */
export function excerptOf(statement: string): string {
  return statement.length > 60 ? `${statement.slice(0, 60).replace(/\s\S*$/, '')} …` : statement;
}
