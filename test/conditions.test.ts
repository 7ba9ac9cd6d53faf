import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ObservabilityBundle } from '../src';
import { stackOf, vpcIn } from './support';
import { together } from './support/scenes';

/*
 * When each alarm of this package goes off, whole, as CloudWatch is told: how the metric is compared and with what, in how
 * many of how many periods of how many seconds, and what it means when nothing is reported. A line that changes here
 * changes who is woken up.
 */

const OF_THE_PACKAGE = {
  'Api-Errors': '> 5, 5 of 10 x 60 s, missing: notBreaching',
  'Api-HighCpu': '> 90, 15 of 15 x 60 s, missing: notBreaching',
  'Api-HighMemory': '> 90, 5 of 5 x 60 s, missing: notBreaching',
  'Api-Outage': '> 50, 2 of 3 x 60 s, missing: notBreaching',
  'Api-RestartFailed': '> 0, 1 of 1 x 60 s, missing: ignore',
  'Api-Slow': '> 3, 10 of 10 x 60 s, missing: notBreaching',
  'Api-TooFewTasks': '< 2, 10 of 10 x 60 s, missing: breaching',
  'Backups-BackupFailed': '> 0, 1 of 36 x 3600 s, missing: notBreaching',
  'Backups-BackupsOverdue': '> 0, 3 of 3 x 3600 s, missing: breaching',
  'Backups-BackupsWithIssues': '> 0, 1 of 1 x 3600 s, missing: ignore',
  'Backups-ContinuousBackupsEnding': '> 0, 1 of 1 x 3600 s, missing: ignore',
  'Backups-ContinuousBackupsMissing': '> 0, 1 of 1 x 3600 s, missing: ignore',
  'Emails-DeadLetters': '> 0, 1 of 1 x 60 s, missing: ignore',
  'Emails-Stuck': '> 900, 5 of 5 x 60 s, missing: ignore',
  'Network-NatPacketsDropped': '> 100, 10 of 10 x 60 s, missing: notBreaching',
  'Network-NatPortsExhausted': '> 0, 2 of 5 x 60 s, missing: notBreaching',
  'Orders-Deadlocks': '> 5, 1 of 1 x 900 s, missing: notBreaching',
  'Orders-FailedLogins': '> 10, 1 of 1 x 300 s, missing: notBreaching',
  'Orders-FewTransactionIds': '> 1000000000, 15 of 15 x 60 s, missing: notBreaching',
  'Orders-HighCpu': '> 90, 15 of 15 x 60 s, missing: notBreaching',
  'Orders-HighLoad': '> 1, 15 of 15 x 60 s, missing: notBreaching',
  'Orders-LowMemory': '< 256 MiB, 10 of 10 x 60 s, missing: notBreaching',
  'Orders-LowStorage': '< 2560 MiB, 5 of 5 x 60 s, missing: notBreaching',
  'Orders-ManyConnections': '> 90, 5 of 5 x 60 s, missing: notBreaching',
  'Orders-MigrationFailed': '> 0, 1 of 1 x 300 s, missing: ignore',
  'Orders-NotReporting': '< 0, 5 of 5 x 60 s, missing: breaching',
  'Orders-OldTransactions': '> 500000000, 15 of 15 x 60 s, missing: notBreaching',
  'Orders-RevertFailed': '> 0, 1 of 1 x 300 s, missing: ignore',
  'Orders-SchemaAhead': '> 0, 1 of 1 x 300 s, missing: ignore',
  'Orders-SlotBehind': '> 5120 MiB, 15 of 15 x 60 s, missing: notBreaching',
  'Orders-SlowReads': '> band of 4, 30 of 30 x 60 s, missing: notBreaching',
  'Orders-SlowWrites': '> band of 4, 30 of 30 x 60 s, missing: notBreaching',
  'Orders-StorageFullSoon': '< 7, 2 of 3 x 86400 s, missing: notBreaching',
  'Uploads-Errors': '> 5, 5 of 10 x 60 s, missing: notBreaching',
};

const OF_PLAIN_CONSTRUCTS = {
  'Api-Errors': '> 5, 5 of 10 x 60 s, missing: notBreaching',
  'Api-Slow': '> 3000, 10 of 10 x 60 s, missing: notBreaching',
  'Aurora-HighCpu': '> 90, 15 of 15 x 60 s, missing: notBreaching',
  'Aurora-NotReporting': '< 0, 5 of 5 x 60 s, missing: breaching',
  'Database-HighCpu': '> 90, 15 of 15 x 60 s, missing: notBreaching',
  'Database-LowMemory': '< 256 MiB, 10 of 10 x 60 s, missing: notBreaching',
  'Database-LowStorage': '< 5120 MiB, 5 of 5 x 60 s, missing: notBreaching',
  'Database-NotReporting': '< 0, 5 of 5 x 60 s, missing: breaching',
  'Emails-DeadLetters': '> 0, 1 of 1 x 60 s, missing: ignore',
  'Emails-Stuck': '> 900, 5 of 5 x 60 s, missing: ignore',
  'Front-Errors': '> 5, 5 of 10 x 60 s, missing: notBreaching',
  'Front-Slow': '> 3, 10 of 10 x 60 s, missing: notBreaching',
  'Function-Errors': '> 5, 1 of 1 x 900 s, missing: notBreaching',
  'Function-NearTimeout': '> 2700, 3 of 5 x 60 s, missing: notBreaching',
  'Function-Throttles': '> 0, 3 of 5 x 60 s, missing: notBreaching',
  'News-Undelivered': '> 0, 2 of 5 x 60 s, missing: notBreaching',
  'Replica-HighCpu': '> 90, 15 of 15 x 60 s, missing: notBreaching',
  'Replica-LowMemory': '< 256 MiB, 10 of 10 x 60 s, missing: notBreaching',
  'Replica-NotReporting': '< 0, 5 of 5 x 60 s, missing: breaching',
  'Replica-ReplicaBehind': '> 600, 10 of 10 x 60 s, missing: notBreaching',
  'Service-HighCpu': '> 90, 15 of 15 x 60 s, missing: notBreaching',
  'Service-HighMemory': '> 90, 5 of 5 x 60 s, missing: notBreaching',
  'Sessions-HighCpu': '> 90, 15 of 15 x 60 s, missing: notBreaching',
  'Sessions-LowMemory': '> 90, 10 of 10 x 60 s, missing: notBreaching',
  'NatPacketsDropped': '> 100, 10 of 10 x 60 s, missing: notBreaching',
  'NatPortsExhausted': '> 0, 2 of 5 x 60 s, missing: notBreaching',
};

/** The alarms that a bundle has defined, by the thing and the signal. What NAT gateways and further services have is the same for each. */
function alarmsIn(stack: Stack): { [alarm: string]: string } {
  const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'))
    .map(({ Properties: it }) => it).filter(({ AlarmName: name }) => /^Shop-Watch-(?!Admin|Worker)/.test(name));
  return Object.fromEntries(alarms.map((it) => [it.AlarmName.replace(/^Shop-Watch-(Vpc-PublicSubnet\d-NATGateway-)?/, ''), conditionOf(it)]));
}

/** A band is computed beside the metric, which has the period. */
function conditionOf({ ComparisonOperator, Threshold, EvaluationPeriods, DatapointsToAlarm, TreatMissingData, Metrics: queries, Period }: any): string {
  const period = Period ?? queries.flatMap((it: any) => it.MetricStat?.Period ?? [])[0];
  const band = queries?.map(({ Expression }: any) => /^ANOMALY_DETECTION_BAND\(\w+, ?(\d+)\)$/.exec(Expression)?.[1]).find((it: unknown) => it !== undefined);
  const limit = Threshold === undefined ? `band of ${band}` : Threshold >= 2 ** 20 && Threshold % 2 ** 20 === 0 ? `${Threshold / 2 ** 20} MiB` : Threshold;
  const periods = `${DatapointsToAlarm ?? EvaluationPeriods} of ${EvaluationPeriods} x ${period} s`;
  return `${SIGNS[ComparisonOperator] ?? ComparisonOperator} ${limit}, ${periods}, missing: ${TreatMissingData}`;
}

const SIGNS: { readonly [operator: string]: string } = { GreaterThanThreshold: '>', LessThanThreshold: '<', GreaterThanUpperThreshold: '>' };

/** What teams define without this package, and watch with it. */
function plainThingsIn(stack: Stack): void {
  const vpc = vpcIn(stack);
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('App', { image: ecs.ContainerImage.fromRegistry('app') });
  const database = new rds.DatabaseInstance(stack, 'Database', { vpc, engine: rds.DatabaseInstanceEngine.POSTGRES, instanceType: new ec2.InstanceType('m7g.large') });
  new rds.DatabaseInstanceReadReplica(stack, 'Replica', { vpc, sourceDatabaseInstance: database, instanceType: new ec2.InstanceType('m7g.large') });
  new rds.DatabaseCluster(stack, 'Aurora', {
    vpc, engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_5 }), writer: rds.ClusterInstance.serverlessV2('Writer'),
  });
  new apigatewayv2.HttpApi(stack, 'Api');
  new elasticache.CfnReplicationGroup(stack, 'Sessions', { replicationGroupDescription: 'Sessions', numCacheClusters: 2 });
  new ecs.FargateService(stack, 'Service', { cluster: new ecs.Cluster(stack, 'Cluster', { vpc }), taskDefinition });
  new lambda.Function(stack, 'Function', { code: lambda.Code.fromInline('exports.handler = () => {}'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_22_X });
  new elbv2.ApplicationLoadBalancer(stack, 'Front', { vpc });
  const dead = new sqs.Queue(stack, 'Dead');
  new sqs.Queue(stack, 'Emails', { deadLetterQueue: { queue: dead, maxReceiveCount: 3 } });
  new sns.Topic(stack, 'News');
}

test('the alarms of what this package defines, in PROD', () => {
  const stack = stackOf();
  together(stack);

  expect(alarmsIn(stack)).toEqual(OF_THE_PACKAGE);
});

test('the alarms of plain constructs', () => {
  const stack = stackOf();
  plainThingsIn(stack);
  new ObservabilityBundle(stack, 'Watch').watchEverything(stack);

  expect(alarmsIn(stack)).toEqual(OF_PLAIN_CONSTRUCTS);
});
