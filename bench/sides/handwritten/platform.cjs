// What the services of one stack share.
const { ArnFormat, Aws, Duration, RemovalPolicy } = require('aws-cdk-lib');
const ecs = require('aws-cdk-lib/aws-ecs');
const iam = require('aws-cdk-lib/aws-iam');
const s3 = require('aws-cdk-lib/aws-s3');
const sfn = require('aws-cdk-lib/aws-stepfunctions');
const wafv2 = require('aws-cdk-lib/aws-wafv2');
const { defineKey, defineLogGroup, uniqueLogGroupName } = require('./encryption.cjs');
const { defineStrategy } = require('./flags.cjs');

exports.definePlatform = (stack, vpc) => {
  const key = defineKey(stack, 'Key', 'Logs and configuration of the services');
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENHANCED });
  const capacityProviders = new ecs.CfnClusterCapacityProviderAssociations(stack, 'CapacityProviders', {
    cluster: cluster.clusterName, capacityProviders: ['FARGATE', 'FARGATE_SPOT'], defaultCapacityProviderStrategy: [],
  });
  const trafficRole = new iam.Role(stack, 'TrafficRole', {
    description: 'Amazon ECS moves traffic between the two versions of a service',
    assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com'),
    managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonECSInfrastructureRolePolicyForLoadBalancers')],
  });
  return {
    key,
    cluster,
    capacityProviders,
    trafficRole,
    webAcl: defineFirewall(stack, key),
    accessLogs: defineAccessLogs(stack),
    strategy: defineStrategy(stack),
    ...defineRestart(stack, key),
  };
};

function defineAccessLogs(stack) {
  const bucket = new s3.Bucket(stack, 'AccessLogs', {
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
    lifecycleRules: [{ expiration: Duration.days(365), noncurrentVersionExpiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  bucket.node.defaultChild.loggingConfiguration = { logFilePrefix: 'bucket/' };
  bucket.addToResourcePolicy(new iam.PolicyStatement({
    sid: 'BucketLogs',
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects('bucket/*')],
    conditions: { ArnLike: { 'aws:SourceArn': bucket.bucketArn }, StringEquals: { 'aws:SourceAccount': stack.account } },
  }));
  bucket.addToResourcePolicy(new iam.PolicyStatement({
    sid: 'LoadBalancerLogs',
    principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects(`*/AWSLogs/${stack.account}/*`)],
    conditions: { ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'elasticloadbalancing', resource: 'loadbalancer', resourceName: '*' }) } },
  }));
  return bucket;
}

function defineFirewall(stack, key) {
  const seenAs = (metricName) => ({ metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true });
  const managed = (priority, name, ruleActionOverrides) => ({
    name, priority, overrideAction: { none: {} }, statement: { managedRuleGroupStatement: { vendorName: 'AWS', name, ruleActionOverrides } }, visibilityConfig: seenAs(name),
  });
  const webAcl = new wafv2.CfnWebACL(stack, 'WebAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: seenAs('WebAcl'),
    rules: [
      { name: 'RatePerAddress', priority: 0, action: { block: {} }, statement: { rateBasedStatement: { aggregateKeyType: 'IP', limit: 2000 } }, visibilityConfig: seenAs('RatePerAddress') },
      managed(1, 'AWSManagedRulesAmazonIpReputationList'),
      managed(2, 'AWSManagedRulesCommonRuleSet', [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }]),
      managed(3, 'AWSManagedRulesKnownBadInputsRuleSet'),
    ],
  });
  const logGroup = defineLogGroup(stack, 'WebAclLogs', key, uniqueLogGroupName(stack, 'aws-waf-logs-'));
  const { logGroupName } = logGroup;
  // WAF would write it into one policy of the account, which has 5,120 characters.
  logGroup.node.defaultChild.resourcePolicyDocument = new iam.PolicyDocument({
    statements: [new iam.PolicyStatement({
      sid: 'LogDelivery',
      principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: `${logGroupName}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME })],
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'logs', resource: '*' }) },
      },
    })],
  });
  new wafv2.CfnLoggingConfiguration(stack, 'WebAclLogging', {
    resourceArn: webAcl.attrArn,
    logDestinationConfigs: [stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: logGroupName, arnFormat: ArnFormat.COLON_RESOURCE_NAME })],
    redactedFields: ['authorization', 'cookie'].map((header) => ({ singleHeader: { Name: header } })),
  });
  return webAcl;
}

function defineRestart(stack, key) {
  const restart = new sfn.StateMachine(stack, 'Restart', {
    stateMachineType: sfn.StateMachineType.STANDARD,
    definitionBody: sfn.DefinitionBody.fromString(stack.toJsonString(DEFINITION)),
    logs: { destination: defineLogGroup(stack, 'RestartLogs', key, uniqueLogGroupName(stack, '/aws/vendedlogs/states/')), level: sfn.LogLevel.ALL },
    tracingEnabled: true,
  });
  const starter = new iam.Role(stack, 'RestartStarter', {
    description: 'Amazon EventBridge starts a restart when a secret has a new value', assumedBy: new iam.ServicePrincipal('events.amazonaws.com'),
  });
  return { restart, starter };
}

const asked = (name) => `{% $states.context.Execution.Input.${name} %}`;
const GONE = ['Ecs.ClusterNotFoundException', 'Ecs.ServiceNotFoundException', 'Ecs.ServiceNotActiveException'];
const ecsCall = (action, parameters) => ({
  Type: 'Task',
  Resource: `arn:${Aws.PARTITION}:states:::aws-sdk:ecs:${action}`,
  Arguments: parameters,
  Retry: [{ ErrorEquals: GONE, MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 2, MaxDelaySeconds: 300, MaxAttempts: 30 }],
  Catch: [{ ErrorEquals: GONE, Next: 'Done' }],
});
const DEFINITION = {
  Comment: 'Restarts a service after a secret of it has changed',
  QueryLanguage: 'JSONata',
  TimeoutSeconds: 172800,
  StartAt: 'Pause',
  States: {
    Pause: { Type: 'Wait', Seconds: '{% 90 + $floor(60 * $random()) %}', Next: 'Look' },
    Look: {
      ...ecsCall('describeServices', { Cluster: asked('cluster'), Services: [asked('service')] }),
      Output: {
        gone: '{% $not("ACTIVE" in $states.result.Services.Status) %}',
        deploying: '{% $count($states.result.Services.Deployments[RolloutState = "IN_PROGRESS" or Status = "ACTIVE"]) > 0 %}',
        fresh: '{% $count($states.result.Services.Deployments[Status = "PRIMARY" and $toMillis(CreatedAt) > $toMillis($states.context.Execution.Input.changedAt)]) > 0 %}',
      },
      Next: 'Decide',
    },
    Decide: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.gone %}', Next: 'Done' },
        { Condition: '{% $states.input.deploying %}', Next: 'Pause' },
        { Condition: '{% $states.input.fresh %}', Next: 'Done' },
      ],
      Default: 'Restart',
    },
    Restart: { ...ecsCall('updateService', { Cluster: asked('cluster'), Service: asked('service'), ForceNewDeployment: true }), Output: {}, Next: 'Done' },
    Done: { Type: 'Succeed' },
  },
};
