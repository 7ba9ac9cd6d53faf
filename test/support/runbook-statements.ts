import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const RUNBOOKS = join(__dirname, '../../docs/runbooks');

/** What is typed into psql: statements in backticks, as opposed to single words of SQL. */
const STATEMENT = /`((?:select|vacuum|set role|alter|rollback prepared|drop|create|reindex|analyze) [^`]+)`/g;

/** The statements of SQL in a page, and the command in its first line that opens psql, if there is one. */
export function runbookStatements(page: string): { readonly firstLine: string; readonly wayIn: string; readonly statements: readonly string[] } {
  const text = readFileSync(join(RUNBOOKS, page), 'utf-8');
  const firstLine = text.split('\n')[2];
  return { firstLine, wayIn: /`(npx [^`]+)`/.exec(firstLine)?.[1] ?? '', statements: [...text.matchAll(STATEMENT)].map(([, statement]) => statement) };
}
