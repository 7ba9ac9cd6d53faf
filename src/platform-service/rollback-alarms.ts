import { Names } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Rollout } from './rollout';
import { slowerSeconds, type Traffic, worseErrorPercent } from './traffic';
import { acknowledge, inNistAndHipaa } from '../private/acknowledge';

export interface RollbackAlarmsProps {
  readonly traffic: Traffic;
  readonly rollout: Rollout;
}

/**
 * The alarms on which ECS takes a new version back.
 *
 * If one of them is red when a deployment starts, ECS ignores all of them until it is over: so may a fix be deployed, and so may what is
 * worse. The signals `Errors` and `Slow` of the service have the same metrics and thresholds, and say so to people.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export class RollbackAlarms extends Construct {
  /** Literal names: a reference from the service to its own alarm would be a cycle. */
  public readonly names: string[] = [];

  constructor(scope: Construct, id: string, { traffic, rollout }: RollbackAlarmsProps) {
    super(scope, id);
    this.define('Errors', worseErrorPercent(traffic), rollout.maxErrorPercent,
      `More than ${rollout.maxErrorPercent} % of the responses are 5xx`);
    this.define('Latency', slowerSeconds(traffic), rollout.maxLatency.toMilliseconds() / 1000,
      `The 90th percentile of the response time is above ${rollout.maxLatency.toHumanString()}`);
  }

  private define(id: string, metric: cloudwatch.IMetric, threshold: number, what: string): void {
    const alarmName = `${Names.uniqueResourceName(this, { maxLength: 200, separator: '-' })}-${id}`;
    const alarm = new cloudwatch.Alarm(this, id, {
      alarmName,
      alarmDescription: `${what}: a deployment under way is rolled back`,
      metric,
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    acknowledge(alarm, 'Amazon ECS reads this alarm and rolls the deployment back: that is its action, and it tells nobody.',
      ...inNistAndHipaa('CloudWatchAlarmAction'));
    this.names.push(alarmName);
  }
}
