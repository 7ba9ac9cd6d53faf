import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { nameBeside, nameInRegion } from '../../src/private/names';

describe('in its region a construct is called', () => {
  test('after its stage, its stack and the way from there', () => {
    const stack = new Stack(new Stage(new App(), 'Prod'), 'Shop');

    expect(nameInRegion(new Construct(new Construct(stack, 'Data'), 'Orders'), 50)).toBe('Prod-Shop-Data-Orders');
  });

  test('after the name that its stack was given, as two environments without stages are', () => {
    const stack = new Stack(new App(), 'Shop', { stackName: 'shop-dev' });

    expect(nameInRegion(new Construct(stack, 'Orders'), 50)).toBe('shop-dev-Orders');
  });

  test('after the outermost stack where stacks are nested', () => {
    expect(nameInRegion(new Construct(new NestedStack(new Stack(new App(), 'Shop'), 'Data'), 'Orders'), 50)).toBe('Shop-Data-Orders');
  });

  test('with letters, digits, hyphens and underscores only', () => {
    expect(nameInRegion(new Construct(new Stack(new App(), 'Shop'), 'My orders.v2: (all)'), 50)).toBe('Shop-My-orders-v2-all-');
  });

  test('briefly, and otherwise than its neighbour, where it would be too long', () => {
    const stack = new Stack(new App(), 'Shop');
    const [one, other] = ['One', 'Other'].map((it) => nameInRegion(new Construct(stack, `${'x'.repeat(60)}${it}`), 50));

    expect(one).toMatch(/^Shop-x{36}-[0-9a-f]{8}$/);
    expect(other).not.toBe(one);
  });
});

describe('beside another construct it is called', () => {
  const app = new App();
  const [shop, data] = ['Shop', 'Data'].map((id) => new Stack(app, id));
  const watch = new Construct(shop, 'Watch');

  test('without the stack that they share', () => {
    expect(nameBeside(watch, new Construct(new Construct(shop, 'Api'), 'Queue'), 50)).toBe('Api-Queue');
  });

  test('with its stack where that is another one', () => {
    expect(nameBeside(watch, new Construct(data, 'Orders'), 50)).toBe('Data-Orders');
  });

  test('as the stack itself is, if it is one', () => {
    expect(nameBeside(watch, shop, 50)).toBe('Shop');
  });
});
