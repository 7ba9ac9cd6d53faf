import { App, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { nameWithinStage } from '../../src/private/name-within-stage';

test('is the way from the stage to the construct', () => {
  const stack = new Stack(new Stage(new App(), 'Prod'), 'Shop');

  expect(nameWithinStage(new Construct(new Construct(stack, 'Data'), 'Orders'), 50)).toBe('Shop-Data-Orders');
});

test('is the whole way where there is no stage', () => {
  expect(nameWithinStage(new Construct(new Stack(new App(), 'Shop'), 'Orders'), 50)).toBe('Shop-Orders');
});

test('has letters, digits, dots, hyphens and underscores only', () => {
  expect(nameWithinStage(new Construct(new Stack(new App(), 'Shop'), 'My orders: (all)'), 50)).toBe('Shop-My-orders-all-');
});

test('is cut, and stays another one than its neighbour, where it would be too long', () => {
  const stack = new Stack(new App(), 'Shop');
  const [one, other] = ['One', 'Other'].map((it) => nameWithinStage(new Construct(stack, `${'x'.repeat(60)}${it}`), 50));

  expect(one).toMatch(/^Shop-x{36}-[0-9a-f]{8}$/);
  expect(other).not.toBe(one);
});
