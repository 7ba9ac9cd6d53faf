import { EXPRESSION } from './script';
import { sqlText } from '../../handlers/sql-text';

/** The words with which a statement of PostgreSQL that a migration may hold begins. */
const BEGINNINGS = `ABORT|ALTER|ANALYZE|BEGIN|CALL|CHECKPOINT|CLUSTER|COMMENT|COMMIT|COPY|CREATE|DELETE|DISCARD|DO|DROP|EXECUTE|GRANT|IMPORT|INSERT
  |LOCK|MERGE|NOTIFY|PREPARE|REASSIGN|REFRESH|REINDEX|RESET|REVOKE|ROLLBACK|SAVEPOINT|SECURITY|SELECT|SET|START|TRUNCATE|UPDATE|VACUUM|WITH`.replace(/\s+/g, '');
const LOOKS_LIKE_SQL = new RegExp(`^[\\s(;]*(?:\\$\\{…\\}\\s*)?(?:${BEGINNINGS})\\b`, 'i');

/** What begins in the midst of a block of PL/pgSQL. */
const IN_A_BLOCK = /;|\b(?:BEGIN|THEN|ELSE|LOOP)\b/i;

/**
 * The statements of a text that looks like SQL, each in one line: without comments, with `''` for each quoted text and with the
 * names as they are written. A block (`DO`) is followed by the statements in it.
 */
export function sqlStatements(text: string): string[] {
  const { statements, blocks } = sqlText(text);
  const [first = ''] = statements.map((it) => it.trim()).filter((it) => it !== '');
  if (!LOOKS_LIKE_SQL.test(first) && !first.startsWith(EXPRESSION)) {
    return [];
  }
  const inBlocks = blocks.flatMap((block) => sqlText(block).statements.flatMap((it) => it.split(IN_A_BLOCK)));
  return [...statements, ...inBlocks].map((it) => it.replace(/\s+/g, ' ').trim()).filter((it) => LOOKS_LIKE_SQL.test(it));
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
