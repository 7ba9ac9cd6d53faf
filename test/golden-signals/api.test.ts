import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmCondition, type Observation, Severity } from '../../src/contracts';
import { observeHttpApi, observeRestApi } from '../../src/golden-signals/api';
import { evaluate, goesOff, type Series } from '../platform-service/metric-math';
import { stackOf } from '../support';

const stack = stackOf();
const restApi = new apigateway.RestApi(stack, 'Shop', { restApiName: 'shop', cloudWatchRole: false });
restApi.root.addMethod('GET');
const httpApi = new apigatewayv2.HttpApi(stack, 'Webhooks');
const [ofRestApi, ofHttpApi] = [observeRestApi(restApi), observeHttpApi(httpApi)];

/** Everything that an expression reads, by its name in the expression. */
function inputsOf(metric: cloudwatch.IMetric) {
  const inputs = Object.entries(metric.toMetricConfig().mathExpression!.usingMetrics);
  return Object.fromEntries(inputs.map(([id, it]) => {
    const { namespace, metricName, statistic, dimensions, period } = it.toMetricConfig().metricStat!;
    return [id, [namespace, metricName, statistic, stack.resolve(dimensions), period.toSeconds()]];
  }));
}

function signalOf({ signals }: Observation, id: string) {
  return signals.find((it) => it.id === id)!;
}

function compute(id: string, data: { [metric: string]: Series }): Series {
  const { expression } = signalOf(ofRestApi, id).metric.toMetricConfig().mathExpression!;
  return evaluate(expression, data, data.requests.length);
}

/** So many minutes of the same. */
const minutes = (count: number, value?: number): Series => Array.from({ length: count }, () => value);

test('reads a REST API by its name, and counts requests by samples as API Gateway does', () => {
  const dimensions = [{ name: 'ApiName', value: 'shop' }];

  expect(inputsOf(signalOf(ofRestApi, 'Errors').metric)).toEqual({
    requests: ['AWS/ApiGateway', 'Count', 'SampleCount', dimensions, 60],
    failures: ['AWS/ApiGateway', '5XXError', 'Sum', dimensions, 60],
  });
  expect(inputsOf(signalOf(ofRestApi, 'Slow').metric)).toEqual({
    requests: ['AWS/ApiGateway', 'Count', 'SampleCount', dimensions, 60],
    latency: ['AWS/ApiGateway', 'Latency', 'p99', dimensions, 60],
  });
});

test('reads an HTTP API by its id, under the other name that errors have there', () => {
  const dimensions = [{ name: 'ApiId', value: stack.resolve(httpApi.apiId) }];

  expect(inputsOf(signalOf(ofHttpApi, 'Errors').metric)).toEqual({
    requests: ['AWS/ApiGateway', 'Count', 'SampleCount', dimensions, 60],
    failures: ['AWS/ApiGateway', '5xx', 'Sum', dimensions, 60],
  });
  expect(inputsOf(signalOf(ofHttpApi, 'Slow').metric).latency).toEqual(['AWS/ApiGateway', 'Latency', 'p99', dimensions, 60]);
});

test('shows requests, errors and response time', () => {
  expect(ofRestApi).toMatchObject({ subject: restApi, title: 'Shop' });
  expect(ofHttpApi).toMatchObject({ subject: httpApi, title: 'Webhooks' });
  expect(ofRestApi.metrics.map(({ title }) => title)).toEqual(['Requests (per minute)', '5xx responses (%)', 'Response time, p99 (ms)']);
});

test.each([
  ['Errors', AlarmCondition.above(5), 10, Severity.P1, 'api/errors'],
  ['Slow', AlarmCondition.above(3000), 10, Severity.P2, 'api/slow'],
])('has the signal %s, the same for both kinds', (id, condition, evaluationPeriods, severity, runbook) => {
  [ofRestApi, ofHttpApi].forEach((it) => expect(signalOf(it, id)).toMatchObject({ condition, evaluationPeriods, severity, runbook }));
});

test('goes off when more than a twentieth of the requests fails in five minutes of ten', () => {
  const alarm = { threshold: 5, periods: 10, datapoints: signalOf(ofRestApi, 'Errors').datapointsToAlarm! };

  expect(goesOff(compute('Errors', { requests: minutes(5, 100), failures: minutes(5, 6) }), alarm)).toBe(true);
  expect(goesOff(compute('Errors', { requests: minutes(5, 100), failures: minutes(5, 5) }), alarm)).toBe(false);
  expect(goesOff(compute('Errors', { requests: minutes(5, 100), failures: [6, 6, undefined, 6, 6] }), alarm)).toBe(false);
});

test('looks at few requests too, from three errors a minute on, but at response times from twenty requests on', () => {
  expect(compute('Errors', { requests: [2, 3, 19], failures: [2, 3, 19] })).toEqual([0, 100, 100]);
  expect(compute('Slow', { requests: [19, 20], latency: [29_000, 29_000] })).toEqual([0, 29_000]);
});

test('says nothing while nobody asks for anything', () => {
  expect(compute('Errors', { requests: minutes(5), failures: minutes(5) })).toEqual(minutes(5));
  expect(compute('Slow', { requests: minutes(5), latency: minutes(5) })).toEqual(minutes(5));
});

test('does not take a minute that is not reported yet for a healthy one', () => {
  expect(compute('Errors', { requests: [100, 100, undefined], failures: [50, 50, undefined] })).toEqual([50, 50, undefined]);
  expect(compute('Slow', { requests: [100, 100, undefined], latency: [4000, 4000, undefined] })).toEqual([4000, 4000, undefined]);
});
