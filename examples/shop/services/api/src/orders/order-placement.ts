import type { DataSource, EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Customer } from '../customers/customer.js';
import { isUniqueViolation } from '../errors/database-fault.js';
import { DomainError } from '../errors/domain-error.js';
import type { FeatureFlags } from '../flags/feature-flags.js';
import { assertSameRequest, fingerprintOf } from '../idempotency/fingerprint.js';
import { enqueue } from '../outbox/outbox.js';
import { findProducts, reserveStock } from '../products/products.js';
import { Order, ORDER_IDEMPOTENCY_KEY } from './order.js';
import type { OrderInput } from './order-input.js';
import { OrderLine } from './order-line.js';

/**
 * Places an order once, however often it is asked to.
 *
 * With the flag `new-checkout` on, an order reserves its pieces and is refused when they are
 * not on the shelf. Off, orders are taken whatever the stock and the warehouse sorts it out.
 */
export class OrderPlacement {
  constructor(
    private readonly dataSource: DataSource,
    private readonly flags: FeatureFlags,
  ) {}

  async place(input: OrderInput, idempotencyKey: string): Promise<Order> {
    const fingerprint = fingerprintOf(input);
    const key = { customerId: input.customerId, idempotencyKey };
    const first = await this.dataSource.manager.findOneBy(Order, key);
    if (first) return this.repeat(first, fingerprint);

    const id = uuid();
    try {
      await this.dataSource.transaction((manager) => this.insert(manager, id, input, { idempotencyKey, fingerprint }));
    } catch (error) {
      // The same request, running at the same time, was faster.
      if (!isUniqueViolation(error, ORDER_IDEMPOTENCY_KEY)) throw error;
      return this.repeat(await this.dataSource.manager.findOneByOrFail(Order, key), fingerprint);
    }
    return this.load(id);
  }

  private repeat(first: Order, fingerprint: string): Promise<Order> {
    assertSameRequest(first, fingerprint);
    return this.load(first.id);
  }

  private load(id: string): Promise<Order> {
    return this.dataSource.manager.findOneOrFail(Order, { where: { id }, relations: { lines: true } });
  }

  private async insert(
    manager: EntityManager,
    id: string,
    { customerId, lines }: OrderInput,
    { idempotencyKey, fingerprint }: { idempotencyKey: string; fingerprint: string },
  ): Promise<void> {
    if (!(await manager.existsBy(Customer, { id: customerId }))) {
      throw new DomainError('unprocessable', 'unknown-customer', `There is no customer ${customerId}.`);
    }
    const products = await findProducts(
      manager,
      lines.map(({ sku }) => sku),
    );
    const currencies = new Set([...products.values()].map(({ currency }) => currency));
    if (currencies.size > 1) throw new DomainError('unprocessable', 'mixed-currencies', 'An order is in one currency.');

    const priced = lines.map((line) => ({ orderId: id, ...line, unitPriceMinor: products.get(line.sku)!.priceMinor }));
    const stockReserved = this.flags.isOn('new-checkout');
    // The order comes before the stock: a repeated request then stops at the unique key instead of at an empty shelf.
    await manager.insert(Order, {
      id,
      customerId,
      status: 'placed',
      totalMinor: priced.reduce((total, line) => total + line.quantity * line.unitPriceMinor, 0),
      currency: [...currencies][0],
      stockReserved,
      idempotencyKey,
      requestFingerprint: fingerprint,
    });
    await manager.insert(OrderLine, priced);
    if (stockReserved) await reserveStock(manager, lines);
    await enqueue(manager, { topic: 'order.placed', id });
  }
}
