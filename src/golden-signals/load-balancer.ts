import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { errorPercent, ifEnough, PERSISTENT, worstOf } from './error-share';
import { AlarmCondition, type Observation, Severity } from '../contracts';

const PERIOD = Duration.minutes(1);

/**
 * Requests count once a target is chosen for them, errors of the load balancer without: where no target is left, there are only these.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function observeLoadBalancer(loadBalancer: elbv2.IApplicationLoadBalancer): Observation {
  const sum = { period: PERIOD, statistic: cloudwatch.Stats.SUM };
  const { metrics } = loadBalancer;
  const requests = metrics.requestCount(sum);
  const latency = metrics.targetResponseTime({ period: PERIOD, statistic: cloudwatch.Stats.p(99) });
  const errors = new cloudwatch.MathExpression({
    label: '5xx responses (%)',
    expression: worstOf([errorPercent('answered', 'requests'), errorPercent('unanswered', 'MAX([requests, unanswered])')], 'requests'),
    usingMetrics: { requests, answered: metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, sum), unanswered: metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT, sum) },
    period: PERIOD,
  });
  const slowness = new cloudwatch.MathExpression({
    label: 'p99 response time (s)', expression: ifEnough('requests', 'latency'), usingMetrics: { requests, latency }, period: PERIOD,
  });
  return {
    subject: loadBalancer,
    title: loadBalancer.node.id,
    metrics: [
      { title: 'Requests (per minute)', metric: requests },
      { title: '5xx responses (%)', metric: errors },
      { title: 'Response time, p99 (s)', metric: slowness },
    ],
    signals: [
      {
        id: 'Errors',
        title: 'Users get errors',
        metric: errors,
        condition: AlarmCondition.above(5),
        ...PERSISTENT,
        severity: Severity.P1,
        runbook: 'load-balancer/errors',
      },
      {
        id: 'Slow',
        title: 'Users wait too long',
        metric: slowness,
        condition: AlarmCondition.above(3),
        evaluationPeriods: 10,
        severity: Severity.P2,
        runbook: 'load-balancer/slow',
      },
    ],
  };
}
