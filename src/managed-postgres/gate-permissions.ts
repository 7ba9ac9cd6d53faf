import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { SNAPSHOT_PREFIX } from '../handlers/migration-gate/contract';
import { acknowledge, acknowledgeWildcard, PACKS } from '../private/acknowledge';

/** What the gate works on. */
export interface GatedThings {
  readonly cluster: ecs.ICluster;
  readonly definition: ecs.FargateTaskDefinition;
  readonly logGroup: logs.ILogGroup;
  readonly instanceIdentifier: string;
  /** Whether it takes migrations back, and so has to know which versions run. */
  readonly reverts: boolean;
}

/** What the function of the gate may do: with these things, and no others. */
export function permitGate(scope: Construct, role: iam.IRole, { cluster, definition, logGroup, instanceIdentifier, reverts }: GatedThings): void {
  const stack = Stack.of(scope);
  // Each deployment has a revision of its own, and a rollback may have to run that of the deployment before.
  const revisions = stack.formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${definition.family}:*` });
  const tasks = stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` });
  const instance = stack.formatArn({ service: 'rds', resource: 'db', resourceName: instanceIdentifier, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const snapshots = stack.formatArn({
    service: 'rds', resource: 'snapshot', resourceName: `${SNAPSHOT_PREFIX}${instanceIdentifier}-*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const allow = (actions: string[], resources: string[], conditions?: object): void => {
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions: conditions && { ...conditions } }));
  };
  allow(['ecs:RunTask'], [revisions], { ArnEquals: { 'ecs:cluster': cluster.clusterArn } });
  allow(['ecs:DescribeTasks', 'ecs:StopTask'], [tasks]);
  allow(['iam:PassRole'], [definition.taskRole.roleArn, definition.obtainExecutionRole().roleArn], { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
  allow(['logs:GetLogEvents', 'logs:FilterLogEvents'], [logGroup.logGroupArn]);
  allow(['cloudformation:DescribeStacks', 'cloudformation:DescribeStackEvents'], [Aws.STACK_ID]);
  allow(['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots'], [instance]);
  allow(['rds:CreateDBSnapshot'], [instance, snapshots]);
  allow(['rds:DescribeDBSnapshots', 'rds:DeleteDBSnapshot', 'rds:AddTagsToResource'], [snapshots]);

  acknowledgeWildcard(role, revisions, 'All revisions of one task definition: a rollback runs that of the deployment before.');
  acknowledgeWildcard(role, tasks, 'All tasks of the one cluster that runs nothing but the migrations of this database.');
  acknowledgeWildcard(role, snapshots, 'The snapshots that this gate takes, or once took, of this one instance: others are not called like this.');
  if (reverts) {
    permitLookingAtServices(role, allow);
  }
}

/** Which services use the database is written on the services, and known to nobody else: they may be in any stack. */
function permitLookingAtServices(role: iam.IRole, allow: (actions: string[], resources: string[]) => void): void {
  allow(['tag:GetResources', 'ecs:DescribeServices', 'ecs:ListTasks', 'ecs:DescribeTasks'], ['*']);
  acknowledge(role, 'Before migrations are taken back, the versions of all services that are tagged as users of the database are looked at, in whatever stack and cluster they are; nothing can be changed by it. '
    + 'tag:GetResources takes no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonresourcegrouptaggingapi.html',
  `${PACKS.aws}-IAM5[Resource::*]`);
}
