import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { instanceIdentifier } from '../../src/managed-postgres/instance-identifier';
import { appOf } from '../support';

/** What RDS says of an identifier: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
const BY_RDS = /^[a-z](-?[a-z0-9])*$/;

/** The identifier of a construct at this path below an app. */
function identifierAt(...path: string[]): string {
  const [stack, ...ids] = path;
  return instanceIdentifier(ids.reduce((scope, id) => new Construct(scope, id), new Stack(appOf(), stack) as Construct));
}

describe('the identifier of an instance', () => {
  test.each([
    ['an ordinary path', ['Shop', 'Orders']],
    ['a hyphen', ['my-shop', 'the-orders']],
    ['hyphens at the ends', ['Shop', '-orders-']],
    ['digits', ['Shop1', '2orders']],
    ['no letter at all', ['Shop', '12', '34']],
    ['letters of other alphabets', ['Shop', 'Заказы']],
    ['nothing that RDS takes', ['Shop', '数据库', '_']],
    ['spaces and underscores', ['Shop', 'the orders_of today']],
    ['ids that CDK hides', ['Shop', 'Default', 'Resource']],
    ['a path that is cut at two hyphens', ['Shop', 'a'.repeat(20), 'b'.repeat(30), 'c'.repeat(24)]],
    ['a long path', ['Shop', 'a'.repeat(120), 'b'.repeat(120)]],
  ])('is one that RDS takes for %s', (_, path) => {
    const identifier = identifierAt(...path);

    expect(identifier).toMatch(BY_RDS);
    expect(identifier.length).toBeLessThanOrEqual(63);
  });

  test('is one that RDS takes wherever a long path is cut', () => {
    const identifiers = Array.from({ length: 60 }, (_, length) => identifierAt('Shop', 'a'.repeat(length + 1), 'b'.repeat(30), 'c'.repeat(60 - length)));

    expect(identifiers.filter((it) => !BY_RDS.test(it) || it.length > 63)).toEqual([]);
  });

  test('is another one for every path', () => {
    const paths = [
      ['Shop', 'Orders'], ['Shop', 'orders'], ['Shop', 'Ord-ers'], ['Shop', 'Ord', 'ers'], ['ShopOrders'], ['Shop', 'Orders', 'Orders'],
      ['Shop', 'Заказы'], ['Shop', 'Заказы2'], ['Shop', '数据库'], ['Shop', `${'a'.repeat(100)}1${'a'.repeat(100)}`], ['Shop', `${'a'.repeat(100)}2${'a'.repeat(100)}`],
    ];

    expect(new Set(paths.map((it) => identifierAt(...it))).size).toBe(paths.length);
  });

  test('stays the same from release to release, or RDS would be asked for another instance', () => {
    expect(identifierAt('Shop', 'Orders')).toBe('shop-orders-a8b1f509');
    expect(identifierAt('Shop', 'OrdersOfTheWholeCompany', 'PrimaryDatabaseForEverything', 'Instance')).toBe('shop-ordersofthewholecompaaseforeverything-instance-217f1ef5');
  });
});
