export type DomainErrorKind = 'not-found' | 'conflict' | 'unprocessable' | 'upstream-failure' | 'unavailable';

/** A request the business cannot grant. `type` is stable and for programs, the message for people. */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly kind: DomainErrorKind,
    readonly type: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function notFound(what: string, id: string): DomainError {
  return new DomainError('not-found', `${what}-not-found`, `There is no ${what} ${id}.`);
}
