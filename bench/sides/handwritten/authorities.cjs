// The certificate authorities of RDS, laid into the task by a container that runs before the service.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { gzipSync } = require('node:zlib');
const { Size, Stack } = require('aws-cdk-lib');
const { DockerImageAsset, Platform } = require('aws-cdk-lib/aws-ecr-assets');
const ecs = require('aws-cdk-lib/aws-ecs');

const BUSYBOX = join(__dirname, '../../../images/busybox');
const BUNDLE = join(__dirname, '../../../assets/rds-certificates/eu-west-1.pem');

exports.AUTHORITIES = '/etc/rds/eu-west-1-bundle.pem';

/** The image, once in a stack. */
const busybox = (stack) => stack.node.tryFindChild('Busybox') ?? new DockerImageAsset(stack, 'Busybox', { directory: BUSYBOX, platform: Platform.LINUX_ARM64 });

exports.busybox = busybox;

exports.addAuthorities = (taskDefinition, container, logGroup) => {
  const writer = taskDefinition.addContainer('Files', {
    containerName: 'files',
    image: ecs.ContainerImage.fromDockerImageAsset(busybox(Stack.of(taskDefinition))),
    essential: false,
    memoryReservationMiB: 8,
    user: 'root',
    readonlyRootFilesystem: true,
    privileged: false,
    workingDirectory: '/',
    command: ['sh', '-c', 'set -eu\nprintf %s "$FILE_0" | base64 -d | gunzip > files/eu-west-1-bundle.pem\nchmod 0444 files/eu-west-1-bundle.pem'],
    environment: { FILE_0: gzipSync(readFileSync(BUNDLE), { level: 9 }).toString('base64') },
    logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'files', logGroup, mode: ecs.AwsLogDriverMode.NON_BLOCKING, maxBufferSize: Size.mebibytes(1) }),
  });
  taskDefinition.addVolume({ name: 'files' });
  writer.addMountPoints({ containerPath: '/files', sourceVolume: 'files', readOnly: false });
  container.addMountPoints({ containerPath: '/etc/rds', sourceVolume: 'files', readOnly: true });
  container.addContainerDependencies({ container: writer, condition: ecs.ContainerDependencyCondition.SUCCESS });
};
