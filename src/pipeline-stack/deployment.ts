import type { Duration } from 'aws-cdk-lib';
import type { DeliveryStack } from './delivery-stack';
import type { Gate } from './gate';
import type { PlatformEnvironment } from '../environment/platform-environment';
import type { PlatformStage } from '../environment/platform-stage';

/** One environment on the way of a commit. */
export interface Deployment {
  readonly stage: PlatformStage;
  readonly environment: PlatformEnvironment;
  readonly gate: Gate;
  readonly timeout: Duration;
  readonly delivery: DeliveryStack;
}
