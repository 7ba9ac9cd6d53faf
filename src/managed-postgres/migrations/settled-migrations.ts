import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ServiceImage } from '../../fargate-task/service-image';

/** Migrations as the gate runs them. */
export interface SettledMigrations {
  readonly image: ServiceImage;
  /** A hash of their content and of the tool's version. */
  readonly release: string;
  /** The name of the newest. */
  readonly newest: string;
  readonly dataSource: string;
  readonly variables: { [name: string]: string };
  readonly onRollback: 'keep' | 'revert';
  readonly restorePoint: 'time' | 'snapshot';
  readonly architecture: ecs.CpuArchitecture;
  readonly cpu: number;
  readonly memoryLimitMiB: number;
  readonly user: string;
}
