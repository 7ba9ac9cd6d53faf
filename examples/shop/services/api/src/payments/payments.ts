import type { DataSource, EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { assertSameRequest, fingerprintOf } from '../idempotency/fingerprint.js';
import { Order } from '../orders/order.js';
import { assertTransition } from '../orders/order-status.js';
import { lockOrder, refusePendingPayment } from '../orders/orders.js';
import { enqueue } from '../outbox/outbox.js';
import { Payment } from './payment.js';
import type { PaymentInput } from './payment-input.js';
import type { ChargeResult, PaymentProvider } from './payment-provider.js';

/** Longer than any request lives, so the worker steps in only for a payment nobody is working on. */
const ABANDONED_AFTER_SECONDS = 60;

/**
 * The provider is called between two transactions, never inside one: the first records what is
 * about to be charged, the second what came of it. Whoever finds a payment still pending (a
 * repeated request, or the worker after a crash) asks the provider again with the same key.
 */
export class Payments {
  constructor(
    private readonly dataSource: DataSource,
    private readonly provider: PaymentProvider,
  ) {}

  async pay(orderId: string, input: PaymentInput, idempotencyKey: string): Promise<Payment> {
    const payment = await this.dataSource.transaction((manager) => this.open(manager, orderId, input, idempotencyKey));
    return this.settle(payment.id);
  }

  /** Brings a payment to its end; does nothing to one that is there already. */
  async settle(id: string): Promise<Payment> {
    const payment = await this.find(id);
    if (payment.status !== 'pending') return payment;

    const { amountMinor, currency, paymentMethod } = payment;
    const result = await this.provider.charge({ idempotencyKey: id, amountMinor, currency, paymentMethod });
    await this.dataSource.transaction((manager) => this.record(manager, payment, result));
    return this.find(id);
  }

  async refund(id: string): Promise<void> {
    const payment = await this.find(id);
    if (payment.status !== 'succeeded' || payment.providerReference === null) return;
    await this.provider.refund(payment.providerReference, `refund-${id}`);
    await this.dataSource.manager.update(Payment, { id, status: 'succeeded' }, { status: 'refunded' });
  }

  private async open(
    manager: EntityManager,
    orderId: string,
    input: PaymentInput,
    idempotencyKey: string,
  ): Promise<Payment> {
    const order = await lockOrder(manager, orderId);
    const fingerprint = fingerprintOf(input);
    const first = await manager.findOneBy(Payment, { orderId, idempotencyKey });
    if (first) {
      assertSameRequest(first, fingerprint);
      return first;
    }

    assertTransition(order.status, 'paid');
    await refusePendingPayment(manager, orderId);
    const id = uuid();
    await manager.insert(Payment, {
      id,
      orderId,
      status: 'pending',
      amountMinor: order.totalMinor,
      currency: order.currency,
      paymentMethod: input.paymentMethod,
      idempotencyKey,
      requestFingerprint: fingerprint,
    });
    await enqueue(manager, { topic: 'payment.settle', id, delaySeconds: ABANDONED_AFTER_SECONDS });
    return manager.findOneByOrFail(Payment, { id });
  }

  private async record(manager: EntityManager, { id, orderId }: Payment, result: ChargeResult): Promise<void> {
    const order = await lockOrder(manager, orderId);
    const { status } = await manager.findOneByOrFail(Payment, { id });
    if (status !== 'pending') return;

    if (result.status === 'declined') {
      await manager.update(Payment, { id }, { status: 'declined', declineReason: result.reason });
      return;
    }
    assertTransition(order.status, 'paid');
    await manager.update(Payment, { id }, { status: 'succeeded', providerReference: result.reference });
    await manager.update(Order, { id: orderId }, { status: 'paid' });
    await enqueue(manager, { topic: 'order.paid', id: orderId });
  }

  private find(id: string): Promise<Payment> {
    return this.dataSource.manager.findOneByOrFail(Payment, { id });
  }
}
