import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Payment } from '../../src/payments/payment.js';
import type { Charge, ChargeResult, PaymentProvider } from '../../src/payments/payment-provider.js';
import { providerFor } from '../../src/payments/provider-choice.js';
import { SandboxProvider } from '../../src/payments/sandbox-provider.js';
import { StripeProvider } from '../../src/payments/stripe-provider.js';
import { TestShop } from '../harness/test-shop.js';

/** The sandbox, with a memory and, when asked, in no hurry. */
class WatchedProvider implements PaymentProvider {
  readonly charged: string[] = [];
  gate: Promise<void> = Promise.resolve();
  private readonly sandbox = new SandboxProvider();

  async charge(charge: Charge): Promise<ChargeResult> {
    this.charged.push(charge.idempotencyKey);
    await this.gate;
    return this.sandbox.charge(charge);
  }

  refund(): Promise<void> {
    return this.sandbox.refund();
  }
}

describe('payments', () => {
  const provider = new WatchedProvider();
  let shop: TestShop;

  before(async () => {
    shop = await TestShop.open({ provider });
  });
  after(() => shop.close());

  const paymentsOf = (orderId: string) => shop.database.dataSource.manager.findBy(Payment, { orderId });
  const statusOf = async (orderId: string): Promise<string> => (await shop.get(`/orders/${orderId}`)).body.status;

  it('charge the total of the order and make it paid', async () => {
    const id = await shop.anOrder();
    const { status, body } = await shop.pay(id);
    assert.deepEqual([status, body.status, body.amount], [201, 'succeeded', { amountMinor: 2500, currency: 'EUR' }]);
    assert.equal(await statusOf(id), 'paid');
  });

  it('that are declined leave the order open for another attempt', async () => {
    const id = await shop.anOrder();
    const declined = await shop.pay(id, 'pm_card_chargeDeclined');
    assert.deepEqual(
      [declined.status, declined.body.status, declined.body.declineReason],
      [201, 'declined', 'card_declined'],
    );
    assert.equal(await statusOf(id), 'placed');
    assert.equal((await shop.pay(id)).body.status, 'succeeded');
  });

  it('happen once when the request is repeated with its key', async () => {
    const id = await shop.anOrder();
    const first = await shop.pay(id, 'pm_card_visa', 'once');
    const second = await shop.pay(id, 'pm_card_visa', 'once');
    assert.deepEqual([second.status, second.body], [first.status, first.body]);
    assert.equal((await paymentsOf(id)).length, 1);
  });

  it('happen once when the same request comes ten times at once', async () => {
    const id = await shop.anOrder();
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.pay(id, 'pm_card_visa', 'burst')));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    const [payment, ...others] = await paymentsOf(id);
    assert.deepEqual([payment?.status, others.length], ['succeeded', 0]);
    const keys = provider.charged.filter((key) => answers.some(({ body }) => body.id === key));
    assert.equal(new Set(keys).size, 1, 'the provider saw one idempotency key');
  });

  it('with different keys at once charge the order once', async () => {
    const id = await shop.anOrder();
    const answers = await Promise.all(Array.from({ length: 6 }, () => shop.pay(id)));
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal(answers.filter(({ status }) => status === 409).length, 5);
  });

  it('are refused for an order that is paid, for a reused key and for a token that is none', async () => {
    const id = await shop.anOrder();
    await shop.pay(id, 'pm_card_visa', 'first');
    assert.equal((await shop.pay(id)).body.type, 'urn:shop:problem:illegal-transition');
    assert.equal(
      (await shop.pay(id, 'pm_card_mastercard', 'first')).body.type,
      'urn:shop:problem:idempotency-key-reused',
    );
    assert.equal((await shop.pay(id, '4242 4242 4242 4242')).status, 422);
  });

  it('stay pending when the provider gives no answer, and forbid cancelling until it does', async () => {
    const id = await shop.anOrder();
    const answer = await shop.pay(id, 'pm_card_unavailable', 'lost');
    assert.deepEqual([answer.status, answer.body.type], [502, 'urn:shop:problem:payment-provider-unavailable']);
    assert.equal((await paymentsOf(id))[0]?.status, 'pending');
    assert.equal((await shop.post(`/orders/${id}/cancel`)).body.type, 'urn:shop:problem:payment-in-progress');
    assert.equal((await shop.pay(id)).body.type, 'urn:shop:problem:payment-in-progress');
  });

  it('hold no database lock while the provider is deciding', async () => {
    const id = await shop.anOrder();
    let open = () => {};
    provider.gate = new Promise((resolve) => (open = resolve));
    const seen = provider.charged.length;
    const paying = shop.pay(id);
    while (provider.charged.length === seen) await new Promise(setImmediate);
    assert.equal((await shop.post(`/orders/${id}/cancel`)).status, 409);
    open();
    assert.equal((await paying).status, 201);
  });

  it('go to the sandbox with a test key and to Stripe with any other', () => {
    assert.ok(providerFor('sk_test_x') instanceof SandboxProvider);
    assert.ok(providerFor('sk_live_x') instanceof StripeProvider);
  });
});
