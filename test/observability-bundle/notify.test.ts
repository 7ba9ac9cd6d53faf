import { Aws } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Notify } from '../../src/observability-bundle/notify';
import { stackOf } from '../support';

test('refuses to tell nobody', () => {
  expect(() => Notify.email()).toThrow(new Error("[Notify.email] 'addresses' must name at least one, got ''; name who is told"));
});

test.each(['shop', 'shop@', '@example.com', 'shop@example', 'a b@example.com', Aws.STACK_NAME])("refuses the address '%s'", (address) => {
  expect(() => Notify.email(address)).toThrow(new Error(`[Notify.email] 'addresses' must be literal e-mail addresses, got '${address}'; write them like 'on-call@example.com'`));
});

test('tells people when an alarm goes off and when it is over, and not that a new one is well', () => {
  const topic = new sns.Topic(stackOf(), 'Topic');
  Notify.email('on-call@example.com')._subscribe(topic);

  Template.fromStack(topic.stack).hasResourceProperties('AWS::SNS::Subscription', {
    FilterPolicyScope: 'MessageBody',
    FilterPolicy: { $or: [{ NewStateValue: [{ 'anything-but': ['OK'] }] }, { OldStateValue: ['ALARM'] }, { NewStateValue: [{ exists: false }] }] },
  });
});
