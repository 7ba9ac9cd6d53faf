import type { DockerImageSource } from 'aws-cdk-lib/cloud-assembly-schema';
import { assetManifestsOf, stacksOf } from './bootstrap-roles';
import type { PlatformStage } from '../environment/platform-stage';

/** What the images of a stage need where they are built. */
export interface ImageBuilds {
  /** How Docker calls the processors that they are for, such as `linux/arm64`. */
  readonly platforms: string[];
  /** The environment variables that carry the secrets of the builds. */
  readonly secrets: string[];
}

/** Of a stage that is synthesised: its asset manifests say what `cdk deploy` will build. */
export function imageBuildsOf(stage: PlatformStage): ImageBuilds | undefined {
  const sources = stacksOf(stage).flatMap(assetManifestsOf)
    .flatMap(({ contents: { dockerImages = {} } }) => Object.values(dockerImages)).map(({ source }) => source);
  return sources.length === 0 ? undefined : {
    platforms: distinct(sources.map(({ platform }) => platform)),
    secrets: distinct(sources.flatMap(variablesOf)),
  };
}

function variablesOf({ dockerBuildSecrets = {} }: DockerImageSource): (string | undefined)[] {
  return Object.values(dockerBuildSecrets).map((it) => /^(?:type=env,)?env=(\w+)$/.exec(it)?.[1]);
}

function distinct(values: (string | undefined)[]): string[] {
  return [...new Set(values)].filter((it) => it !== undefined).sort();
}
