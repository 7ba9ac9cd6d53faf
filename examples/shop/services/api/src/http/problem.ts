import { STATUS_CODES } from 'node:http';
import type { FastifyError } from 'fastify';
import { isDatabaseUnreachable } from '../errors/database-fault.js';
import { DomainError, type DomainErrorKind } from '../errors/domain-error.js';
import { InvalidRequest } from './invalid-request.js';

/** RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
}

export const PROBLEM_JSON = 'application/problem+json; charset=utf-8';

const STATUS: Readonly<Record<DomainErrorKind, number>> = {
  'not-found': 404,
  conflict: 409,
  unprocessable: 422,
  'upstream-failure': 502,
  unavailable: 503,
};

export function problem(status: number, type?: string, detail?: string): Problem {
  return {
    type: type ? `urn:shop:problem:${type}` : 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail && { detail }),
  };
}

export function toProblem(error: Error | FastifyError): Problem {
  if (error instanceof InvalidRequest)
    return { ...problem(422, 'invalid-request', error.message), errors: error.faults };
  if (error instanceof DomainError) return problem(STATUS[error.kind], error.type, error.message);
  if (isDatabaseUnreachable(error))
    return problem(503, 'database-unreachable', 'The database does not answer. Try again later.');

  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status !== undefined && status >= 400 && status < 500) return problem(status, undefined, error.message);
  return problem(500);
}
