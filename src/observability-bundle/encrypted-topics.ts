import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Notify } from './notify';
import { Severity } from '../contracts';
import { dataKey } from '../policy/encryption';
import type { TierDefaults } from '../policy/tier-defaults';
import { nameInRegion } from '../private/names';

export interface EncryptedTopicsProps {
  readonly defaults: TierDefaults;
  readonly notify?: Notify;
}

/** AWS services that tell people something, and that say on whose behalf they do. */
const PUBLISHERS = ['cloudwatch', 'budgets', 'costalerts', 'backup'].map((it) => `${it}.amazonaws.com`);

/**
 * An encrypted topic for each severity, whether an alarm tells it today or not: who has confirmed to hear from it need not do so again.
 *
 * A key of its own: what AWS services publish under the account's default key never arrives, without a word.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
export class EncryptedTopics extends Construct {
  public readonly key: kms.Key;
  private readonly topics: { readonly [severity: string]: sns.Topic };

  constructor(scope: Construct, id: string, props: EncryptedTopicsProps) {
    super(scope, id);
    this.key = dataKey(this, 'Key', `Alarms of ${scope.node.path}`, props.defaults);
    this.admitPublishers();
    this.topics = Object.fromEntries(Object.values(Severity).map((severity) => [severity, this.define(severity, props.notify)]));
  }

  public of(severity: Severity): sns.Topic {
    return this.topics[severity];
  }

  private define(severity: Severity, notify?: Notify): sns.Topic {
    const topic = new sns.Topic(this, severity, { displayName: `${severity} of ${nameInRegion(this.node.scope!, 90)}`, masterKey: this.key, enforceSSL: true });
    topic.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'Publishers',
      principals: PUBLISHERS.map((it) => new iam.ServicePrincipal(it)),
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: this.ofThisAccount,
    }));
    notify?._subscribe(topic);
    return topic;
  }

  /** EventBridge does not say on whose behalf it encrypts: with a condition its messages would be dropped. */
  private admitPublishers(): void {
    const use = { actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'] };
    this.key.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'Publishers', principals: PUBLISHERS.map((it) => new iam.ServicePrincipal(it)), ...use, conditions: this.ofThisAccount,
    }));
    this.key.addToResourcePolicy(new iam.PolicyStatement({ sid: 'Events', principals: [new iam.ServicePrincipal('events.amazonaws.com')], ...use }));
  }

  private get ofThisAccount(): { [operator: string]: { [key: string]: string } } {
    return { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
  }
}
