import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';

/** For which platform Docker builds what runs on this processor. */
export function platformOf(architecture: ecs.CpuArchitecture): Platform {
  const isArm = architecture._cpuArchitecture === ecs.CpuArchitecture.ARM64._cpuArchitecture;
  return isArm ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64;
}
