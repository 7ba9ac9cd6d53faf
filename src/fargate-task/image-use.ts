import type * as ecs from 'aws-cdk-lib/aws-ecs';

/** What a service will do with its image. */
export interface ImageUse {
  readonly architecture: ecs.CpuArchitecture;
  readonly writablePaths: string[];
}
