import { Stripe } from 'stripe';
import { providerUnavailable, type Charge, type ChargeResult, type PaymentProvider } from './payment-provider.js';

export class StripeProvider implements PaymentProvider {
  private readonly stripe: Stripe;

  constructor(apiKey: string) {
    this.stripe = new Stripe(apiKey, { timeout: 8_000, maxNetworkRetries: 1, telemetry: false });
  }

  async charge({ idempotencyKey, amountMinor, currency, paymentMethod }: Charge): Promise<ChargeResult> {
    try {
      const intent = await this.stripe.paymentIntents.create(
        {
          amount: amountMinor,
          currency: currency.toLowerCase(),
          payment_method: paymentMethod,
          confirm: true,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        },
        { idempotencyKey },
      );
      if (intent.status === 'succeeded') return { status: 'succeeded', reference: intent.id };
      return { status: 'declined', reason: intent.status };
    } catch (error) {
      if (error instanceof Stripe.errors.StripeCardError)
        return { status: 'declined', reason: error.code ?? 'card_declined' };
      if (error instanceof Stripe.errors.StripeInvalidRequestError && error.param === 'payment_method') {
        return { status: 'declined', reason: error.code ?? 'invalid_payment_method' };
      }
      throw providerUnavailable(error as Error);
    }
  }

  async refund(reference: string, idempotencyKey: string): Promise<void> {
    try {
      await this.stripe.refunds.create({ payment_intent: reference }, { idempotencyKey });
    } catch (error) {
      throw providerUnavailable(error as Error);
    }
  }
}
