import type { InjectOptions } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { DatabaseConfiguration } from '../../src/configuration/database-configuration.js';
import type { Database } from '../../src/database/database.js';
import type { Api } from '../../src/http/zod-type-provider.js';
import { Lifecycle } from '../../src/lifecycle/lifecycle.js';
import type { Logger } from '../../src/logging/logger.js';
import type { PaymentProvider } from '../../src/payments/payment-provider.js';
import { SandboxProvider } from '../../src/payments/sandbox-provider.js';
import { createShop } from '../../src/shop.js';
import type { Uploads } from '../../src/uploads/uploads.js';
import { connectTo, createMigratedDatabase } from '../postgres/test-database.js';
import { silentLogger } from './log-capture.js';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: any;
}

export interface TestShopOptions {
  readonly configuration?: DatabaseConfiguration;
  readonly flags?: readonly string[];
  readonly provider?: PaymentProvider;
  readonly uploads?: Uploads;
  readonly logger?: Logger;
}

/** The service on a database of its own, spoken to without a socket. */
export class TestShop {
  readonly flags: Set<string>;

  private constructor(
    readonly server: Api,
    readonly database: Database,
    readonly lifecycle: Lifecycle,
    readonly configuration: DatabaseConfiguration,
    flags: Set<string>,
  ) {
    this.flags = flags;
  }

  static async open({
    configuration,
    flags = [],
    provider = new SandboxProvider(),
    uploads,
    logger = silentLogger(),
  }: TestShopOptions = {}): Promise<TestShop> {
    const where = configuration ?? (await createMigratedDatabase());
    const database = connectTo(where);
    await database.connect();
    const lifecycle = new Lifecycle();
    const on = new Set(flags);
    const server = createShop({
      database,
      flags: { isOn: (flag) => on.has(flag) },
      provider,
      uploads,
      lifecycle,
      logger,
    });
    return new TestShop(server, database, lifecycle, where, on);
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.database.close();
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send({ method: 'GET', url, headers });
  }

  async put(url: string, payload: object): Promise<Answer> {
    return this.send({ method: 'PUT', url, payload });
  }

  async post(url: string, payload?: object, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send({ method: 'POST', url, payload, headers });
  }

  async send(options: InjectOptions): Promise<Answer> {
    const response = await this.server.inject(options);
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.body === '' ? undefined : response.json(),
    };
  }

  async aCustomer(): Promise<string> {
    const answer = await this.post('/customers', {
      email: `${randomUUID()}@example.com`,
      givenName: 'Ada',
      familyName: 'Lovelace',
    });
    return answer.body.id;
  }

  async aProduct(sku: string, { amountMinor = 1250, currency = 'EUR', available = 10 } = {}): Promise<void> {
    await this.put(`/products/${sku}`, { name: `Product ${sku}`, price: { amountMinor, currency }, available });
  }

  /** A placed order of two pieces at 12.50. */
  async anOrder(key: string = randomUUID()): Promise<string> {
    await this.aProduct('TEA-1');
    const order = { customerId: await this.aCustomer(), lines: [{ sku: 'TEA-1', quantity: 2 }] };
    const answer = await this.post('/orders', order, { 'idempotency-key': key });
    return answer.body.id;
  }

  async pay(orderId: string, paymentMethod = 'pm_card_visa', key: string = randomUUID()): Promise<Answer> {
    return this.post(`/orders/${orderId}/payments`, { paymentMethod }, { 'idempotency-key': key });
  }
}
