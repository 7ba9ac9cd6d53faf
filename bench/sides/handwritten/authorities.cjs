// The certificate authorities of RDS, laid into the task by a container that runs before the service.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { gzipSync } = require('node:zlib');
const { Size } = require('aws-cdk-lib');
const ecs = require('aws-cdk-lib/aws-ecs');

const IMAGE = 'public.ecr.aws/docker/library/busybox:1.36.1@sha256:73aaf090f3d85aa34ee199857f03fa3a95c8ede2ffd4cc2cdb5b94e566b11662';
const BUNDLE = join(__dirname, '../../../assets/rds-certificates/eu-west-1.pem');

exports.AUTHORITIES = '/etc/rds/eu-west-1-bundle.pem';

exports.addAuthorities = (taskDefinition, container, logGroup) => {
  const writer = taskDefinition.addContainer('Files', {
    containerName: 'files',
    image: ecs.ContainerImage.fromRegistry(IMAGE),
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
