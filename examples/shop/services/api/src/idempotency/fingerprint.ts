import { createHash } from 'node:crypto';
import { DomainError } from '../errors/domain-error.js';

/** Identifies a validated request; validation has already put its keys in one order. */
export function fingerprintOf(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}

/** A key stands for one request. Answering another one with the first result would hide a client's mistake. */
export function assertSameRequest(first: { requestFingerprint: string }, fingerprint: string): void {
  if (first.requestFingerprint === fingerprint) return;
  throw new DomainError(
    'unprocessable',
    'idempotency-key-reused',
    'This Idempotency-Key was used for a different request.',
  );
}
