import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { ECS } from '@aws-sdk/client-ecs';
import type { RDS } from '@aws-sdk/client-rds';
import type { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';
import type { SFN } from '@aws-sdk/client-sfn';

/** What the gate reaches AWS with. */
export interface GateClients {
  readonly cloudFormation: CloudFormation;
  readonly ecs: ECS;
  readonly logs: CloudWatchLogs;
  readonly rds: RDS;
  readonly tags: ResourceGroupsTaggingAPI;
  readonly stepFunctions: SFN;
  readonly now: () => number;
}
