import { type App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as chatbot from 'aws-cdk-lib/aws-chatbot';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Evaluation } from '../../src/checks/evaluation';
import { synthesisedTemplates } from '../../src/checks/synthesised-templates';
import { Severity } from '../../src/contracts';
import { Tier } from '../../src/environment/tier';
import { Notify } from '../../src/observability-bundle/notify';
import { ObservabilityBundle, type ObservabilityBundleProps } from '../../src/observability-bundle/observability-bundle';
import { Watchable } from '../../src/observability-bundle/watchable';
import { appOf, stackIn, stackOf } from '../support';

const TELLS_NOBODY = 'Alarms of severity P2 tell nobody: nothing in this app subscribes to their topics; '
  + "give 'notify', subscribe to topic(severity), or acknowledge this where something outside of the app does [ack: cdk-golden-path:tellsNobody]";

/** A bundle whose alarms, of a queue, are all of severity P2. */
function bundleIn(stack: Stack, props: ObservabilityBundleProps = {}): ObservabilityBundle {
  const bundle = new ObservabilityBundle(stack, 'Watch', props);
  bundle.watch(Watchable.queue(new sqs.Queue(stack, 'Emails')));
  return bundle;
}

function warningsIn(stack: Stack): unknown[] {
  Template.fromStack(stack);
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data);
}

test('alarms in PROD that tell nobody are no alarms, and synth says so', () => {
  const stack = stackOf(Tier.PROD);
  bundleIn(stack);

  expect(warningsIn(stack)).toEqual([TELLS_NOBODY]);
});

test.each([Tier.DEV, Tier.STAGING, Tier.PROD])('in $name the evidence says of each alarm that it tells nobody', (tier) => {
  const stack = stackOf(tier);
  const bundle = bundleIn(stack);
  bundle.topic(Severity.P0).addSubscription(new subscriptions.EmailSubscription('shop@example.com'));
  const { stacks } = (stack.node.root as App).synth();
  const evaluation = new Evaluation(stack.node.root, []);
  synthesisedTemplates(stack.node.root, stacks.map((it) => ({ stackConstructPath: it.hierarchicalId, templatePath: it.templateFullPath })))
    .forEach((it) => evaluation.add(it));
  const silent = evaluation.findings.filter(({ rule }) => rule === 'GoldenPath-AlarmTellsNobody');
  const alarms = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm');

  expect(silent).not.toEqual([]);
  expect(silent.map(({ acknowledgement }) => acknowledgement?.reason)).toEqual(Object.keys(alarms).map(() =>
    expect.stringMatching(/^Nobody is subscribed in this app: the alarm is seen on the dashboard/)));
});

test.each([Tier.DEV, Tier.STAGING])('in $name they may stay on the dashboard', (tier) => {
  const stack = stackOf(tier);
  bundleIn(stack);

  expect(warningsIn(stack)).toEqual([]);
});

test('a bundle that tells somebody says nothing', () => {
  const stack = stackOf(Tier.PROD);
  bundleIn(stack, { notify: Notify.email('shop@example.com') });

  expect(warningsIn(stack)).toEqual([]);
});

test.each<[string, (topic: sns.Topic, stack: Stack) => void]>([
  ['an address', (topic) => topic.addSubscription(new subscriptions.EmailSubscription('shop@example.com'))],
  ['a queue, which subscribes in its own scope', (topic, stack) => topic.addSubscription(new subscriptions.SqsSubscription(new sqs.Queue(stack, 'Pager')))],
  ['something in another stack', (topic, stack) => {
    new sns.Subscription(stackIn(stack.node.root as Stack, 'Elsewhere'), 'Pager', { topic, protocol: sns.SubscriptionProtocol.HTTPS, endpoint: 'https://example.com' });
  }],
  ['a channel of Slack', (topic, stack) => {
    new chatbot.SlackChannelConfiguration(stack, 'Slack', { slackChannelConfigurationName: 'shop', slackChannelId: 'C1', slackWorkspaceId: 'T1', notificationTopics: [topic] });
  }],
])('%s hears of a topic', (_, subscribe) => {
  const stack = stackOf(Tier.PROD);
  subscribe(bundleIn(stack).topic(Severity.P2), stack);

  expect(warningsIn(stack)).toEqual([]);
});

test('who hears of another severity, or of another topic, does not hear of these', () => {
  const stack = stackOf(Tier.PROD);
  bundleIn(stack).topic(Severity.P0).addSubscription(new subscriptions.EmailSubscription('shop@example.com'));
  new sns.Topic(stack, 'News').addSubscription(new subscriptions.EmailSubscription('shop@example.com'));
  new CfnResource(stack, 'Other', { type: 'AWS::SNS::Subscription', properties: { TopicArn: 'arn:aws:sns:eu-west-1:444455556666:news' } });

  expect(warningsIn(stack)).toEqual([TELLS_NOBODY]);
});

test('what subscribes outside of the app is said by an acknowledgement', () => {
  const app = appOf(Tier.PROD);
  const stack = stackIn(app);
  const bundle = bundleIn(stack);
  Validations.of(bundle).acknowledge({ id: 'cdk-golden-path:tellsNobody', reason: 'the paging system of another team subscribes' });

  expect(warningsIn(stack)).toEqual([]);
});
