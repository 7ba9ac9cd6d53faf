import type { ScriptCall } from './script-reach';
import { excerptOf } from './sql-statement';

/** What PostgreSQL refuses inside of a transaction; the tests ask a server. */
const REFUSED_INSIDE = [
  /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY\b/i,
  /^DROP INDEX CONCURRENTLY\b/i,
  /^REINDEX\b.*\bCONCURRENTLY\b/i,
  /^REINDEX (?:\([^)]*\) )?(?:SCHEMA|DATABASE|SYSTEM)\b/i,
  /^ALTER TABLE .*\bDETACH PARTITION \S+ CONCURRENTLY\b/i,
  /^VACUUM(?: (?:\([^)]*\)|FULL|FREEZE|VERBOSE|ANALYZE))*(?: \S+(?: \([^)]*\))?(?:, ?\S+)*)?$/i,
  /^CLUSTER(?: VERBOSE| \([^)]*\))?$/i,
  /^(?:CREATE|DROP) (?:DATABASE|TABLESPACE)\b/i,
  /^ALTER DATABASE \S+ SET TABLESPACE\b/i,
  /^ALTER SYSTEM\b/i,
  /^DISCARD ALL\b/i,
];

/** What does no harm when it is done again. */
const REPEATABLE = [
  /\bIF (?:NOT )?EXISTS\b/i,
  /^CREATE OR REPLACE\b/i,
  /\bON CONFLICT\b/i,
  /^(?:VACUUM|REINDEX|REFRESH|ANALYZE|CLUSTER|GRANT|REVOKE|COMMENT|SET|RESET|SELECT|DELETE|TRUNCATE|CHECKPOINT|LOCK|NOTIFY|DISCARD|SECURITY)\b/i,
  /^ALTER TABLE \S+ (?:VALIDATE CONSTRAINT|ALTER (?:COLUMN )?\S+ (?:SET|DROP)|SET|ENABLE|DISABLE|OWNER TO)\b/i,
];

const CONTROL = /^(?:(?:BEGIN|COMMIT|ROLLBACK|ABORT)(?: WORK| TRANSACTION)?|START TRANSACTION|PREPARE TRANSACTION '')$/i;

const CHANGING_CALL = /^(?:create|add|drop|rename|change|update)[A-Z]/;

/** What of these statements and calls PostgreSQL does not let run inside of a transaction. */
export function refusedInside(statements: readonly string[], calls: readonly ScriptCall[]): string[] {
  return [
    ...statements.filter((it) => REFUSED_INSIDE.some((pattern) => pattern.test(it))).map((it) => `"${excerptOf(it)}"`),
    ...calls.filter(({ method, text }) => /^(?:create|drop)Database$/.test(method) || (/^(?:create|drop)(?:Index|Indices)$/.test(method) && /\bisConcurrent : true\b/.test(text)))
      .map(({ method }) => `${method}()`),
  ];
}

/** What of these statements begins or ends a transaction, which is the tool's to do. A text that only looks like one may be among them. */
export function controlsTransaction(statements: readonly string[]): string[] {
  return statements.filter((it) => CONTROL.test(it)).map((it) => `"${it}"`);
}

/** Whether a step, as it is named here, changes rows: done again it is a fault that nothing tells. */
export function changesRows(step: string): boolean {
  return /^"(?:INSERT|UPDATE|MERGE|COPY|CALL)\b/i.test(step);
}

/** What would fail, or be done twice, if it were run again after only a part of the migration was done. */
export function notRepeatable(statements: readonly string[], calls: readonly ScriptCall[]): string[] {
  const dropped = new Set<string>();
  const found = statements.filter((statement) => {
    const [, gone] = /^DROP INDEX (?:CONCURRENTLY )?IF EXISTS (\S+)/i.exec(statement) ?? [];
    const [, made] = /^CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(\S+)/i.exec(statement) ?? [];
    dropped.add(gone ?? '');
    return !REPEATABLE.some((pattern) => pattern.test(statement)) && !(made && dropped.has(made));
  });
  return [...found.map((it) => `"${excerptOf(it)}"`), ...calls.filter((it) => CHANGING_CALL.test(it.method)).map((it) => `${it.method}()`)];
}
