// The load balancer of a service, its name, and the alarms over its two target groups.
const { Duration } = require('aws-cdk-lib');
const acm = require('aws-cdk-lib/aws-certificatemanager');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const ec2 = require('aws-cdk-lib/aws-ec2');
const elbv2 = require('aws-cdk-lib/aws-elasticloadbalancingv2');
const route53 = require('aws-cdk-lib/aws-route53');
const targets = require('aws-cdk-lib/aws-route53-targets');
const wafv2 = require('aws-cdk-lib/aws-wafv2');

exports.defineFront = (stack, vpc, id, { accessLogs, webAcl }) => {
  const domainName = `${id.toLowerCase()}.example.com`;
  const zone = route53.HostedZone.fromHostedZoneAttributes(stack, `${id}Zone`, { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: domainName });
  const securityGroup = new ec2.SecurityGroup(stack, `${id}LoadBalancerSecurityGroup`, { vpc, description: `Load balancer of ${id}`, allowAllOutbound: false });
  securityGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'HTTPS from the named audience');
  securityGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTP, 'Redirected to HTTPS');
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, `${id}LoadBalancer`, {
    vpc, internetFacing: true, deletionProtection: true, dropInvalidHeaderFields: true, securityGroup,
  });
  loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
  loadBalancer.setAttribute('access_logs.s3.bucket', accessLogs.bucketName);
  loadBalancer.setAttribute('access_logs.s3.prefix', id);
  loadBalancer.node.addDependency(accessLogs.policy);

  const [blue, green] = ['Blue', 'Green'].map((colour) => new elbv2.ApplicationTargetGroup(stack, `${id}${colour}`, {
    vpc,
    port: 80,
    protocol: elbv2.ApplicationProtocol.HTTP,
    targetType: elbv2.TargetType.IP,
    deregistrationDelay: Duration.seconds(30),
    healthCheck: { path: '/health', interval: Duration.seconds(10), timeout: Duration.seconds(5), healthyThresholdCount: 2, unhealthyThresholdCount: 3 },
  }));
  const listener = loadBalancer.addListener('Https', {
    port: 443,
    protocol: elbv2.ApplicationProtocol.HTTPS,
    open: false,
    certificates: [new acm.Certificate(stack, `${id}Certificate`, { domainName, validation: acm.CertificateValidation.fromDns(zone) })],
    sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
    defaultAction: elbv2.ListenerAction.fixedResponse(404),
  });
  loadBalancer.addListener('Http', { port: 80, open: false, defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }) });
  const rule = new elbv2.ApplicationListenerRule(stack, `${id}ProductionRule`, {
    listener,
    priority: 1,
    conditions: [elbv2.ListenerCondition.pathPatterns(['/*'])],
    action: elbv2.ListenerAction.weightedForward([{ targetGroup: blue, weight: 100 }, { targetGroup: green, weight: 0 }]),
  });
  new wafv2.CfnWebACLAssociation(stack, `${id}Firewall`, { webAclArn: webAcl.attrArn, resourceArn: loadBalancer.loadBalancerArn });
  new route53.ARecord(stack, `${id}Record`, { zone, target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(loadBalancer)) });
  return { loadBalancer, blue, green, rule };
};

exports.defineRollbackAlarms = (stack, id, { loadBalancer, blue, green }) => {
  const period = Duration.minutes(1);
  const sum = { statistic: cloudwatch.Stats.SUM, period };
  const p99 = { statistic: cloudwatch.Stats.p(99), period };
  const requests = { blueRequests: blue.metrics.requestCount(sum), greenRequests: green.metrics.requestCount(sum) };
  const share = (group) => `IF(FILL(${group}Requests,0) >= 20, 100 * FILL(${group}Errors,0) / ${group}Requests, 0)`;
  const slowest = (group) => `IF(FILL(${group}Requests,0) >= 20, FILL(${group}Latency,0), 0)`;
  const errors = new cloudwatch.MathExpression({
    label: '5xx responses of the worse version (%)',
    expression: `MAX([${['blue', 'green', 'unanswered'].map(share).join(', ')}])`,
    usingMetrics: {
      ...requests,
      blueErrors: blue.metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, sum),
      greenErrors: green.metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, sum),
      unansweredRequests: loadBalancer.metrics.requestCount(sum),
      unansweredErrors: loadBalancer.metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT, sum),
    },
    period,
  });
  const latency = new cloudwatch.MathExpression({
    label: 'p99 response time of the slower version (s)',
    expression: `MAX([${['blue', 'green'].map(slowest).join(', ')}])`,
    usingMetrics: { ...requests, blueLatency: blue.metrics.targetResponseTime(p99), greenLatency: green.metrics.targetResponseTime(p99) },
    period,
  });
  return [['Errors', errors, 5], ['Latency', latency, 3]].map(([kind, metric, threshold]) => new cloudwatch.Alarm(stack, `${id}${kind}`, {
    alarmName: `${stack.stackName}-${id}-${kind}`,
    alarmDescription: 'A deployment under way is rolled back',
    metric,
    threshold,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  }));
};
