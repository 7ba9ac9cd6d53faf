import * as path from 'path';
import { Stack } from 'aws-cdk-lib';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { platformOf } from './platform';

/** Laid beside the code in the package. */
const DIRECTORY = path.join(__dirname, '..', '..', 'images', 'busybox');

/**
 * Busybox, from the registry of the account: it is copied there when assets are published, once for each content, so that
 * no task that starts waits for a public registry, or for a way to one.
 */
export function busybox(scope: Construct, architecture: ecs.CpuArchitecture): ecs.ContainerImage {
  const stack = Stack.of(scope);
  const id = `Busybox-${architecture._cpuArchitecture}`;
  const known = stack.node.tryFindChild(id) as DockerImageAsset | undefined;
  const asset = known ?? new DockerImageAsset(stack, id, { directory: DIRECTORY, platform: platformOf(architecture) });
  return ecs.ContainerImage.fromDockerImageAsset(asset);
}
