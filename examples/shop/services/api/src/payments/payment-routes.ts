import { idempotencyHeaders, idParams } from '../http/request-parts.js';
import type { Api } from '../http/zod-type-provider.js';
import type { Payment } from './payment.js';
import { paymentInput } from './payment-input.js';
import type { Payments } from './payments.js';

export function paymentRoutes(api: Api, payments: Payments): void {
  const schema = { params: idParams, headers: idempotencyHeaders, body: paymentInput };

  /** A declined card is an answer, not an error: the payment exists and says so. */
  api.post('/orders/:id/payments', { schema }, async ({ params, body, headers }, reply) => {
    const payment = await payments.pay(params.id, body, headers.key);
    return reply.code(201).send(presentPayment(payment));
  });
}

function presentPayment({ id, orderId, status, amountMinor, currency, declineReason, createdAt }: Payment) {
  return { id, orderId, status, amount: { amountMinor, currency }, declineReason, createdAt };
}
