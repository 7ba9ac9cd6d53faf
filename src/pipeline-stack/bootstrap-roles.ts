import { DefaultStackSynthesizer, Stack, Stage } from 'aws-cdk-lib';
import type { AssetManifestArtifact, CloudArtifact } from 'aws-cdk-lib/cx-api';
import type { PlatformStage } from '../environment/platform-stage';

/** What a deployment assumes. The lookup role is not among them: it may read all data of the account. */
const PURPOSES = ['deploy', 'file-publishing', 'image-publishing'];

/** By the beginning of a region's name. `region-info` knows it too, and takes as long to load as a small stack to synthesise. */
const PARTITIONS: { readonly [prefix: string]: string } = { 'cn': 'aws-cn', 'eusc': 'aws-eusc', 'us-gov': 'aws-us-gov' };

/** The partition that the region belongs to. */
export function partitionOf(region: string): string {
  return PARTITIONS[/^(us-gov|[a-z]+)-/.exec(region)?.[1] ?? ''] ?? 'aws';
}

/** All stacks of a stage that are deployed by themselves. */
export function stacksOf(stage: Stage): Stack[] {
  return stage.node.findAll().filter((it): it is Stack => Stack.isStack(it) && it.nestedStackParent === undefined);
}

/**
 * The roles that `cdk bootstrap` has made for the stacks of this stage, in the account of its environment.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
export function bootstrapRolesOf(stage: PlatformStage): string[] {
  const { account } = stage.environment;
  const roles = stacksOf(stage).flatMap(({ region, synthesizer: { bootstrapQualifier = DefaultStackSynthesizer.DEFAULT_QUALIFIER } }) =>
    PURPOSES.map((purpose) => `arn:${partitionOf(region)}:iam::${account}:role/cdk-${bootstrapQualifier}-${purpose}-role-${account}-${region}`));
  return [...new Set(roles)].sort();
}

/** The roles that the CDK CLI will assume to deploy a stack and to publish what it needs; undefined for credentials of its own. */
export function assumedRolesOf(stack: Stack): (string | undefined)[] {
  const artifact = Stage.of(stack)!.synth().getStackArtifact(stack.artifactId);
  return [artifact.assumeRoleArn, ...artifact.dependencies.filter(isAssetManifest).flatMap(publishingRolesIn)]
    .map((it) => it?.replace('${AWS::Partition}', partitionOf(stack.region)));
}

function isAssetManifest(artifact: CloudArtifact): artifact is AssetManifestArtifact {
  return (artifact.manifest.type as string) === 'cdk:asset-manifest';
}

function publishingRolesIn({ contents: { files = {}, dockerImages = {} } }: AssetManifestArtifact): (string | undefined)[] {
  return [...Object.values(files), ...Object.values(dockerImages)]
    .flatMap(({ destinations }) => Object.values(destinations).map(({ assumeRoleArn }) => assumeRoleArn));
}
