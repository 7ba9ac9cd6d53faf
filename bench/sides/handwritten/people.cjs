// A task through which people get to the database: it waits, and they open a session of Amazon ECS Exec in it.
const { Size } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const ecs = require('aws-cdk-lib/aws-ecs');
const iam = require('aws-cdk-lib/aws-iam');
const { busybox } = require('./authorities.cjs');
const { defineLogGroup } = require('./encryption.cjs');

exports.definePeople = (stack, { vpc, key, securityGroup, port }) => {
  const name = `${stack.stackName}-orders-people`.toLowerCase();
  const logGroup = defineLogGroup(stack, 'OrdersPeopleLogs', key);
  new ecs.Cluster(stack, 'OrdersPeopleCluster', {
    clusterName: name,
    vpc,
    containerInsightsV2: ecs.ContainerInsights.ENHANCED,
    executeCommandConfiguration: {
      kmsKey: key, logging: ecs.ExecuteCommandLogging.OVERRIDE, logConfiguration: { cloudWatchLogGroup: logGroup, cloudWatchEncryptionEnabled: true },
    },
  });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'OrdersPeopleTask', {
    family: name,
    cpu: 256,
    memoryLimitMiB: 512,
    runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
  });
  taskDefinition.addContainer('Wait', {
    containerName: 'wait',
    image: ecs.ContainerImage.fromDockerImageAsset(busybox(stack)),
    entryPoint: ['/bin/sh', '-c', 'exec /bin/sleep 3600'],
    user: '65534:65534',
    readonlyRootFilesystem: false,
    privileged: false,
    linuxParameters: new ecs.LinuxParameters(stack, 'OrdersPeopleLinux', { initProcessEnabled: true }),
    logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'wait', logGroup, mode: ecs.AwsLogDriverMode.NON_BLOCKING, maxBufferSize: Size.mebibytes(1) }),
  });
  [
    { actions: ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map((it) => `ssmmessages:${it}`), resources: ['*'] },
    { actions: ['logs:DescribeLogGroups'], resources: ['*'] },
    { actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] },
    { actions: ['kms:Decrypt'], resources: [key.keyArn] },
  ].forEach((statement) => taskDefinition.addToTaskRolePolicy(new iam.PolicyStatement(statement)));
  const people = new ec2.SecurityGroup(stack, 'OrdersPeopleSecurityGroup', { vpc, description: 'People at the database', allowAllOutbound: false });
  people.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'The image, logs and Session Manager');
  people.connections.allowTo(securityGroup, ec2.Port.tcp(port), 'PostgreSQL');
};
