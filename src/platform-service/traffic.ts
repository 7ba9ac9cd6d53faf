import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { errorPercent, ifEnough, worstOf } from '../golden-signals/error-share';

/** Where the requests to a service are counted: by the load balancer, and by each of its two target groups. */
export interface Traffic {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly blue: elbv2.ApplicationTargetGroup;
  readonly green: elbv2.ApplicationTargetGroup;
}

const PERIOD = Duration.minutes(1);

/**
 * The worse of the two target groups: summed, a small share of traffic on a bad version would hide behind the good one.
 *
 * What tasks do not answer at all (time-outs, connections that break) only the load balancer counts, for both together. It counts a
 * request once a task is chosen for it: where no healthy one is left there are errors and no requests.
 */
export function worseErrorPercent(traffic: Traffic): cloudwatch.MathExpression {
  const { blue, green } = traffic;
  return new cloudwatch.MathExpression({
    label: '5xx responses of the worse version (%)',
    expression: worstOf([
      errorPercent('blueErrors', 'blueRequests'), errorPercent('greenErrors', 'greenRequests'), errorPercent('unanswered', 'MAX([requests, unanswered])'),
    ], 'requests'),
    usingMetrics: {
      blueRequests: requests(traffic, blue),
      blueErrors: errors(traffic, blue),
      greenRequests: requests(traffic, green),
      greenErrors: errors(traffic, green),
      requests: requests(traffic),
      unanswered: unanswered(traffic),
    },
    period: PERIOD,
  });
}

/**
 * The share of all requests that fail, of both versions together, or 100 where no task is healthy, whether anybody asks or not.
 *
 * Ten errors a minute, since this wakes people up within minutes: a single caller who tries again and again is no outage.
 */
export function failedPercent(traffic: Traffic): cloudwatch.MathExpression {
  const { blue, green } = traffic;
  return new cloudwatch.MathExpression({
    label: 'Requests that fail, or 100 without a healthy task (%)',
    expression: worstOf([
      errorPercent('SUM([answered, unanswered])', 'MAX([requests, SUM([answered, unanswered])])', 10), 'IF(MAX([blueHealthy, greenHealthy]) < 1, 100, 0)',
    ], 'requests'),
    usingMetrics: {
      requests: requests(traffic),
      answered: errors(traffic),
      unanswered: unanswered(traffic),
      blueHealthy: counted(traffic, 'HealthyHostCount', cloudwatch.Stats.MAXIMUM, blue),
      greenHealthy: counted(traffic, 'HealthyHostCount', cloudwatch.Stats.MAXIMUM, green),
    },
    period: PERIOD,
  });
}

/**
 * The slower of the two target groups, in seconds: percentiles cannot be added.
 *
 * The 90th percentile, and not the 99th: nearly every service has some requests in a hundred that take long, and an alarm that they keep
 * red is ignored by ECS, with all others of the deployment.
 */
export function slowerSeconds(traffic: Traffic): cloudwatch.MathExpression {
  const { blue, green } = traffic;
  return new cloudwatch.MathExpression({
    label: 'p90 response time of the slower version (s)',
    expression: `MAX([${ifEnough('blueRequests', 'blueLatency')}, ${ifEnough('greenRequests', 'greenLatency')}])`,
    usingMetrics: {
      blueRequests: requests(traffic, blue), blueLatency: latency(traffic, blue), greenRequests: requests(traffic, green), greenLatency: latency(traffic, green),
    },
    period: PERIOD,
  });
}

/** Requests a minute to one target group, or to all. */
export function requests(traffic: Traffic, group?: elbv2.ApplicationTargetGroup): cloudwatch.Metric {
  return counted(traffic, 'RequestCount', cloudwatch.Stats.SUM, group);
}

function errors(traffic: Traffic, group?: elbv2.ApplicationTargetGroup): cloudwatch.Metric {
  return counted(traffic, 'HTTPCode_Target_5XX_Count', cloudwatch.Stats.SUM, group);
}

function unanswered(traffic: Traffic): cloudwatch.Metric {
  return counted(traffic, 'HTTPCode_ELB_5XX_Count', cloudwatch.Stats.SUM);
}

function latency(traffic: Traffic, group: elbv2.ApplicationTargetGroup): cloudwatch.Metric {
  return counted(traffic, 'TargetResponseTime', cloudwatch.Stats.p(90), group);
}

/** Of one target group, or of all. The L2's own metrics take the name of the load balancer out of its listener's ARN, at length, each time. */
function counted({ loadBalancer }: Traffic, metricName: string, statistic: string, group?: elbv2.ApplicationTargetGroup): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    statistic,
    dimensionsMap: { LoadBalancer: loadBalancer.loadBalancerFullName, ...group && { TargetGroup: group.targetGroupFullName } },
    period: PERIOD,
  }).attachTo(loadBalancer);
}
