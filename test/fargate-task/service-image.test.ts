import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ServiceImage } from '../../src/fargate-task/service-image';
import { PlatformService } from '../../src/platform-service/platform-service';
import type { PlatformServiceProps } from '../../src/platform-service/platform-service-props';
import { appOf, stackIn, stackOf, vpcIn } from '../support';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

let sources: string;
beforeEach(() => {
  sources = mkdtempSync(join(tmpdir(), 'image-'));
});
afterEach(() => {
  rmSync(sources, { recursive: true, force: true });
});

/** A directory with this Dockerfile. */
function directoryWith(dockerfile: string, file: string = 'Dockerfile'): string {
  const directory = mkdtempSync(join(sources, 'service-'));
  writeFileSync(join(directory, file), dockerfile);
  return directory;
}

function serviceIn(stack: Stack, image: ServiceImage, props: Partial<PlatformServiceProps> = {}): PlatformService {
  return new PlatformService(stack, 'Api', { vpc: vpcIn(stack), image, ...props });
}

/** What the container of the one task definition runs. */
function imageOf(stack: Stack): any {
  const [definition] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  return definition.Properties.ContainerDefinitions[0].Image;
}

/** The Docker images that are built when the app's assets are published. */
function buildsOf(stack: Stack): any[] {
  const assembly = stack.node.root as any;
  const manifests = assembly.synth().artifacts.filter((it: any) => it.contents?.dockerImages);
  return manifests.flatMap((it: any) => Object.values(it.contents.dockerImages)).map((it: any) => it.source);
}

describe('the secrets of a build', () => {
  test('are named in the assembly, and taken from the environment of whoever builds', () => {
    const stack = stackOf();
    serviceIn(stack, ServiceImage.fromDirectory(directoryWith('FROM scratch\nVOLUME ["/tmp"]'), { buildSecrets: ['NPM_TOKEN', 'PIP_INDEX'] }));

    expect(buildsOf(stack).map((it) => it.dockerBuildSecrets)).toEqual([{ NPM_TOKEN: 'env=NPM_TOKEN', PIP_INDEX: 'env=PIP_INDEX' }]);
  });

  test.each(['', 'npm-token', 'npmToken', 'GITHUB_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'NODE_OPTIONS', 'PATH', '1PASSWORD'])('are refused as %j', (name) => {
    expect(() => ServiceImage.fromDirectory('services/api', { buildSecrets: ['NPM_TOKEN', name] })).toThrow(new Error(
      "[ServiceImage.fromDirectory] 'buildSecrets' must be the name of a secret in GitHub such as 'NPM_TOKEN', of capital letters, digits and underscores, "
      + `got '${name}'; rename it, without 'GITHUB_', 'AWS_' or another prefix of the tools that run beside it`,
    ));
  });
});

describe('from a registry', () => {
  test('is pinned by its digest', () => {
    const stack = stackOf();
    serviceIn(stack, ServiceImage.fromRegistry(`public.ecr.aws/nginx/nginx@${DIGEST}`));

    expect(imageOf(stack)).toBe(`public.ecr.aws/nginx/nginx@${DIGEST}`);
  });

  test.each(['nginx', 'nginx:latest', 'nginx@sha256:abc', `nginx@${DIGEST}0`, `nginx@sha512:${'0'.repeat(64)}`, `@${DIGEST}`, ''])('refuses %p, which can change', (reference) => {
    expect(() => ServiceImage.fromRegistry(reference)).toThrow(new Error(
      `[ServiceImage.fromRegistry] 'reference' must be pinned by its digest (name@sha256:…), got '${reference}'; `
      + 'look the digest up, for example with `docker buildx imagetools inspect`',
    ));
  });
});

describe('from Amazon ECR', () => {
  test('is pinned by its digest, and may be pulled', () => {
    const stack = stackOf();
    serviceIn(stack, ServiceImage.fromEcr(ecr.Repository.fromRepositoryName(stack, 'Repository', 'shop/api'), DIGEST));

    expect(JSON.stringify(imageOf(stack))).toContain(`/shop/api@${DIGEST}`);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['ecr:BatchGetImage']) })]) },
    });
  });

  test('takes a digest that is known at deployment only for a digest, not for a tag', () => {
    const stack = stackOf();
    const digest = new CfnParameter(stack, 'Digest').valueAsString;
    serviceIn(stack, ServiceImage.fromEcr(ecr.Repository.fromRepositoryName(stack, 'Repository', 'shop/api'), digest));

    expect(imageOf(stack)['Fn::Join'][1].slice(-2)).toEqual(['/shop/api@', { Ref: 'Digest' }]);
  });

  test('may stand in another stack', () => {
    const app = appOf();
    const repository = new ecr.Repository(stackIn(app, 'Images'), 'Repository');
    const stack = stackIn(app);
    serviceIn(stack, ServiceImage.fromEcr(repository, DIGEST));

    expect(JSON.stringify(imageOf(stack))).toContain(`@${DIGEST}`);
  });

  test.each(['latest', '1.2.3', 'sha256:abc', ''])('refuses %p, which is a tag', (digest) => {
    const repository = ecr.Repository.fromRepositoryName(new Stack(), 'Repository', 'shop/api');

    expect(() => ServiceImage.fromEcr(repository, digest)).toThrow(new Error(
      `[ServiceImage.fromEcr] 'digest' must be a digest (sha256:…), got '${digest}'; pass the digest, not a tag`,
    ));
  });
});

describe('from a directory', () => {
  test('is named by a hash of its content', () => {
    const [one, two] = ['CMD ["one"]', 'CMD ["two"]'].map((command) => {
      const stack = stackOf();
      serviceIn(stack, ServiceImage.fromDirectory(directoryWith(`FROM scratch\nVOLUME ["/tmp"]\n${command}\n`)));
      return JSON.stringify(imageOf(stack));
    });

    expect(one).toMatch(/:[0-9a-f]{64}"/);
    expect(two).not.toBe(one);
  });

  test.each([[undefined, 'linux/arm64'], [ecs.CpuArchitecture.of('ARM64'), 'linux/arm64'], [ecs.CpuArchitecture.X86_64, 'linux/amd64']])(
    'is built for the processor that it runs on: %j on %s', (architecture, platform) => {
      const stack = stackOf();
      serviceIn(stack, ServiceImage.fromDirectory(directoryWith('FROM scratch\n')), { architecture });

      expect(buildsOf(stack)).toMatchObject([{ platform }]);
    });

  test('is built from another file, to another target, with arguments', () => {
    const stack = stackOf();
    const directory = directoryWith('FROM scratch AS api\n', 'Api.Dockerfile');
    serviceIn(stack, ServiceImage.fromDirectory(directory, { file: 'Api.Dockerfile', target: 'api', buildArgs: { VERSION: '1' } }));

    expect(buildsOf(stack)).toMatchObject([{ dockerFile: 'Api.Dockerfile', dockerBuildTarget: 'api', dockerBuildArgs: { VERSION: '1' } }]);
  });

  test('refuses a directory without a Dockerfile', () => {
    mkdirSync(join(sources, 'empty'));

    expect(() => serviceIn(stackOf(), ServiceImage.fromDirectory(join(sources, 'empty')))).toThrow(new Error(
      `[Shop/Api] 'image' must name a directory with a Dockerfile, got '${join(sources, 'empty', 'Dockerfile')}'; correct the directory, relative to the working directory`,
    ));
  });

  test('serves two services, built once', () => {
    const stack = stackOf();
    const vpc = vpcIn(stack);
    const image = ServiceImage.fromDirectory(directoryWith('FROM scratch\n'));
    ['Api', 'Worker'].forEach((id) => new PlatformService(stack, id, { vpc, image }));

    const images = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition')).map((it) => it.Properties.ContainerDefinitions[0].Image);

    expect(images[0]).toEqual(images[1]);
    expect(buildsOf(stack)).toHaveLength(1);
  });

  test('may be pulled by the execution role only', () => {
    const stack = stackOf();
    serviceIn(stack, ServiceImage.fromDirectory(directoryWith('FROM scratch\n')));

    const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter((it) => JSON.stringify(it).includes('ecr:BatchGetImage'));

    expect(policies).toHaveLength(1);
    expect(JSON.stringify(policies[0].Properties.Roles)).toContain('ExecutionRole');
  });
});

describe('a path that the process must write to', () => {
  const unwritable = (path: string) => `The Dockerfile does not declare VOLUME ["${path}"], so on Fargate ${path} will belong to root and the service, which is not root, `
    + `cannot write there [ack: cdk-golden-path:unwritable${path}]`;

  test.each(['VOLUME ["/tmp", "/data/c++"]', 'VOLUME /tmp /data/c++', 'volume ["/data/c++"]\nVOLUME ["/tmp"]', "VOLUME ['/tmp','/data/c++']"])('is fine when declared: %s', (volumes) => {
    const stack = stackOf();
    serviceIn(stack, ServiceImage.fromDirectory(directoryWith(`FROM scratch\n${volumes}\n`)), { writablePaths: ['/tmp', '/data/c++'] });

    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('VOLUME'));
  });

  test.each(['', '# VOLUME ["/tmp"]', 'VOLUME ["/tmpfs"]', 'VOLUME /var/tmp'])('is warned of when not declared: %p', (volumes) => {
    const stack = stackOf();
    serviceIn(stack, ServiceImage.fromDirectory(directoryWith(`FROM scratch\n${volumes}\n`)));

    Annotations.fromStack(stack).hasWarning('*', unwritable('/tmp'));
  });
});

test.each([
  ['NPM_TOKEN', 'x', 'its name is that of a secret'],
  ['REGISTRY', 'https://npm:hunter2@registry.example.com', 'its value looks like a URL with a password'],
])('refuses the build argument %s, which would stand in the assembly, without repeating it', (name, value, reason) => {
  expect(() => ServiceImage.fromDirectory('services/api', { buildArgs: { [name]: value } })).toThrow(new Error(
    `[ServiceImage.fromDirectory] 'buildArgs.${name}' must not hold a secret (${reason}); name it in 'buildSecrets'`,
  ));
});
