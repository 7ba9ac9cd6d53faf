import { Duration, Names } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { Rollout } from './rollout';
import { ifEnough, percentIfEnough } from '../golden-signals/enough-requests';
import { acknowledge, inNistAndHipaa } from '../private/acknowledge';

/** Where the requests to a service are counted: by the load balancer, and by each of its two target groups. */
export interface Traffic {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly blue: elbv2.ApplicationTargetGroup;
  readonly green: elbv2.ApplicationTargetGroup;
}

export interface RollbackAlarmsProps {
  readonly traffic: Traffic;
  readonly rollout: Rollout;
}

const PERIOD = Duration.minutes(1);

/**
 * The worse of the two target groups: summed, a small share of traffic on a bad version would hide behind the good one.
 *
 * What tasks do not answer at all (time-outs, connections that break) only the load balancer counts, for both together. It counts a
 * request once a task is chosen for it: where no healthy one is left there are errors and no requests.
 */
export function errorPercent(traffic: Traffic): cloudwatch.MathExpression {
  const { blue, green } = traffic;
  const share = (group: string) => ifEnough(requestsOf(group), `100 * FILL(${group}Errors,0) / ${group}Requests`);
  const unanswered = percentIfEnough('unansweredErrors', 'MAX([unansweredRequests, unansweredErrors])');
  return new cloudwatch.MathExpression({
    label: '5xx responses of the worse version (%)',
    expression: `MAX([${share('blue')}, ${share('green')}, ${unanswered}])`,
    usingMetrics: {
      blueRequests: requests(traffic, blue),
      blueErrors: errors(traffic, blue),
      greenRequests: requests(traffic, green),
      greenErrors: errors(traffic, green),
      unansweredRequests: requests(traffic),
      unansweredErrors: counted(traffic, 'HTTPCode_ELB_5XX_Count', cloudwatch.Stats.SUM),
    },
    period: PERIOD,
  });
}

/** The slower of the two target groups, in seconds: percentiles cannot be added. */
export function latencySeconds(traffic: Traffic): cloudwatch.MathExpression {
  const { blue, green } = traffic;
  return new cloudwatch.MathExpression({
    label: 'p99 response time of the slower version (s)',
    expression: `MAX([${['blue', 'green'].map((group) => ifEnough(requestsOf(group), `FILL(${group}Latency,0)`)).join(', ')}])`,
    usingMetrics: {
      blueRequests: requests(traffic, blue), blueLatency: latency(traffic, blue), greenRequests: requests(traffic, green), greenLatency: latency(traffic, green),
    },
    period: PERIOD,
  });
}

/** The alarms on which ECS takes a new version back. */
export class RollbackAlarms extends Construct {
  /** Literal names: a reference from the service to its own alarm would be a cycle. */
  public readonly names: string[] = [];

  constructor(scope: Construct, id: string, { traffic, rollout }: RollbackAlarmsProps) {
    super(scope, id);
    this.define('Errors', errorPercent(traffic), rollout.maxErrorPercent,
      `More than ${rollout.maxErrorPercent} % of the responses are 5xx`);
    this.define('Latency', latencySeconds(traffic), rollout.maxLatency.toMilliseconds() / 1000,
      `The 99th percentile of the response time is above ${rollout.maxLatency.toHumanString()}`);
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

function requestsOf(group: string): string {
  return `FILL(${group}Requests,0)`;
}

/** Requests a minute to one target group, or to all. */
export function requests(traffic: Traffic, group?: elbv2.ApplicationTargetGroup): cloudwatch.Metric {
  return counted(traffic, 'RequestCount', cloudwatch.Stats.SUM, group);
}

function errors(traffic: Traffic, group: elbv2.ApplicationTargetGroup): cloudwatch.Metric {
  return counted(traffic, 'HTTPCode_Target_5XX_Count', cloudwatch.Stats.SUM, group);
}

function latency(traffic: Traffic, group: elbv2.ApplicationTargetGroup): cloudwatch.Metric {
  return counted(traffic, 'TargetResponseTime', cloudwatch.Stats.p(99), group);
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
