import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { ECS } from '@aws-sdk/client-ecs';
import { RDS } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';
import { SFN } from '@aws-sdk/client-sfn';
import { migrationGate } from './migration-gate';

/** Calls take seconds: who waits for longer waits in vain, and the state machine asks again. */
const options = { requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true } };

export const handler = migrationGate({
  cloudFormation: new CloudFormation(options),
  ecs: new ECS(options),
  logs: new CloudWatchLogs(options),
  rds: new RDS(options),
  tags: new ResourceGroupsTaggingAPI(options),
  stepFunctions: new SFN(options),
  now: Date.now,
});
