import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Observation } from '../contracts';

/** Columns of a dashboard, and of one graph. */
const [FULL_WIDTH, GRAPH_WIDTH] = [24, 6];

/** The lines of a log that people look for first. */
const ERRORS = ['fields @timestamp, @message', 'filter @message like /(?i)error|exception|fatal/', 'sort @timestamp desc', 'limit 20'];

/** One page on all that is watched in one stack: its alarms first, then each thing with its golden metrics and its last errors. */
export class StackDashboard extends Construct {
  private readonly dashboard: cloudwatch.Dashboard;
  private readonly alarms: cloudwatch.IAlarm[] = [];

  constructor(scope: Construct, id: string, name: string) {
    super(scope, id);
    this.dashboard = new cloudwatch.Dashboard(this, 'Resource', { dashboardName: name });
    // Rendered at synth, with the alarms that are there by then.
    this.dashboard.addWidgets(new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: this.alarms, width: FULL_WIDTH, height: 3 }));
  }

  public add({ title, metrics, logGroups = [] }: Observation, alarms: cloudwatch.IAlarm[]): void {
    this.alarms.push(...alarms);
    this.dashboard.addWidgets(new cloudwatch.TextWidget({ markdown: `## ${title}`, width: FULL_WIDTH, height: 1 }));
    this.dashboard.addWidgets(...metrics.map((it) => new cloudwatch.GraphWidget({ title: it.title, left: [it.metric], width: GRAPH_WIDTH })));
    if (logGroups.length > 0) {
      this.dashboard.addWidgets(new cloudwatch.LogQueryWidget({
        title: `${title}: errors`, logGroupNames: logGroups.map((it) => it.logGroupName), queryLines: ERRORS, width: FULL_WIDTH,
      }));
    }
  }
}
