import type { Duration } from 'aws-cdk-lib';
import type { DeployRoleStack } from './deploy-role-stack';
import type { Gate } from './gate';
import type { PlatformEnvironment } from '../environment/platform-environment';
import type { PlatformStage } from '../environment/platform-stage';

/** One environment on the way of a commit. */
export interface Deployment {
  readonly stage: PlatformStage;
  readonly environment: PlatformEnvironment;
  readonly gate: Gate;
  readonly jobTimeout: Duration;
  readonly delivery: DeployRoleStack;
}
