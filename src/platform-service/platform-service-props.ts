import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Ingress } from './ingress';
import type { Rollout } from './rollout';
import type { Scaling } from './scaling';
import type { ServiceConfig } from '../environment/service-config';
import type { Tier } from '../environment/tier';
import type { ServiceImage } from '../fargate-task/service-image';

/** What a service is. */
export interface PlatformServiceProps {
  /** The network. Tasks stand in its private subnets, without public addresses. Changing it replaces the service. */
  readonly vpc: ec2.IVpc;
  /** What runs. */
  readonly image: ServiceImage;
  /**
   * How the service is reached from outside.
   *
   * @default - not at all: a worker
   */
  readonly ingress?: Ingress;
  /**
   * Variables, names of secrets and feature flags.
   *
   * @default - none
   */
  readonly config?: ServiceConfig;
  /**
   * How a new version takes over.
   *
   * @default - with an ingress by tier: Rollout.canary() in STAGING and PROD, Rollout.blueGreen() in DEV; without one
   * Rollout.rolling()
   */
  readonly rollout?: Rollout;
  /**
   * How the number of tasks follows the load.
   *
   * @default Scaling.cpu()
   */
  readonly scaling?: Scaling;
  /**
   * CPU units of a task; 1024 are one vCPU.
   *
   * @default 512
   */
  readonly cpu?: number;
  /**
   * Memory of a task, in MiB. A task that needs more is killed.
   *
   * @default 1024
   */
  readonly memoryLimitMiB?: number;
  /**
   * The processor for which the image is built.
   *
   * @default ecs.CpuArchitecture.ARM64, Graviton: about a fifth cheaper than x86
   */
  readonly architecture?: ecs.CpuArchitecture;
  /**
   * The command, in place of the image's own: a worker's entry point, for example.
   *
   * @default - the image's CMD
   */
  readonly command?: string[];
  /**
   * A command that exits with 0 while the container is healthy. The load balancer's check needs none; a worker may.
   *
   * @default - the container is healthy while it runs
   */
  readonly healthCommand?: string[];
  /**
   * How long a task may take to start before failures of `healthCommand` count: whole seconds, up to 5 minutes. A
   * success ends it. Throws without a `healthCommand`.
   *
   * @default - `healthCheckGracePeriod`, up to 5 minutes; a minute for a worker
   */
  readonly startPeriod?: Duration;
  /**
   * How long a task may take to start before ECS looks at its health, as the load balancer and `healthCommand` see it:
   * whole seconds. A task that is not healthy by then is stopped, and the deployment rolled back after a few of them.
   * Set it to the longest start that is normal, and half of that on top. Throws without an `ingress`, and for less than
   * `startPeriod`.
   *
   * @default - a minute, or `startPeriod` if that is longer
   */
  readonly healthCheckGracePeriod?: Duration;
  /**
   * How long a process may take to end after SIGTERM, before it is killed: whole seconds, up to 2 minutes. With an
   * ingress ECS sends it when the load balancer has drained the task (`deregistrationDelay`).
   *
   * @default Duration.seconds(30)
   */
  readonly stopTimeout?: Duration;
  /**
   * The user, or user and group, as whom the process runs. Root is refused.
   *
   * @default '1000:1000'
   */
  readonly user?: string;
  /**
   * Directories that the process may write to; the rest of the file system is read-only. Declare each as a VOLUME in the
   * Dockerfile, or it will belong to root. Their content goes with the task.
   *
   * @default ['/tmp']
   */
  readonly writablePaths?: string[];
  /**
   * The cluster. It must offer the capacity providers FARGATE and FARGATE_SPOT, and have Container Insights on: the signal
   * for too few tasks takes their absence for an outage.
   *
   * @default - one that all services of the stack share
   */
  readonly cluster?: ecs.ICluster;
  /**
   * How much this service must guarantee.
   *
   * @default - the tier of the stage
   */
  readonly tier?: Tier;
}
