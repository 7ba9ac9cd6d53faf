import { Aws } from 'aws-cdk-lib';
import { Notify } from '../../src/observability-bundle/notify';

test('refuses to tell nobody', () => {
  expect(() => Notify.email()).toThrow(new Error("[Notify.email] 'addresses' must name at least one, got ''; name who is told"));
});

test.each(['shop', 'shop@', '@example.com', 'shop@example', 'a b@example.com', Aws.STACK_NAME])("refuses the address '%s'", (address) => {
  expect(() => Notify.email(address)).toThrow(new Error(`[Notify.email] 'addresses' must be literal e-mail addresses, got '${address}'; write them like 'on-call@example.com'`));
});
