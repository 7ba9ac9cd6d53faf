import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Observation, ObservedMetric } from '../contracts';

/** Columns of a dashboard, and of one graph. */
const [FULL_WIDTH, GRAPH_WIDTH] = [24, 6];

/** What AWS allows: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const [MOST_WIDGETS, MOST_ALARMS] = [500, 100];

/** Metrics that are measured once a day, in seconds. */
const ONE_DAY = 24 * 60 * 60;

/** The lines of a log that people look for first. */
const ERRORS = ['fields @timestamp, @message', 'filter @message like /(?i)error|exception|fatal/', 'sort @timestamp desc', 'limit 20'];

/** One page on all that is watched in one stack, each thing with its alarms, its golden metrics and its last errors; where one page is full, another one. */
export class StackDashboard extends Construct {
  private readonly pages: cloudwatch.Dashboard[] = [];
  private room = 0;

  constructor(scope: Construct, id: string, private readonly name: string) {
    super(scope, id);
  }

  /** The alarms are those of the signals, in their order. */
  public add({ title, metrics, signals, logGroups = [] }: Observation, alarms: cloudwatch.IAlarm[]): void {
    const alarmOn = (metric: cloudwatch.IMetric) => alarms[signals.findIndex((it) => it.metric === metric)];
    const rows: cloudwatch.IWidget[][] = [
      [new cloudwatch.TextWidget({ markdown: `## ${title}`, width: FULL_WIDTH, height: 1 })],
      ...chunks(alarms, MOST_ALARMS).map((some) => [new cloudwatch.AlarmStatusWidget({ title: `${title}: alarms`, alarms: some, width: FULL_WIDTH, height: 2 })]),
      ...chunks(metrics.map((it) => graph(it, alarmOn(it.metric))), FULL_WIDTH / GRAPH_WIDTH),
      ...logGroups.length === 0 ? [] : [[new cloudwatch.LogQueryWidget({
        title: `${title}: errors`, logGroupNames: logGroups.map((it) => it.logGroupName), queryLines: ERRORS, width: FULL_WIDTH,
      })]],
    ];
    const page = this.pageFor(rows.flat().length);
    rows.forEach((row) => page.addWidgets(...row));
  }

  private pageFor(widgets: number): cloudwatch.Dashboard {
    if (this.room < widgets) {
      const number = this.pages.length + 1;
      const page = new cloudwatch.Dashboard(this, `Page${number}`, { dashboardName: number === 1 ? this.name : `${this.name}-${number}` });
      this.pages.push(page);
      this.room = MOST_WIDGETS;
    }
    this.room -= widgets;
    return this.pages[this.pages.length - 1];
  }
}

/**
 * A metric over time. What has an alarm is drawn by the alarm, with its threshold, in half the bytes of the template.
 *
 * What is measured once a day is a dot, or nothing, in the hours that a dashboard shows by itself.
 */
function graph({ title, metric }: ObservedMetric, alarm?: cloudwatch.IAlarm): cloudwatch.IWidget {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  const isDaily = (metricStat?.period.toSeconds() ?? mathExpression?.period ?? 0) >= ONE_DAY;
  return alarm && !isDaily
    ? new cloudwatch.AlarmWidget({ title, alarm, width: GRAPH_WIDTH })
    : new cloudwatch.GraphWidget({ title, left: [metric], width: GRAPH_WIDTH, start: isDaily ? '-P14D' : undefined });
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
