import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { AlarmCondition, type Observation, Severity } from '../contracts';

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
export function observeTopic(topic: sns.ITopic): Observation {
  const options = { period: Duration.minutes(1), statistic: cloudwatch.Stats.SUM };
  const failed = topic.metricNumberOfNotificationsFailed(options);
  return {
    subject: topic,
    title: topic.node.id,
    metrics: [
      { title: 'Messages published (per minute)', metric: topic.metricNumberOfMessagesPublished(options) },
      { title: 'Notifications delivered (per minute)', metric: topic.metricNumberOfNotificationsDelivered(options) },
      { title: 'Notifications that failed (per minute)', metric: failed },
    ],
    signals: [{
      id: 'Undelivered',
      title: 'A subscriber does not get what is published',
      metric: failed,
      condition: AlarmCondition.above(0),
      evaluationPeriods: 5,
      datapointsToAlarm: 2,
      severity: Severity.P2,
      runbook: 'topic/undelivered',
    }],
  };
}
