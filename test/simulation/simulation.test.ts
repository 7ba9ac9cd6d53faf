import * as fs from 'node:fs';
import * as path from 'node:path';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { alarmOf, type ModelledAlarm, run } from './observed-signals';
import { Random } from './random';
import { detection, falseAlarms, MONTHS, plainDelay, takenBack } from './tables';
import { type Minute, reportOf } from './web-service';
import { AlarmCondition, type Observation, Severity, type Signal } from '../../src/contracts';
import { observeFunction } from '../../src/golden-signals/function';
import { maxAgeOf, observeQueue } from '../../src/golden-signals/queue';
import { ManagedPostgres } from '../../src/managed-postgres/managed-postgres';
import { PlatformService } from '../../src/platform-service/platform-service';
import { Scaling } from '../../src/platform-service/scaling';
import { slowerSeconds, worseErrorPercent } from '../../src/platform-service/traffic';
import { databaseProps, stackOf, vpcIn, webProps } from '../support';

const GUIDE = path.join(__dirname, '../../docs/guides/alarms.md');

const stack = stackOf();
const vpc = vpcIn(stack);
const api = new PlatformService(stack, 'Api', webProps(stack, vpc));
const signals = api.observe().signals;
const signalOf = (id: string): Signal => signals.find((it) => it.id === id)!;
const alarms = Object.fromEntries(signals.map((it) => [it.id, alarmOf(stack, it)]));

/** What ECS rolls back on: two minutes of three, as the template says in rollback-alarms.test.ts. */
function rollbackAlarm(metric: cloudwatch.IMetric, threshold: number): ModelledAlarm {
  return alarmOf(stack, {
    id: 'Rollback', title: 'Rollback', metric, condition: AlarmCondition.above(threshold), evaluationPeriods: 3, datapointsToAlarm: 2, severity: Severity.P3, runbook: '-',
  });
}

const [blue, green] = api.node.findChild('Ingress').node.children.filter((it): it is elbv2.ApplicationTargetGroup => /(Blue|Green)$/.test(it.node.id));
const traffic = { loadBalancer: api.loadBalancer!, blue, green };
const onErrors = rollbackAlarm(worseErrorPercent(traffic), 5);
const onLatency = rollbackAlarm(slowerSeconds(traffic), 3);

/** One line of a Markdown table. */
const row = (...cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = (head: string[], rows: (string | number)[][]) => [row(...head), row(...head.map(() => '---')), ...rows.map((it) => row(...it))].join('\n');

/** The part of the guide between two marks. Written anew with `WRITE_TABLES=1`. */
function mustStandInTheGuide(name: string, computed: string): void {
  const [begin, end] = [`<!-- computed: ${name} -->\n\n`, `\n\n<!-- end of ${name} -->`];
  const guide = fs.readFileSync(GUIDE, 'utf-8');
  const [from, to] = [guide.indexOf(begin) + begin.length, guide.indexOf(end)];
  if (process.env.WRITE_TABLES) {
    fs.writeFileSync(GUIDE, guide.slice(0, from) + computed + guide.slice(to));
  }
  expect(fs.readFileSync(GUIDE, 'utf-8').slice(from, from + computed.length + end.length)).toBe(computed + end);
}

test('sees failures of small services too: the table of delays stands in the guide', () => {
  const { Outage, Errors } = alarms;
  const rows = [1, 2, 5, 10, 20, 100].map((requests) => {
    const [all, some] = [1, 0.2].map((it) => detection({ Outage, Errors }, requests, it));
    return [requests, all.Outage, all.Errors, some.Errors];
  });

  mustStandInTheGuide('failures', table(['Requests a minute', '`Outage`, all fail', '`Errors`, all fail', '`Errors`, 20 % fail'], rows));
  const errorsOf = (requests: number) => rows.find(([it]) => it === requests)![2];
  [5, 10, 20].forEach((it) => expect(parseInt(String(errorsOf(it)), 10)).toBeLessThanOrEqual(7));
});

test('takes a bad version of a small service back: the table of rollbacks stands in the guide', () => {
  const rows = [20, 50, 100, 300].map((requests) => {
    const [all, some] = [1, 0.2].map((it) => takenBack(onErrors, requests, it));
    return [requests, `${all.step} %`, `${all.all} %`, `${some.step} %`, `${some.all} %`];
  });

  mustStandInTheGuide('rollbacks', table(['Requests a minute', 'all fail: at 10 %', 'in all', '20 % fail: at 10 %', 'in all'], rows));
  expect(takenBack(onErrors, 100, 1).step).toBeGreaterThan(50);
});

test('seldom wakes anybody up for nothing: the table of false alarms stands in the guide', () => {
  const names = signals.map(({ id }) => id);
  const judged = { ...alarms, rollback: onErrors };
  const rows = Object.entries(MONTHS).map(([name, month]) => [name, ...Object.values(falseAlarms(judged, month))]);

  mustStandInTheGuide('false alarms', table(['A month of', ...names.map((it) => `\`${it}\``), 'rollback alarm on errors'], rows));
  const outages = rows.map((it) => it[1 + names.indexOf('Outage')]);
  expect(outages).toEqual(outages.map(() => 0));
}, 120_000);

test('sees what passes a threshold after this long: the table of the others stands in the guide', () => {
  const handler = new lambda.Function(stack, 'Handler', { code: lambda.Code.fromInline(' '), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_22_X });
  const queue = new sqs.Queue(stack, 'Queue');
  const watched: [string, Observation][] = [
    ['service', api.observe()],
    ['database', new ManagedPostgres(stack, 'Orders', databaseProps(vpc)).observe()],
    ['function', observeFunction(handler)],
    ['queue', observeQueue({ subject: queue, queue, deadLetterQueue: queue, maxAge: maxAgeOf(queue) })],
  ];
  const plain = watched.flatMap(([kind, { signals: its }]) => its
    .filter(({ metric, condition }) => metric.toMetricConfig().metricStat?.period.toSeconds() === 60 && condition.threshold !== undefined)
    .map((signal) => [`\`${signal.id}\` of a ${kind}`, signal.severity, plainDelay(alarmOf(stack, signal))]));

  mustStandInTheGuide('thresholds', table(['Signal', 'Severity', 'Minutes to the alarm'], plain));
});

test('leaves the alarm on latency green for an ordinary slow service, which the 99th percentile would keep red', () => {
  const redShare = (percentile: number) => {
    const random = new Random(3);
    const minutes: Minute[] = Array.from({ length: 240 }, () => ({ requests: 100, latency: { median: 0.4, spread: 1, percentile } }));
    const states = run(onLatency, reportOf(minutes, random), 240, random);
    return states.filter((it) => it === 1).length / states.length;
  };

  expect(redShare(0.9)).toBe(0);
  expect(redShare(0.99)).toBeGreaterThan(0.5);
});

test('reads half of the load of the tasks that serve, while a second set stands ready', () => {
  // As documented: CPU used by all tasks, through what all of them have.
  const average = (used: number, tasks: number) => used / tasks;
  const { targetPercent } = Scaling.cpu();
  const rows = [40, 60, 80, 100].map((load) => [`${load} %`, `${average(load * 4, 8)} %`, average(load * 4, 8) > targetPercent ? 'yes' : 'no']);

  mustStandInTheGuide('scaling', table(['Load of the tasks with the traffic', 'Average over both sets', 'Tasks are added at a target of 60 %'], rows));
});

test('is told to people with the limits that the template has', () => {
  expect([signalOf('Outage'), signalOf('Errors')].map(({ evaluationPeriods, datapointsToAlarm }) => [datapointsToAlarm, evaluationPeriods])).toEqual([[2, 3], [5, 10]]);
});
