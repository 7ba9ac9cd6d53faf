import { Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { invalid } from '../private/invalid';

/**
 * Metrics that AWS measures in percent of what there is, so that they are 100 at most: CPU, memory and capacity of Fargate,
 * RDS, Aurora and ElastiCache. What is counted above that, such as bursts of tasks on instances, is no task of a service.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
 */
const PERCENT = /^AWS\/(ECS|RDS|ElastiCache) (\w*Utilization|\w+Percentage)$/;

/** Throws for an alarm to which ECS cannot refer, or that can never go off. */
export function mustRollBack(scope: Construct, alarm: cloudwatch.Alarm): string {
  const { alarmName, metricName, namespace, threshold, comparisonOperator: operator } = alarm.node.defaultChild as cloudwatch.CfnAlarm;
  if (alarmName === undefined || Token.isUnresolved(alarmName)) {
    throw invalid(scope, 'alarm', {
      must: "must have a literal 'alarmName'", got: alarm.node.path, remedy: 'name it: ECS refers to alarms by name, and a reference to the alarm would be a cycle',
    });
  }
  const isAbove = threshold !== undefined && (operator === 'GreaterThanThreshold' ? threshold >= 100 : threshold > 100);
  if (PERCENT.test(`${namespace} ${metricName}`) && isAbove && /^GreaterThan/.test(String(operator))) {
    throw invalid(scope, 'alarm', {
      must: `must be able to go off: ${metricName} is a share, 100 percent at most`, got: threshold, remedy: 'lower its threshold',
    });
  }
  return alarmName;
}
