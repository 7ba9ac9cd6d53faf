import { LessThan, type DataSource, type EntityManager } from 'typeorm';
import { DomainError, notFound } from '../errors/domain-error.js';
import { enqueue } from '../outbox/outbox.js';
import { Payment } from '../payments/payment.js';
import { releaseStock } from '../products/products.js';
import { Order } from './order.js';
import type { OrderQuery } from './order-input.js';
import { OrderLine } from './order-line.js';
import { assertTransition } from './order-status.js';

export class Orders {
  constructor(private readonly dataSource: DataSource) {}

  async get(id: string): Promise<Order> {
    const order = await this.dataSource.manager.findOne(Order, { where: { id }, relations: { lines: true } });
    if (!order) throw notFound('order', id);
    return order;
  }

  /** Newest first, with one more than asked for when there is one. */
  list({ limit, cursor, customerId, status }: OrderQuery): Promise<Order[]> {
    return this.dataSource.manager.find(Order, {
      where: { ...(customerId && { customerId }), ...(status && { status }), ...(cursor && { id: LessThan(cursor) }) },
      relations: { lines: true },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }

  async ship(id: string): Promise<Order> {
    await this.dataSource.transaction(async (manager) => {
      const order = await lockOrder(manager, id);
      assertTransition(order.status, 'shipped');
      await manager.update(Order, { id }, { status: 'shipped' });
    });
    return this.get(id);
  }

  /** Puts reserved pieces back and, when the order was paid, has the worker return the money. */
  async cancel(id: string): Promise<Order> {
    await this.dataSource.transaction(async (manager) => {
      const order = await lockOrder(manager, id);
      assertTransition(order.status, 'cancelled');
      await refusePendingPayment(manager, id);
      await manager.update(Order, { id }, { status: 'cancelled' });
      if (order.stockReserved) await releaseStock(manager, await manager.findBy(OrderLine, { orderId: id }));
      const payment = await manager.findOneBy(Payment, { orderId: id, status: 'succeeded' });
      if (payment) await enqueue(manager, { topic: 'payment.refund', id: payment.id });
      await enqueue(manager, { topic: 'order.cancelled', id });
    });
    return this.get(id);
  }
}

/** Every change of an order begins here, so that changes of one order happen one after the other. */
export async function lockOrder(manager: EntityManager, id: string): Promise<Order> {
  const order = await manager.findOne(Order, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!order) throw notFound('order', id);
  return order;
}

/** While the provider is deciding, nobody knows whether there is money to give back. */
export async function refusePendingPayment(manager: EntityManager, orderId: string): Promise<void> {
  if (!(await manager.existsBy(Payment, { orderId, status: 'pending' }))) return;
  throw new DomainError(
    'conflict',
    'payment-in-progress',
    'A payment for this order is in progress. Try again in a moment.',
  );
}
