import { verifierRole } from '../../src/managed-postgres/verifier-role';

/** Identifiers of instances, as short and as long as there are. */
const IDENTIFIERS = Array.from({ length: 60 }, (_, length) => `s${'hop-orders-'.repeat(6)}`.slice(0, length + 1).replace(/-$/, '0'));

describe('the role that proves a copy', () => {
  test('is named after the instance', () => {
    expect(verifierRole('shop-orders-a8b1f509')).toBe('verifier_shop_orders_a8b1f509');
    expect(verifierRole('shop-ordersofthewholecompaaseforeverything-instance-217f1ef5')).toBe('verifier_shop_ordersofthewholecompaaseforeverything_in_5e29fc8f');
  });

  test('has a name that PostgreSQL does not cut off, and that needs no quotes', () => {
    expect(IDENTIFIERS.map(verifierRole).filter((it) => !/^[a-z][a-z0-9_]{0,62}$/.test(it))).toEqual([]);
  });

  test('has another name for every instance, also where only the end differs', () => {
    const close = IDENTIFIERS.flatMap((it) => [`${it}1`, `${it}2`]);

    expect(new Set(close.map(verifierRole)).size).toBe(close.length);
  });
});
