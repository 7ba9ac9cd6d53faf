// A hardened PostgreSQL with roles that rotate.
const path = require('node:path');
const { CustomResource, Duration, RemovalPolicy } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const iam = require('aws-cdk-lib/aws-iam');
const lambda = require('aws-cdk-lib/aws-lambda');
const logs = require('aws-cdk-lib/aws-logs');
const rds = require('aws-cdk-lib/aws-rds');
const secretsmanager = require('aws-cdk-lib/aws-secretsmanager');
const { defineKey, defineLogGroup } = require('./encryption.cjs');
const { definePeople } = require('./people.cjs');

const PORT = 5433;
const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

exports.PORT = PORT;

exports.defineDatabase = (stack, vpc) => {
  const identifier = `${stack.stackName}-orders`.toLowerCase();
  const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of('17', '17') });
  const key = defineKey(stack, 'OrdersKey', 'Storage, snapshots, secrets and logs of the database');
  const exportedLogs = ['postgresql', 'upgrade', 'iam-db-auth-error'];
  const logGroups = exportedLogs.map((log) => defineLogGroup(stack, `OrdersLog-${log}`, key, `/aws/rds/instance/${identifier}/${log}`));
  Object.entries(COUNTED).forEach(([metricName, pattern]) => new logs.MetricFilter(stack, `Orders${metricName}`, {
    logGroup: logGroups[0],
    filterPattern: logs.FilterPattern.literal(pattern),
    metricNamespace: `Handwritten/Postgres/${identifier}`,
    metricName,
    metricValue: '1',
  }));

  const securityGroup = new ec2.SecurityGroup(stack, 'OrdersSecurityGroup', { vpc, description: 'Database', allowAllOutbound: false });
  securityGroup.applyRemovalPolicy(removalPolicy);
  const defineSecret = (id, username, masterSecret) => {
    const secret = new rds.DatabaseSecret(stack, id, { username, masterSecret, encryptionKey: key, dbname: 'app' });
    secret.applyRemovalPolicy(removalPolicy);
    return secret;
  };
  const masterSecret = defineSecret('OrdersMasterSecret', 'platform_admin');
  const instance = new rds.DatabaseInstance(stack, 'OrdersInstance', {
    engine,
    instanceIdentifier: identifier,
    instanceType: new ec2.InstanceType('m7g.4xlarge'),
    databaseName: 'app',
    port: PORT,
    credentials: rds.Credentials.fromSecret(masterSecret),
    vpc,
    subnetGroup: new rds.SubnetGroup(stack, 'OrdersSubnetGroup', {
      vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }, description: 'Where the database stands', removalPolicy,
    }),
    securityGroups: [securityGroup],
    publiclyAccessible: false,
    multiAz: true,
    storageType: rds.StorageType.GP3,
    allocatedStorage: 50,
    maxAllocatedStorage: 500,
    storageEncrypted: true,
    storageEncryptionKey: key,
    parameterGroup: new rds.ParameterGroup(stack, 'OrdersParameters', { engine, description: 'Server parameters', parameters: PARAMETERS, removalPolicy }),
    caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
    iamAuthentication: true,
    backupRetention: Duration.days(30),
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: false,
    deletionProtection: true,
    removalPolicy,
    autoMinorVersionUpgrade: true,
    allowMajorVersionUpgrade: false,
    applyImmediately: false,
    engineLifecycleSupport: rds.EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
    cloudwatchLogsExports: exportedLogs,
    monitoringInterval: Duration.minutes(1),
    monitoringRole: new iam.Role(stack, 'OrdersMonitoringRole', {
      assumedBy: new iam.ServicePrincipal('monitoring.rds.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonRDSEnhancedMonitoringRole')],
    }),
    enablePerformanceInsights: true,
    performanceInsightEncryptionKey: key,
    databaseInsightsMode: rds.DatabaseInsightsMode.ADVANCED,
    performanceInsightRetention: rds.PerformanceInsightRetention.MONTHS_15,
  });
  instance.node.addDependency(...logGroups);

  const appSecret = defineSecret('OrdersAppSecret', 'app', masterSecret);
  const ownerSecret = defineSecret('OrdersOwnerSecret', 'owner', masterSecret);
  const secrets = { master: instance.secret, app: appSecret.attach(instance), owner: ownerSecret.attach(instance) };
  const ready = defineRoles(stack, { vpc, key, instance, securityGroup, secrets });
  definePeople(stack, { vpc, key, securityGroup, port: PORT });
  return { instance, securityGroup, appSecret, ready };
};

function defineRoles(stack, { vpc, key, instance, securityGroup, secrets }) {
  const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  const administrator = new ec2.SecurityGroup(stack, 'OrdersRolesSecurityGroup', { vpc, description: 'Set-up and rotation of the roles', allowAllOutbound: false });
  administrator.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'AWS APIs');
  administrator.connections.allowTo(securityGroup, ec2.Port.tcp(PORT), 'PostgreSQL');
  const handler = new lambda.Function(stack, 'OrdersRolesFunction', {
    description: 'Sets up the roles of the database',
    runtime: new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS),
    handler: 'index.handler',
    code: lambda.Code.fromAsset(path.join(__dirname, '../../../assets/handlers/database-roles/database-roles.lambda')),
    vpc,
    vpcSubnets,
    securityGroups: [administrator],
    timeout: Duration.minutes(5),
    memorySize: 256,
    environment: { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' },
    environmentEncryption: key,
    logGroup: defineLogGroup(stack, 'OrdersRolesLogs', key),
  });
  // A grant on the secrets would write the function's role into the policy of the key, which would then wait for the function.
  handler.addToRolePolicy(new iam.PolicyStatement({
    actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'], resources: Object.values(secrets).map((it) => it.secretArn),
  }));
  handler.addToRolePolicy(new iam.PolicyStatement({
    actions: ['kms:Decrypt'], resources: [key.keyArn], conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${stack.region}.amazonaws.com` } },
  }));
  const roles = new CustomResource(stack, 'OrdersRoles', {
    resourceType: 'Custom::PostgresRoles',
    serviceToken: handler.functionArn,
    serviceTimeout: Duration.minutes(6),
    properties: {
      Host: instance.dbInstanceEndpointAddress,
      Port: String(PORT),
      Database: 'app',
      Schema: 'app',
      MasterSecretArn: secrets.master.secretArn,
      AppSecretArn: secrets.app.secretArn,
      OwnerSecretArn: secrets.owner.secretArn,
      VerifierRole: `verifier_${stack.stackName.toLowerCase()}_orders`,
      Version: '1',
    },
  });
  roles.node.addDependency(handler.role, administrator, securityGroup, vpc.internetConnectivityEstablished);

  const rotate = (id, application, secret, master) => new secretsmanager.SecretRotation(stack, id, {
    application,
    secret,
    masterSecret: master,
    target: { connections: new ec2.Connections({ securityGroups: [], defaultPort: ec2.Port.tcp(PORT) }) },
    vpc,
    vpcSubnets,
    securityGroup: administrator,
    automaticallyAfter: Duration.days(30),
    rotateImmediatelyOnUpdate: false,
    excludeCharacters: " %+~`#$&*()|[]{}:;<>?!'/@\"\\",
  }).node.addDependency(roles);
  const { POSTGRES_ROTATION_SINGLE_USER: singleUser, POSTGRES_ROTATION_MULTI_USER: multiUser } = secretsmanager.SecretRotationApplication;
  rotate('OrdersMasterRotation', singleUser, secrets.master);
  rotate('OrdersOwnerRotation', singleUser, secrets.owner);
  rotate('OrdersAppRotation', multiUser, secrets.app, secrets.master);
  return roles;
}

/** Lines of the log, by the metric that counts them. */
const COUNTED = {
  Deadlocks: '%ERROR:\\s+deadlock\\sdetected%',
  FailedLogins: '%FATAL:\\s+\\w+\\sauthentication\\sfailed\\sfor\\suser|FATAL:\\s+no\\spg_hba\\.conf\\sentry%',
};

const PARAMETERS = {
  'log_min_duration_statement': '1000',
  'log_lock_waits': '1',
  'track_io_timing': '1',
  'shared_preload_libraries': 'pg_stat_statements,auto_explain,pgaudit',
  'auto_explain.log_min_duration': '5000',
  'idle_in_transaction_session_timeout': '60000',
  'client_connection_check_interval': '10000',
  'tcp_keepalives_idle': '60',
  'tcp_keepalives_interval': '10',
  'tcp_keepalives_count': '6',
  'rds.force_ssl': '1',
  'ssl_min_protocol_version': 'TLSv1.2',
  'password_encryption': 'scram-sha-256',
  'rds.accepted_password_auth_method': 'scram',
  'log_connections': '1',
  'log_disconnections': '1',
  'pgaudit.log': 'ddl,role',
  'log_statement': 'none',
};
