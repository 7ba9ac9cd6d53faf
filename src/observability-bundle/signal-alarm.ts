import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Signal } from '../contracts';
import { acknowledge } from '../private/acknowledge';

/** What an alarm tells beside what is measured. */
export interface AlarmContext {
  readonly alarmName: string;
  readonly topic: sns.ITopic;
  /** They travel with every change of the alarm's state, to whoever hears of it. */
  readonly tags: { [key: string]: string };
}

/** `Tags.of(stage).add('team', …)` has 100. */
const ABOVE_TAGS_OF_THE_STAGE = 200;

/** The CloudWatch alarm of a signal. It speaks up when it goes off, and when it is over. */
export function defineAlarm(scope: Construct, signal: Signal, { alarmName, topic, tags }: AlarmContext): cloudwatch.Alarm {
  const { condition } = signal;
  const common = {
    alarmName,
    alarmDescription: `${signal.title}. What to do: ${tags.runbook}`,
    metric: signal.metric,
    evaluationPeriods: signal.evaluationPeriods,
    datapointsToAlarm: signal.datapointsToAlarm,
    comparisonOperator: condition.comparison,
    treatMissingData: signal.missingData ?? cloudwatch.TreatMissingData.NOT_BREACHING,
  };
  const alarm = condition.threshold === undefined
    ? new cloudwatch.AnomalyDetectionAlarm(scope, signal.id, { ...common, stdDevs: condition.standardDeviations })
    : new cloudwatch.Alarm(scope, signal.id, { ...common, threshold: condition.threshold });
  const action = new actions.SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
  const resource = alarm.node.defaultChild as cloudwatch.CfnAlarm;
  resource.actionConfiguration = { alarmTagsPropagation: { enabled: true } };
  resource.warmUpConfiguration = signal.warmUp && { warmUpPeriodDurationInMinutes: signal.warmUp.toMinutes(), onlyStartEvaluatingAfterWarmUpPeriodEnds: true };
  acknowledge(resource, "The AWS CDK's own validation does not know ActionConfiguration yet; CloudFormation does, since October 2026.", 'CloudFormation-Validate::F3002');
  Object.entries(tags).forEach(([key, value]) => resource.cdkTagManager.setTag(key, value, ABOVE_TAGS_OF_THE_STAGE));
  return alarm;
}

/** Acknowledges, once, that nobody hears of the alarm: the evidence must not take its action for more than it is. */
export function acknowledgeSilence(alarm: cloudwatch.Alarm): void {
  if (!silent.has(alarm)) {
    silent.add(alarm);
    acknowledge(alarm, 'Nobody is subscribed in this app: the alarm is seen on the dashboard and in CloudWatch, and tells nobody, '
      + 'unless something outside of the app subscribes to the topic of its severity.',
    'GoldenPath-AlarmTellsNobody');
  }
}

const silent = new WeakSet<cloudwatch.Alarm>();
