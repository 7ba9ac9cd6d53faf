import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../private/acknowledge';

/** What people go through, by names that are known at synth. */
export interface Passage {
  readonly cluster: string;
  readonly family: string;
  /** The roles of the task. */
  readonly roles: iam.IRole[];
}

/** The document by which Session Manager forwards a port, and the only one that people may use: no shell. */
const PORT_FORWARDING = 'AWS-StartPortForwardingSessionToRemoteHost';

/**
 * What somebody needs for a way to one database, and no more: to start its task, to look at it and to stop it, and to
 * forward a port through it.
 *
 * No ARN refers to a revision of the task, so that a policy in another stack does not stand in the way of the next.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-specify-session-document.html
 */
export function permitPeople(scope: Construct, grantee: iam.IGrantable, { cluster, family, roles }: Passage): iam.Grant {
  const stack = Stack.of(scope);
  const arn = (service: string, resource: string, resourceName: string): string => stack.formatArn({ service, resource, resourceName });
  const stacks = arn('cloudformation', 'stack', `${stack.stackName}/*`);
  const revisions = arn('ecs', 'task-definition', `${family}:*`);
  const tasks = arn('ecs', 'task', `${cluster}/*`);
  const sessions = arn('ssm', 'session', '${aws:userid}-*');
  const document = stack.formatArn({ service: 'ssm', account: '', resource: 'document', resourceName: PORT_FORWARDING });
  const allow = (actions: string[], resourceArns: string[], conditions?: { [operator: string]: { [key: string]: unknown } }): iam.Grant =>
    iam.Grant.addToPrincipal({ grantee, actions, resourceArns, conditions });

  const [first, ...others] = [
    allow(['cloudformation:DescribeStacks'], [stacks]),
    allow(['ecs:RunTask'], [revisions], { ArnEquals: { 'ecs:cluster': arn('ecs', 'cluster', cluster) } }),
    allow(['ecs:DescribeTasks', 'ecs:StopTask'], [tasks]),
    allow(['iam:PassRole'], roles.map((it) => it.roleArn), { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }),
    allow(['ssm:StartSession'], [tasks, document], { BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' } }),
    allow(['ssm:ResumeSession', 'ssm:TerminateSession'], [sessions]),
  ];
  const holder = [grantee, grantee.grantPrincipal].find((it) => Construct.isConstruct(it)) as Construct | undefined;
  if (holder) {
    acknowledgeWildcard(holder, stacks, 'One stack: the id at the end of its ARN is given by CloudFormation.');
    acknowledgeWildcard(holder, revisions, 'All revisions of the one task that waits and knows no credentials: a policy that named one would stand in the way of the next.');
    acknowledgeWildcard(holder, tasks, 'All tasks of the one cluster that runs nothing but ways to this database: nobody knows the id of a task before it is started.');
    acknowledgeWildcard(holder, sessions, "Somebody's own sessions: Session Manager begins their ids with the user's.");
  }
  return others.reduce((sum, it) => sum.combine(it), first);
}
