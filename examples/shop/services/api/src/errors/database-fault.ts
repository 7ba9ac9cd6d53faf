import { QueryFailedError } from 'typeorm';

const UNIQUE_VIOLATION = '23505';
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);

/** Faults for which pg gives no code, only a sentence. */
const UNREACHABLE_SENTENCES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
];

export function isUniqueViolation(error: unknown, constraint: string): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code, constraint: violated } = error.driverError as { code?: string; constraint?: string };
  return code === UNIQUE_VIOLATION && violated === constraint;
}

/** True when the database, not the request, is at fault and a later attempt may succeed. */
export function isDatabaseUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause = error instanceof QueryFailedError ? error.driverError : error;
  const { code, message } = cause as Error & { code?: string };
  return (
    (code !== undefined && UNREACHABLE.has(code)) ||
    UNREACHABLE_SENTENCES.some((sentence) => message.includes(sentence))
  );
}
