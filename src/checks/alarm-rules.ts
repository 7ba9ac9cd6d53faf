import type { OwnRule } from './own-rules';
import { type TemplateBody, type TemplateResource, type TemplateResources, textOf } from './synthesised-templates';

/** Rules for alarms: an action alone tells nobody. */
export const ALARM_RULES: readonly OwnRule[] = [
  {
    name: 'AlarmTellsNobody',
    types: ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'],
    info: 'The alarm tells topics to which nobody subscribes.',
    explanation: 'It has an action, and yet nobody hears of it. What subscribes by hand, or outside of the template, is not seen.',
    broken: ({ AlarmActions: actions }, resources, outputs) => Array.isArray(actions) && actions.length > 0
      && actions.every((it) => silentTopics(resources, outputs).has(it?.Ref)),
  },
];

/** Who tells a topic something, or lets others do so. Whatever else names it may hear of it. */
const SPEAKERS = new RegExp(`^AWS::(${[
  'Backup::BackupVault', 'Budgets::Budget', 'CloudWatch::(Composite)?Alarm', 'Events::Rule', 'IAM::\\w+', 'KMS::Key', 'RDS::EventSubscription',
  'S3::Bucket', 'SNS::TopicPolicy', 'SNS::TopicInlinePolicy',
].join('|')})$`);

/** The topics of which nobody hears, as far as the template shows: what it gives to others may be heard there. */
function silentTopics(resources: TemplateResources, outputs: TemplateBody['Outputs']): ReadonlySet<unknown> {
  const known = silent.get(resources);
  if (known) {
    return known;
  }
  const listeners = [...Object.values(resources).filter(({ Type: type }) => !SPEAKERS.test(type)).map(textOf), JSON.stringify(outputs ?? {})];
  const topics = Object.entries(resources).filter(([id, it]) => isTopicWithoutSubscription(it)
    && !listeners.some((text) => referencesTo(id).some((reference) => text.includes(reference))));
  const found = new Set<unknown>(topics.map(([id]) => id));
  silent.set(resources, found);
  return found;
}

function referencesTo(id: string): string[] {
  return [`"Ref":"${id}"`, `"Fn::GetAtt":["${id}"`, `"Fn::GetAtt":"${id}.`, `\${${id}}`, `\${${id}.`];
}

const silent = new WeakMap<TemplateResources, ReadonlySet<unknown>>();

function isTopicWithoutSubscription({ Type: type, Properties: { Subscription: subscription } = {} }: TemplateResource): boolean {
  return type === 'AWS::SNS::Topic' && (subscription === undefined || Array.isArray(subscription) && subscription.length === 0);
}
