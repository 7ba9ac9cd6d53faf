import { CfnDeletionPolicy, Stack } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { ServiceOutput } from './service-output';
import { defineCommandOutput, pathInStack } from '../private/command-output';

export interface OperatedService {
  readonly service: ecs.FargateService;
  readonly definition: ecs.FargateTaskDefinition;
  readonly logGroup: logs.ILogGroup;
}

/**
 * Prepares what somebody needs who has to take a version back by hand: the names of the service, in an output of the stack,
 * and the revisions that ran before.
 *
 * CloudFormation would deregister a task definition that it replaces, and ECS starts no service with one that is
 * INACTIVE. What is retained costs nothing; it goes by `aws ecs deregister-task-definition`.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html
 */
export function prepareWayBack(scope: Construct, { service, definition, logGroup }: OperatedService): void {
  const { cfnOptions } = definition.node.defaultChild as ecs.CfnTaskDefinition;
  cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
  defineCommandOutput<ServiceOutput>(scope, 'Operate', 'Where cdk-golden-path finds the service', {
    kind: 'cdk-golden-path/service',
    construct: pathInStack(scope),
    region: Stack.of(scope).region,
    cluster: service.cluster.clusterName,
    service: service.serviceName,
    logGroup: logGroup.logGroupName,
  });
}
