import { Token } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import { mustBeOf } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';

/**
 * Whom to tell. A value without a place in the tree: one serves any number of bundles, in any number of stages.
 */
export abstract class Notify {
  static { brand(this.prototype, 'Notify'); }

  /**
   * People, by e-mail, of alarms of every severity, and when they are over; not of alarms that are new and have never gone off.
   *
   * Amazon SNS reads each message for that, and passes on only those that are JSON, as those of alarms and of Amazon EventBridge are. For
   * what writes plain text, such as AWS Budgets, name the addresses there.
   *
   * Each address gets a message for each severity that it must confirm once; what is not confirmed in three days is dropped by Amazon SNS.
   * Throws when there is no address, or a malformed one.
   */
  public static email(...addresses: string[]): Notify {
    return new EmailNotify(addresses);
  }

  /** @internal */
  public abstract _subscribe(topic: sns.Topic): void;
}

/**
 * All but the news that a new alarm is well: every alarm says so once, when it is created. Any one of these may match.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
const NEWS = {
  $or: sns.FilterOrPolicy.filter(new sns.SubscriptionFilter([
    { NewStateValue: [{ 'anything-but': ['OK'] }] }, { OldStateValue: ['ALARM'] }, { NewStateValue: [{ exists: false }] },
  ])),
};

class EmailNotify extends Notify {
  constructor(private readonly addresses: string[]) {
    super();
    mustBeOf('Notify.email', 'string[]', addresses, 'addresses');
    if (addresses.length === 0) {
      throw invalid('Notify.email', 'addresses', { must: 'must name at least one', got: '', remedy: 'name who is told' });
    }
    const malformed = addresses.find((it) => Token.isUnresolved(it) || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(it));
    if (malformed !== undefined) {
      throw invalid('Notify.email', 'addresses', { must: 'must be literal e-mail addresses', got: malformed, remedy: "write them like 'on-call@example.com'" });
    }
  }

  public _subscribe(topic: sns.Topic): void {
    new Set(this.addresses).forEach((address) => topic.addSubscription(new subscriptions.EmailSubscription(address, { filterPolicyWithMessageBody: NEWS })));
  }
}
