// What `golden.cjs` defines, written by hand with the AWS CDK's L2s: the same resources with the same properties.
const { CfnDeletionPolicy, Duration, Size } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const ecs = require('aws-cdk-lib/aws-ecs');
const events = require('aws-cdk-lib/aws-events');
const targets = require('aws-cdk-lib/aws-events-targets');
const iam = require('aws-cdk-lib/aws-iam');
const secretsmanager = require('aws-cdk-lib/aws-secretsmanager');
const { addAuthorities, AUTHORITIES } = require('./handwritten/authorities.cjs');
const { defineDatabase, PORT } = require('./handwritten/database.cjs');
const { defineLogGroup } = require('./handwritten/encryption.cjs');
const { defineFlag } = require('./handwritten/flags.cjs');
const { defineFront, defineRollbackAlarms } = require('./handwritten/front.cjs');
const { definePlatform } = require('./handwritten/platform.cjs');

exports.defineShared = (stack, vpc) => ({ database: defineDatabase(stack, vpc), platform: definePlatform(stack, vpc) });

exports.defineService = (stack, vpc, id, { database, platform }) => {
  const settings = secretsmanager.Secret.fromSecretNameV2(stack, `${id}Settings`, 'prod/api');
  const flag = defineFlag(stack, id, 'new-checkout', platform.strategy);
  const taskDefinition = defineTask(stack, id, { database, platform, settings, flag });
  const securityGroup = new ec2.SecurityGroup(stack, `${id}SecurityGroup`, { vpc, description: `Tasks of ${id}`, allowAllOutbound: false });
  securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'AWS APIs and other services by HTTPS');
  const front = defineFront(stack, vpc, id, platform);
  const alarms = defineRollbackAlarms(stack, id, front);

  const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  const service = new ecs.FargateService(stack, `${id}Service`, {
    cluster: platform.cluster,
    taskDefinition,
    vpcSubnets,
    assignPublicIp: false,
    securityGroups: [securityGroup],
    capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }],
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { enable: true, rollback: true },
    deploymentStrategy: ecs.DeploymentStrategy.CANARY,
    canaryConfiguration: { stepPercent: 10, stepBakeTime: Duration.minutes(5) },
    bakeTime: Duration.minutes(10),
    deploymentAlarms: { alarmNames: ['Errors', 'Latency'].map((kind) => `${stack.stackName}-${id}-${kind}`), behavior: ecs.AlarmBehavior.ROLLBACK_ON_ALARM },
    availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
    healthCheckGracePeriod: Duration.minutes(1),
    enableECSManagedTags: true,
    propagateTags: ecs.PropagatedTagSource.SERVICE,
  });
  service.loadBalancerTarget({
    containerName: 'app',
    containerPort: 8080,
    alternateTarget: new ecs.AlternateTarget('Alternate', {
      alternateTargetGroup: front.green,
      productionListener: ecs.ListenerRuleConfiguration.applicationListenerRule(front.rule),
      role: platform.trafficRole,
    }),
  }).attachToApplicationTargetGroup(front.blue);
  service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 10 }).scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });

  // The rules stand in the service's scope: on the database's own side they would close a cycle between two stacks.
  const peer = ec2.SecurityGroup.fromSecurityGroupId(stack, `${id}Database`, database.securityGroup.securityGroupId);
  peer.connections.allowFrom(service, ec2.Port.tcp(PORT), `Tasks of ${id}`);
  service.node.defaultChild.addPropertyOverride('DeploymentConfiguration.DeploymentCircuitBreaker.ResetOnHealthyTask', false);
  service.node.defaultChild.node.addDependency(
    securityGroup, taskDefinition.executionRole, platform.capacityProviders, vpc.selectSubnets(vpcSubnets).internetConnectivityEstablished,
    ...alarms, ...flag.ready, peer, database.ready,
  );
  defineRestarts(stack, id, service, database, platform);
};

function defineTask(stack, id, { database, platform, settings, flag }) {
  const taskDefinition = new ecs.FargateTaskDefinition(stack, `${id}Task`, {
    cpu: 512,
    memoryLimitMiB: 1024,
    runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
  });
  // An import of the secret: a grant on the secret itself would write this role into the policy of a key in another stack.
  const credentials = secretsmanager.Secret.fromSecretCompleteArn(stack, `${id}Credentials`, database.appSecret.secretArn);
  const logGroup = defineLogGroup(stack, `${id}Logs`, platform.key);
  const container = taskDefinition.addContainer('App', {
    containerName: 'app',
    image: ecs.ContainerImage.fromRegistry(`public.ecr.aws/docker/library/node@sha256:${'0'.repeat(64)}`),
    user: '1000:1000',
    readonlyRootFilesystem: true,
    privileged: false,
    stopTimeout: Duration.seconds(30),
    linuxParameters: new ecs.LinuxParameters(stack, `${id}Linux`, { initProcessEnabled: true }),
    portMappings: [{ containerPort: 8080, name: 'http', appProtocol: ecs.AppProtocol.http }],
    logging: ecs.LogDrivers.awsLogs({
      streamPrefix: 'app', logGroup, mode: ecs.AwsLogDriverMode.NON_BLOCKING, maxBufferSize: Size.mebibytes(25),
    }),
    environment: {
      LOG_LEVEL: 'info',
      ...flag.variables,
      PGHOST: database.instance.dbInstanceEndpointAddress,
      PGPORT: String(PORT),
      PGDATABASE: 'app',
      PGSSLMODE: 'verify-full',
      DB_POOL_SIZE: '10',
      PGSSLROOTCERT: AUTHORITIES,
      NODE_EXTRA_CA_CERTS: AUTHORITIES,
    },
    secrets: {
      STRIPE_API_KEY: ecs.Secret.fromSecretsManager(settings, 'STRIPE_API_KEY'),
      PGUSER: ecs.Secret.fromSecretsManager(credentials, 'username'),
      PGPASSWORD: ecs.Secret.fromSecretsManager(credentials, 'password'),
    },
  });
  database.appSecret.encryptionKey.grantDecrypt(taskDefinition.obtainExecutionRole());
  Object.assign(taskDefinition.node.defaultChild.cfnOptions, { deletionPolicy: CfnDeletionPolicy.DELETE, updateReplacePolicy: CfnDeletionPolicy.RETAIN });
  taskDefinition.addVolume({ name: 'scratch' });
  container.addMountPoints({ containerPath: '/tmp', sourceVolume: 'scratch', readOnly: false });
  addAuthorities(taskDefinition, container, logGroup);
  taskDefinition.addToTaskRolePolicy(new iam.PolicyStatement({
    actions: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'], resources: [flag.arn],
  }));
  return taskDefinition;
}

function defineRestarts(stack, id, service, database, { cluster, restart, starter }) {
  restart.addToRolePolicy(new iam.PolicyStatement({ actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: [service.serviceArn] }));
  const target = new targets.SfnStateMachine(restart, {
    role: starter,
    input: events.RuleTargetInput.fromObject({ cluster: cluster.clusterArn, service: service.serviceArn, changedAt: events.EventField.time }),
  });
  const patterns = {
    ByName: { detail: { labelUpdated: ['AWSCURRENT'], name: ['prod/api'] } },
    ByArn: { resources: [database.appSecret.secretArn], detail: { labelUpdated: ['AWSCURRENT'] } },
  };
  Object.entries(patterns).forEach(([kind, pattern]) => new events.Rule(stack, `${id}Restart${kind}`, {
    description: 'A secret of this service has a new value: its tasks are restarted',
    eventPattern: { source: ['aws.secretsmanager'], detailType: ['Secret Label Updated'], ...pattern },
    targets: [target],
  }));
}
