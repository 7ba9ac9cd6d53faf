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

/** Calls take seconds: who waits for longer waits in vain, and the state machine asks again. */
const OPTIONS = { requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } };

/** Each part of the SDK is loaded when it is first needed: most calls need one. */
export class LambdaClients implements GateClients {
  readonly now = Date.now;
  private readonly made = new Map<string, unknown>();

  get cloudFormation(): CloudFormation {
    return this.once('cloudFormation', () => new (require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation')).CloudFormation(OPTIONS));
  }

  get ecs(): ECS {
    return this.once('ecs', () => new (require('@aws-sdk/client-ecs') as typeof import('@aws-sdk/client-ecs')).ECS(OPTIONS));
  }

  get logs(): CloudWatchLogs {
    return this.once('logs', () => new (require('@aws-sdk/client-cloudwatch-logs') as typeof import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs(OPTIONS));
  }

  get rds(): RDS {
    return this.once('rds', () => new (require('@aws-sdk/client-rds') as typeof import('@aws-sdk/client-rds')).RDS(OPTIONS));
  }

  get tags(): ResourceGroupsTaggingAPI {
    return this.once('tags', () =>
      new (require('@aws-sdk/client-resource-groups-tagging-api') as typeof import('@aws-sdk/client-resource-groups-tagging-api')).ResourceGroupsTaggingAPI(OPTIONS));
  }

  get stepFunctions(): SFN {
    return this.once('stepFunctions', () => new (require('@aws-sdk/client-sfn') as typeof import('@aws-sdk/client-sfn')).SFN(OPTIONS));
  }

  private once<T>(name: string, make: () => T): T {
    if (!this.made.has(name)) {
      this.made.set(name, make());
    }
    return this.made.get(name) as T;
  }
}
