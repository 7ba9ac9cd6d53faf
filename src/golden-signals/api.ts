import { Duration } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { errorPercent, ifEnough, PERSISTENT, worstOf } from './error-share';
import { AlarmCondition, type Observation, Severity } from '../contracts';

const PERIOD = Duration.minutes(1);

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html */
export function observeRestApi(api: apigateway.RestApi): Observation {
  return observeApi(api, api.metricCount(sampleCount()), api.metricServerError(sum()), api.metricLatency(p99()));
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
export function observeHttpApi(api: apigatewayv2.HttpApi): Observation {
  return observeApi(api, api.metricCount(sampleCount()), api.metricServerError(sum()), api.metricLatency(p99()));
}

function observeApi(subject: IConstruct, requests: cloudwatch.Metric, failures: cloudwatch.Metric, latency: cloudwatch.Metric): Observation {
  const errors = new cloudwatch.MathExpression({
    label: '5xx responses (%)',
    expression: worstOf([errorPercent('failures', 'requests')], 'requests'),
    usingMetrics: { requests, failures },
    period: PERIOD,
  });
  const slowness = new cloudwatch.MathExpression({
    label: 'p99 response time (ms)', expression: ifEnough('requests', 'latency'), usingMetrics: { requests, latency }, period: PERIOD,
  });
  return {
    subject,
    title: subject.node.id,
    metrics: [
      { title: 'Requests (per minute)', metric: requests },
      { title: '5xx responses (%)', metric: errors },
      { title: 'Response time, p99 (ms)', metric: slowness },
    ],
    signals: [
      {
        id: 'Errors',
        title: 'Callers get errors',
        metric: errors,
        condition: AlarmCondition.above(5),
        ...PERSISTENT,
        severity: Severity.P1,
        runbook: 'api/errors',
      },
      {
        id: 'Slow',
        title: 'Callers wait too long',
        metric: slowness,
        condition: AlarmCondition.above(3000),
        evaluationPeriods: 10,
        severity: Severity.P2,
        runbook: 'api/slow',
      },
    ],
  };
}

/** How API Gateway counts requests. */
function sampleCount(): cloudwatch.MetricOptions {
  return { period: PERIOD, statistic: cloudwatch.Stats.SAMPLE_COUNT };
}

function sum(): cloudwatch.MetricOptions {
  return { period: PERIOD, statistic: cloudwatch.Stats.SUM };
}

function p99(): cloudwatch.MetricOptions {
  return { period: PERIOD, statistic: cloudwatch.Stats.p(99) };
}
