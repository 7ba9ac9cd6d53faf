import * as fs from 'fs';
import * as path from 'path';
import { Annotations, Token } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { ImageUse } from './image-use';
import { platformOf } from './platform';
import { breachOf, GITHUB_SECRET } from '../environment/text-rule';
import { mustBeOf, mustFit } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';
import { mustBePlain } from '../private/plain-value';

/** How an image is built from a directory. */
export interface ImageFromDirectoryOptions {
  /**
   * The Dockerfile, relative to the directory.
   *
   * @default 'Dockerfile'
   */
  readonly file?: string;
  /**
   * The stage of the Dockerfile to build.
   *
   * @default - the last stage
   */
  readonly target?: string;
  /**
   * Build arguments. They are readable in the image's history, and in the assembly that all jobs of a pipeline share:
   * names and values that look like a secret are refused.
   *
   * @default - none
   */
  readonly buildArgs?: { [name: string]: string };
  /**
   * The names of secrets that the build needs, such as `NPM_TOKEN` for private packages. They are in neither the image
   * nor its history, the template or the assembly. The Dockerfile reads one by
   * `RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm ci`.
   *
   * Whoever builds has each as an environment variable. The jobs of `PipelineStack` take them from the secrets of this
   * name in GitHub, of the environment or of the repository. A new value alone builds no new image.
   *
   * @see https://docs.docker.com/build/building/secrets/
   * @default - none
   */
  readonly buildSecrets?: string[];
}

/**
 * A container image that cannot change under a running service: built from sources and named by their content, or
 * pinned by its digest.
 *
 * A value without a place in the tree: one image serves any number of services, in any number of stages.
 */
export abstract class ServiceImage {
  static { brand(this.prototype, 'ServiceImage'); }

  /**
   * Built from the directory's Dockerfile when assets are published, and named by a hash of the directory's content.
   *
   * Synth needs no Docker. A `.dockerignore` keeps `node_modules` and the like out of image and hash. Throws for a
   * secret whose name GitHub would refuse, or that replaced a variable of the tools that build.
   *
   * @param directory relative to the working directory
   */
  public static fromDirectory(directory: string, options: ImageFromDirectoryOptions = {}): ServiceImage {
    mustBeOf('ServiceImage.fromDirectory', 'string', directory, 'directory');
    mustFit('ServiceImage.fromDirectory', 'ImageFromDirectoryOptions', options);
    return new DirectoryImage(path.resolve(directory), options);
  }

  /**
   * An image of any registry, pinned: `public.ecr.aws/nginx/nginx@sha256:…`.
   *
   * Throws for a tag: what a tag names can change between two tasks of one deployment, and on a rollback.
   */
  public static fromRegistry(reference: string): ServiceImage {
    mustBeOf('ServiceImage.fromRegistry', 'string', reference, 'reference');
    if (!Token.isUnresolved(reference) && !/^[\w./:-]+@sha256:[0-9a-f]{64}$/.test(reference)) {
      throw invalid('ServiceImage.fromRegistry', 'reference', {
        must: 'must be pinned by its digest (name@sha256:…)', got: reference, remedy: 'look the digest up, for example with `docker buildx imagetools inspect`',
      });
    }
    return new RegistryImage(reference);
  }

  /** An image of an ECR repository, pinned by its digest: `sha256:…`. Throws for a tag. */
  public static fromEcr(repository: ecr.IRepository, digest: string): ServiceImage {
    mustBeOf('ServiceImage.fromEcr', 'ecr.IRepository', repository, 'repository');
    mustBeOf('ServiceImage.fromEcr', 'string', digest, 'digest');
    if (!Token.isUnresolved(digest) && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
      throw invalid('ServiceImage.fromEcr', 'digest', { must: 'must be a digest (sha256:…)', got: digest, remedy: 'pass the digest, not a tag' });
    }
    return new EcrImage(repository, digest);
  }

  /**
   * Whether ECS signs in to Amazon ECR for it.
   * @internal
   */
  public abstract readonly _inEcr: boolean;

  /** @internal */
  public abstract _bind(scope: Construct, use: ImageUse): ecs.ContainerImage;
}

class DirectoryImage extends ServiceImage {
  public readonly _inEcr = true;

  constructor(private readonly directory: string, private readonly options: ImageFromDirectoryOptions) {
    super();
    (options.buildSecrets ?? []).forEach((it) => {
      const breach = breachOf(GITHUB_SECRET, it);
      if (breach) {
        throw invalid('ServiceImage.fromDirectory', 'buildSecrets', breach);
      }
    });
    Object.entries(options.buildArgs ?? {}).forEach((argument) => {
      mustBePlain('ServiceImage.fromDirectory', `buildArgs.${argument[0]}`, argument, "name it in 'buildSecrets'");
    });
  }

  public _bind(scope: Construct, use: ImageUse): ecs.ContainerImage {
    const { file = 'Dockerfile', target, buildArgs, buildSecrets } = this.options;
    const dockerfile = path.join(this.directory, file);
    if (!fs.existsSync(dockerfile)) {
      throw invalid(scope.node.scope!, 'image', { must: 'must name a directory with a Dockerfile', got: dockerfile, remedy: 'correct the directory, relative to the working directory' });
    }
    warnOfUnwritablePaths(scope, fs.readFileSync(dockerfile, 'utf8'), use.writablePaths);
    return ecs.ContainerImage.fromDockerImageAsset(new DockerImageAsset(scope, 'Image', {
      directory: this.directory,
      file,
      target,
      buildArgs,
      buildSecrets: buildSecrets && Object.fromEntries(buildSecrets.map((it) => [it, `env=${it}`])),
      platform: platformOf(use.architecture),
    }));
  }
}

class RegistryImage extends ServiceImage {
  public readonly _inEcr = false;

  constructor(private readonly reference: string) {
    super();
  }

  public _bind(): ecs.ContainerImage {
    return ecs.ContainerImage.fromRegistry(this.reference);
  }
}

class EcrImage extends ServiceImage {
  public readonly _inEcr = true;

  constructor(private readonly repository: ecr.IRepository, private readonly digest: string) {
    super();
  }

  public _bind(): ecs.ContainerImage {
    return new PinnedEcrImage(this.repository, this.digest);
  }
}

/** The image of the CDK takes a digest that is known at deployment only for a tag. */
class PinnedEcrImage extends ecs.ContainerImage {
  constructor(private readonly repository: ecr.IRepository, private readonly digest: string) {
    super();
  }

  public bind(_scope: Construct, container: ecs.ContainerDefinition): ecs.ContainerImageConfig {
    this.repository.grantPull(container.taskDefinition.obtainExecutionRole());
    return { imageName: this.repository.repositoryUriForDigest(this.digest) };
  }
}

/** A volume belongs to root unless the Dockerfile declares it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html */
function warnOfUnwritablePaths(scope: Construct, dockerfile: string, paths: string[]): void {
  const volumes = [...dockerfile.matchAll(/^\s*VOLUME\s+(.+)$/gim)].map((match) => match[1]).join(' ');
  const declared = volumes.split(/[\s"'[\],]+/);
  paths.filter((it) => !declared.includes(it)).forEach((it) => {
    Annotations.of(scope).addWarningV2(`cdk-golden-path:unwritable${it}`,
      `The Dockerfile does not declare VOLUME ["${it}"], so on Fargate ${it} will belong to root and the service, which is not root, cannot write there`);
  });
}
