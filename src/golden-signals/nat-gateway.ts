import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { AlarmCondition, type Observation, Severity } from '../contracts';

export interface ObservedNatGateways {
  readonly subject: IConstruct;
  readonly title: string;
  /** Ids of the gateways. */
  readonly gatewayIds: string[];
}

const PERIOD = Duration.minutes(1);

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html */
export function observeNatGateways({ subject, title, gatewayIds }: ObservedNatGateways): Observation {
  const total = (label: string, metricName: string, statistic: string = cloudwatch.Stats.SUM): cloudwatch.IMetric => {
    const metrics = gatewayIds.map((id) => new cloudwatch.Metric({
      namespace: 'AWS/NATGateway', metricName, dimensionsMap: { NatGatewayId: id }, statistic, period: PERIOD,
    }));
    // SUM passes over what is missing: filled with 0, the latest minute, which arrives late, would count as healthy.
    return metrics.length === 1 ? metrics[0] : new cloudwatch.MathExpression({
      label,
      expression: `SUM([${metrics.map((_, index) => `gateway${index}`).join(', ')}])`,
      usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`gateway${index}`, metric])),
      period: PERIOD,
    });
  };
  const exhausted = total('Connections without a port', 'ErrorPortAllocation');
  const dropped = total('Packets dropped', 'PacketsDropCount');
  return {
    subject,
    title,
    metrics: [
      { title: 'Bytes out (per minute)', metric: total('Bytes out (per minute)', 'BytesOutToDestination') },
      { title: 'Active connections', metric: total('Active connections', 'ActiveConnectionCount', cloudwatch.Stats.MAXIMUM) },
      { title: 'Connections without a port (per minute)', metric: exhausted },
      { title: 'Packets dropped (per minute)', metric: dropped },
    ],
    signals: [
      {
        id: 'NatPortsExhausted',
        title: 'Connections to the internet fail: the NAT gateway has no port left for one destination',
        metric: exhausted,
        condition: AlarmCondition.above(0),
        evaluationPeriods: 5,
        datapointsToAlarm: 2,
        severity: Severity.P1,
        runbook: 'network/nat-ports-exhausted',
      },
      {
        id: 'NatPacketsDropped',
        title: 'A NAT gateway drops packets: connections to the internet stall',
        metric: dropped,
        condition: AlarmCondition.above(100),
        evaluationPeriods: 10,
        severity: Severity.P2,
        runbook: 'network/nat-packets-dropped',
      },
    ],
  };
}
