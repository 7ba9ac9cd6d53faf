import type { ScriptCall } from './script-reach';
import { dividedByCommas, excerptOf } from './sql-statement';

/** Something that takes away, renames or narrows what code that is still running may rely on. */
type Rule = readonly [step: string, pattern: RegExp];

const ACTIONS_OF_A_TABLE: Rule[] = [
  ['DROP COLUMN', /^DROP (?!CONSTRAINT\b)/i],
  ['RENAME', /^RENAME (?!CONSTRAINT\b)/i],
  ['SET SCHEMA', /^SET SCHEMA\b/i],
  ['DETACH PARTITION', /^DETACH PARTITION\b/i],
  ['ALTER COLUMN … TYPE', /^ALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE\b/i],
  ['SET NOT NULL', /^ALTER (?:COLUMN )?\S+ SET NOT NULL\b/i],
];

const STATEMENTS: Rule[] = [
  ['DROP TABLE', /^DROP (?:FOREIGN )?TABLE\b/i],
  ['DROP COLUMN', /^DROP COLUMN\b/i],
  ['DROP SCHEMA', /^DROP SCHEMA\b/i],
  ['DROP VIEW', /^DROP (?:MATERIALIZED )?VIEW\b/i],
  ['DROP TYPE', /^DROP (?:TYPE|DOMAIN)\b/i],
  ['DROP SEQUENCE', /^DROP SEQUENCE\b/i],
  ['DROP FUNCTION', /^DROP (?:FUNCTION|PROCEDURE|ROUTINE|AGGREGATE)\b/i],
  ['DROP EXTENSION', /^DROP EXTENSION\b/i],
  ['DROP DATABASE', /^DROP DATABASE\b/i],
  ['DROP OWNED', /^DROP OWNED\b/i],
  ['RENAME', /^ALTER (?:(?:MATERIALIZED )?VIEW|TYPE|DOMAIN|SCHEMA|SEQUENCE|FUNCTION|PROCEDURE|ROUTINE) .*\bRENAME (?!CONSTRAINT\b)/i],
  ['SET SCHEMA', /^ALTER (?:(?:MATERIALIZED )?VIEW|TYPE|DOMAIN|SEQUENCE|FUNCTION|PROCEDURE|ROUTINE) .*\bSET SCHEMA\b/i],
  ['DROP ATTRIBUTE', /^ALTER TYPE .*\bDROP ATTRIBUTE\b/i],
  ['ALTER ATTRIBUTE … TYPE', /^ALTER TYPE .*\bALTER ATTRIBUTE \S+ (?:SET DATA )?TYPE\b/i],
  ['SET NOT NULL', /^ALTER DOMAIN .*\bSET NOT NULL\b/i],
  ['TRUNCATE', /^TRUNCATE\b/i],
  ['DELETE without WHERE', /^(?:DELETE|WITH)\b(?:(?!\bDELETE FROM\b).)*\bDELETE FROM\b(?!.*\bWHERE\b)|^DELETE FROM\b(?!.*\bWHERE\b)/i],
];

/** What of TypeORM's QueryRunner does the same. */
const CALLS = new Set([
  'dropDatabase', 'dropSchema', 'dropTable', 'dropView', 'dropColumn', 'dropColumns', 'renameTable', 'renameColumn', 'changeColumn', 'changeColumns', 'clearTable', 'clearDatabase',
]);

const ALTER_TABLE = /^ALTER (?:FOREIGN )?TABLE (?:IF EXISTS )?(?:ONLY )?(\S+)(?: \*)? (.*)$/i;
const CREATE_TABLE = /^CREATE (?:(?:GLOBAL |LOCAL )?(?:TEMPORARY|TEMP) |UNLOGGED )?TABLE (?!IF NOT EXISTS\b)([^\s(]+)/i;
const WHOLE_TABLES = /^(?:DROP TABLE(?: IF EXISTS)?|TRUNCATE(?: TABLE)?(?: ONLY)?|DELETE FROM(?: ONLY)?) (.+?)(?: (?:CASCADE|RESTRICT|RESTART|CONTINUE)\b.*)?$/i;
const COLUMN_CALL = /^addColumns?$/;

/**
 * What of these statements and calls would break or lose something, each with the words in which it was found.
 *
 * It is a heuristic: it reads what is written, knows what the migration itself has created before, and sees nothing of
 * what only the run puts together.
 */
export function destructiveSteps(statements: readonly string[], calls: readonly ScriptCall[]): string[] {
  const created = new Set<string>();
  const found = statements.flatMap((statement) => {
    const steps = isAboutCreated(statement, created) ? [] : stepsOf(statement);
    const [, table] = CREATE_TABLE.exec(statement) ?? [];
    if (table && !table.includes('$')) {
      created.add(table);
    }
    return [...new Set(steps)].map((step) => `${step} in "${excerptOf(statement)}"`);
  });
  const called = calls.filter((it) => CALLS.has(it.method) || (COLUMN_CALL.test(it.method) && isMandatory(it.text)))
    .map(({ method }) => (COLUMN_CALL.test(method) ? `${method}() of a column that is neither nullable nor has a default` : `${method}()`));
  return [...new Set([...found, ...called])];
}

function stepsOf(statement: string): string[] {
  const [, , actions] = ALTER_TABLE.exec(statement) ?? [];
  if (actions === undefined) {
    return STATEMENTS.filter(([, pattern]) => pattern.test(statement)).map(([step]) => step);
  }
  return dividedByCommas(actions).map((it) => it.trim()).flatMap((action) => [
    ...ACTIONS_OF_A_TABLE.filter(([, pattern]) => pattern.test(action)).map(([step]) => step),
    ...addsMandatory(action) ? ['ADD COLUMN … NOT NULL without DEFAULT'] : [],
  ]);
}

/** Code that does not know the column yet cannot insert any more. */
function addsMandatory(action: string): boolean {
  const definition = action.replace(/\([^()]*\)/g, '');
  return /^ADD (?!(?:CONSTRAINT|PRIMARY|UNIQUE|CHECK|FOREIGN|EXCLUDE)\b)/i.test(definition)
    && /\b(?:NOT NULL|PRIMARY KEY)\b/i.test(definition)
    && !/\b(?:DEFAULT|GENERATED|(?:small|big)?serial[248]?)\b/i.test(definition);
}

function isAboutCreated(statement: string, created: ReadonlySet<string>): boolean {
  const [, altered] = ALTER_TABLE.exec(statement) ?? [];
  const [, dropped] = WHOLE_TABLES.exec(statement) ?? [];
  const tables = altered ? [altered] : dropped?.split(',') ?? [];
  return tables.length > 0 && tables.every((it) => created.has(it.trim()));
}

/** @see https://typeorm.io/docs/migrations/api: a TableColumn is not nullable unless it says so */
function isMandatory(text: string): boolean {
  return [...text.matchAll(/\{[^{}]*\}/g)].some(([column]) => /\btype :/.test(column) && !/\bisNullable : true\b|\b(?:default|isGenerated|generatedType|asExpression|generatedIdentity) :/.test(column));
}
