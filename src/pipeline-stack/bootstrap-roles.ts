import { DefaultStackSynthesizer, Stack, Stage } from 'aws-cdk-lib';
import type { AssetManifestArtifact, CloudArtifact, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { PlatformStage } from '../environment/platform-stage';

/** What a deployment assumes. The lookup role is not among them: it may read all data of the account. */
const PURPOSES = ['deploy', 'file-publishing', 'image-publishing'];

/** By the beginning of a region's name. `region-info` knows it too, and takes as long to load as a small stack to synthesise. */
const PARTITIONS: { readonly [prefix: string]: string } = { 'cn': 'aws-cn', 'eusc': 'aws-eusc', 'us-gov': 'aws-us-gov' };

/** The partition that the region belongs to. */
export function partitionOf(region: string): string {
  return PARTITIONS[/^(us-gov|[a-z]+)-/.exec(region)?.[1] ?? ''] ?? 'aws';
}

/** Whether the region is cut off from the internet, such as `us-iso-east-1`, and so from GitHub. */
export function isIsolated(region: string): boolean {
  return /^[a-z]+-iso[a-z]?-/.test(region);
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
  const roles = stacksOf(stage).flatMap((stack) =>
    PURPOSES.map((purpose) => `arn:${partitionOf(stack.region)}:iam::${account}:role/cdk-${qualifierOf(stack)}-${purpose}-role-${account}-${stack.region}`));
  return [...new Set(roles)].sort();
}

/** Whether both are deployed by one bootstrap of one account. The region does not matter: what CloudFormation may do there, it may do in all. */
export function shareBootstrap(one: PlatformStage, other: PlatformStage): boolean {
  const qualifiers = stacksOf(one).map(qualifierOf);
  return one.environment.account === other.environment.account && stacksOf(other).some((it) => qualifiers.includes(qualifierOf(it)));
}

function qualifierOf({ synthesizer: { bootstrapQualifier = DefaultStackSynthesizer.DEFAULT_QUALIFIER } }: Stack): string {
  return bootstrapQualifier;
}

/** The roles that the CDK CLI will assume to deploy a stack and to publish what it needs; undefined for credentials of its own. */
export function assumedRolesOf(stack: Stack): (string | undefined)[] {
  return [artifactOf(stack).assumeRoleArn, ...assetManifestsOf(stack).flatMap(publishingRolesIn)]
    .map((it) => it?.replace('${AWS::Partition}', partitionOf(stack.region)));
}

/** What the CDK CLI builds and publishes for a stack. */
export function assetManifestsOf(stack: Stack): AssetManifestArtifact[] {
  return artifactOf(stack).dependencies.filter(isAssetManifest);
}

function artifactOf(stack: Stack): CloudFormationStackArtifact {
  return Stage.of(stack)!.synth().getStackArtifact(stack.artifactId);
}

function isAssetManifest(artifact: CloudArtifact): artifact is AssetManifestArtifact {
  return (artifact.manifest.type as string) === 'cdk:asset-manifest';
}

function publishingRolesIn({ contents: { files = {}, dockerImages = {} } }: AssetManifestArtifact): (string | undefined)[] {
  return [...Object.values(files), ...Object.values(dockerImages)]
    .flatMap(({ destinations }) => Object.values(destinations).map(({ assumeRoleArn }) => assumeRoleArn));
}
