import { sqlText } from '../sql-text';

/** What matters of a query before it is sent. A query may hold several statements. */
export interface StatementKind {
  /** It lets reads and writes go on while it waits, and may take long: it alone waits for its locks without a limit. */
  readonly isConcurrent: boolean;
  /** It begins or ends a transaction, rather than a savepoint in one. */
  readonly controlsTransaction: boolean;
  /** It marks a place in a transaction, or goes back to one: that it does also where the transaction has failed. */
  readonly isSavepoint: boolean;
  /** It says how long to wait for a lock. */
  readonly setsLockTimeout: boolean;
  /** Outside of a transaction it may commit some of its work before it fails. */
  readonly mayCommitInside: boolean;
  /** How many statements the query holds. */
  readonly count: number;
}

const CONCURRENT = /^(CREATE|DROP|REINDEX|ALTER)\b.*\bCONCURRENTLY\b/is;
const TRANSACTION = /^(BEGIN|START\s+TRANSACTION|COMMIT|END|ABORT|PREPARE\s+TRANSACTION|ROLLBACK(?!\s+((WORK|TRANSACTION)\s+)?TO\b))\b/i;
const SAVEPOINT = /^(SAVEPOINT|RELEASE|ROLLBACK\s+((WORK|TRANSACTION)\s+)?TO)\b/i;
const LOCK_TIMEOUT = /^(SET|RESET|DISCARD)\b.*(\block_timeout\b|\bALL\b)|\bset_config\b/is;
const PROCEDURAL = /^(CALL|DO)\b/i;
const COMMITS = /\b(COMMIT|ROLLBACK|CALL)\b/i;

/** Told by the words of the statements: comments, quoted texts and quoted names do not count. */
export function kindOf(query: string): StatementKind {
  const { statements: texts, blocks } = sqlText(query);
  const statements = texts.map(it => it.replace(/"[^"]*"/g, '""').trim()).filter(Boolean);
  const any = (pattern: RegExp) => statements.some(it => pattern.test(it));
  return {
    isConcurrent: any(CONCURRENT),
    controlsTransaction: any(TRANSACTION),
    isSavepoint: any(SAVEPOINT),
    setsLockTimeout: any(LOCK_TIMEOUT) || any(PROCEDURAL),
    mayCommitInside: any(PROCEDURAL) && (blocks.length === 0 || blocks.some(it => COMMITS.test(it))),
    count: statements.length,
  };
}
