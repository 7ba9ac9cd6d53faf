import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { ECS } from '@aws-sdk/client-ecs';
import { RDS } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';
import { SFN } from '@aws-sdk/client-sfn';
import { migrationGate } from './migration-gate';

/** Calls take seconds: who waits for longer waits in vain, and the state machine asks again. */
const options = { requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true } };
const [cloudFormation, ecs, logs] = [new CloudFormation(options), new ECS(options), new CloudWatchLogs(options)];
const [rds, tags, stepFunctions] = [new RDS(options), new ResourceGroupsTaggingAPI(options), new SFN(options)];

export const handler = migrationGate({ cloudFormation, ecs, logs, rds, tags, stepFunctions, now: Date.now });
