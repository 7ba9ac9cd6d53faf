import { createHash } from 'node:crypto';
import { providerUnavailable, type Charge, type ChargeResult, type PaymentProvider } from './payment-provider.js';

/**
 * Stands in for Stripe when the key is a test key. The payment method alone decides the
 * outcome, by Stripe's own names for test cards, and the network is never called.
 */
export class SandboxProvider implements PaymentProvider {
  async charge({ idempotencyKey, paymentMethod }: Charge): Promise<ChargeResult> {
    if (paymentMethod === 'pm_card_chargeDeclined') return { status: 'declined', reason: 'card_declined' };
    if (paymentMethod === 'pm_card_unavailable') throw providerUnavailable();
    return {
      status: 'succeeded',
      reference: `pi_sandbox_${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 24)}`,
    };
  }

  async refund(): Promise<void> {}
}
