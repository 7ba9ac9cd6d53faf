import { DomainError } from '../errors/domain-error.js';

export interface Charge {
  /** The provider answers a repeated key with the first result, which is what makes repeating safe. */
  readonly idempotencyKey: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly paymentMethod: string;
}

export type ChargeResult =
  | { readonly status: 'succeeded'; readonly reference: string }
  | { readonly status: 'declined'; readonly reason: string };

/** Who moves the money. Throws when the outcome is not known. */
export interface PaymentProvider {
  charge(charge: Charge): Promise<ChargeResult>;
  refund(reference: string, idempotencyKey: string): Promise<void>;
}

export function providerUnavailable(cause?: Error): DomainError {
  return new DomainError(
    'upstream-failure',
    'payment-provider-unavailable',
    'The payment provider gave no answer. Repeat the request with the same Idempotency-Key.',
    { cause },
  );
}
