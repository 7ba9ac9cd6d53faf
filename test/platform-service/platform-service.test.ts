import { App, CfnOutput, Lazy, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { PlatformEnvironment } from '../../src/environment/platform-environment';
import { PlatformStage } from '../../src/environment/platform-stage';
import { Tier } from '../../src/environment/tier';
import { PlatformService } from '../../src/platform-service/platform-service';
import { Scaling } from '../../src/platform-service/scaling';
import { agnosticStackOf, appOf, ENV, ingressIn, RECOMMENDED_FLAGS, stackIn, stackOf, vpcIn, webProps, workerProps, ZONES } from '../support';

const SERVICE = 'AWS::ECS::Service';

describe('a worker', () => {
  test('has neither a load balancer nor anything that comes with one', () => {
    const stack = stackOf();
    const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

    const template = Template.fromStack(stack);

    expect(worker.loadBalancer).toBeUndefined();
    for (const type of ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::S3::Bucket', 'AWS::CloudWatch::Alarm', 'AWS::WAFv2::WebACL']) {
      template.resourceCountIs(type, 0);
    }
  });
});

test('is the same promise with the recommended feature flags', () => {
  const stack = stackOf(Tier.PROD, RECOMMENDED_FLAGS);
  const api = new PlatformService(stack, 'Api', webProps(stack, vpcIn(stack)));
  expect(api.loadBalancer).toBeDefined();

  Template.fromStack(stack).hasResourceProperties(SERVICE, {
    DeploymentConfiguration: {
      Strategy: 'CANARY',
      CanaryConfiguration: { CanaryPercent: 10, CanaryBakeTimeInMinutes: 5 },
      BakeTimeInMinutes: 10,
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true, ResetOnHealthyTask: false },
      Alarms: { AlarmNames: [Match.stringLikeRegexp('Errors$'), Match.stringLikeRegexp('Latency$')], Enable: true, Rollback: true },
    },
  });
});

describe('rollback alarms', () => {
  function namesIn(stack: Stack): unknown {
    const [service] = Object.values(Template.fromStack(stack).findResources(SERVICE));
    return service.Properties.DeploymentConfiguration.Alarms;
  }

  function alarmIn(scope: Stack, id: string, alarmName?: string): cloudwatch.Alarm {
    return new cloudwatch.Metric({ namespace: 'Shop', metricName: id }).createAlarm(scope, id, { alarmName, threshold: 1, evaluationPeriods: 1 });
  }

  test('are absent while there is none, since ECS refuses an empty list', () => {
    const stack = stackOf();
    new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

    expect(namesIn(stack)).toBeUndefined();
  });

  test('are passed complete, whenever and wherever they are defined, and each once', () => {
    const app = appOf();
    const ops = stackIn(app, 'Ops');
    const stack = stackIn(app);
    const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

    const early = alarmIn(stack, 'Early', 'early');
    worker.addRollbackAlarm(early);
    worker.addRollbackAlarm(early);
    worker.addRollbackAlarm(alarmIn(ops, 'Elsewhere', 'elsewhere'));
    worker.addRollbackAlarm(alarmIn(stack, 'Late', 'late'));

    expect(namesIn(stack)).toEqual({ AlarmNames: ['early', 'elsewhere', 'late'], Enable: true, Rollback: true });
  });

  test('stand beside those that a web service has of its own', () => {
    const stack = stackOf();
    const api = new PlatformService(stack, 'Api', webProps(stack, vpcIn(stack)));
    api.addRollbackAlarm(alarmIn(stack, 'More', 'more'));

    expect(namesIn(stack)).toEqual({
      AlarmNames: [expect.stringMatching(/-Errors$/), expect.stringMatching(/-Latency$/), 'more'], Enable: true, Rollback: true,
    });
  });

  test.each([['no name', undefined], ['a name that is known at deployment only', Lazy.string({ produce: () => 'later' })]])('with %s are refused', (_, name) => {
    const stack = stackOf();
    const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

    expect(() => worker.addRollbackAlarm(alarmIn(stack, 'Alarm', name))).toThrow(new Error(
      "[Shop/Worker] 'alarm' must have a literal 'alarmName', got 'Shop/Alarm'; name it: ECS refers to alarms by name, and a reference to the alarm would be a cycle",
    ));
  });

  test.each([
    [100, cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD],
    [101, cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD],
  ])('that could never go off, at %d percent by %s, are refused', (threshold, comparisonOperator) => {
    const stack = stackOf();
    const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));
    const alarm = worker.service.metricMemoryUtilization().createAlarm(stack, 'Memory', {
      alarmName: 'memory', threshold, comparisonOperator, evaluationPeriods: 3,
    });

    expect(() => worker.addRollbackAlarm(alarm)).toThrow(new Error(
      "[Shop/Worker] 'alarm' must be able to go off: MemoryUtilization is a share, 100 percent at most, "
      + `got ${threshold}; lower its threshold`,
    ));
  });

  test.each([
    ['CPUUtilization', 'AWS/RDS', 100, cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD],
    ['DatabaseConnections', 'AWS/RDS', 500, cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD],
    ['CPUUtilization', 'AWS/RDS', 200, cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD],
    ['DiskUtilization', 'Shop', 200, cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD],
  ])('of %s in %s at %d by %s are taken', (metricName, namespace, threshold, comparisonOperator) => {
    const stack = stackOf();
    const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));
    worker.addRollbackAlarm(new cloudwatch.Metric({ namespace, metricName }).createAlarm(stack, 'Alarm', {
      alarmName: 'share', threshold, comparisonOperator, evaluationPeriods: 3,
    }));

    expect(namesIn(stack)).toMatchObject({ AlarmNames: ['share'] });
  });

  test('may watch the service itself without a cycle', () => {
    const stack = stackOf();
    const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));
    const alarm = worker.service.metricCpuUtilization().createAlarm(stack, 'Cpu', { alarmName: 'cpu', threshold: 99, evaluationPeriods: 3 });

    worker.addRollbackAlarm(alarm);

    expect(namesIn(stack)).toMatchObject({ AlarmNames: ['cpu'] });
  });
});

describe('the cluster', () => {
  const CLUSTER = 'AWS::ECS::Cluster';

  test('is one for all services of a stack, as are key, bucket and role', () => {
    const stack = stackOf();
    const vpc = vpcIn(stack);
    ['One', 'Two'].forEach((id) => new PlatformService(stack, id, webProps(stack, vpc)));
    new PlatformService(stack, 'Worker', workerProps(vpc));

    const template = Template.fromStack(stack);

    template.resourceCountIs(SERVICE, 3);
    for (const type of [CLUSTER, 'AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::ECS::ClusterCapacityProviderAssociations']) {
      template.resourceCountIs(type, 1);
    }
    template.hasResourceProperties(CLUSTER, { ClusterSettings: [{ Name: 'containerInsights', Value: 'enhanced' }] });
  });

  test('offers its capacity before a service asks for it', () => {
    const stack = stackOf();
    new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

    const template = Template.fromStack(stack);
    const [association] = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations', { Properties: { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] } }));

    template.hasResource(SERVICE, { DependsOn: Match.arrayWith([association]) });
  });

  test.each([
    [Tier.DEV, [{ CapacityProvider: 'FARGATE', Base: 1, Weight: 0 }, { CapacityProvider: 'FARGATE_SPOT', Weight: 1 }]],
    [
      Tier.STAGING,
      [{ CapacityProvider: 'FARGATE', Base: 2, Weight: 0 }, { CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
    ],
    [Tier.PROD, [{ CapacityProvider: 'FARGATE', Weight: 1 }]],
  ])('gives tasks in tier %s the capacity %j', (tier, CapacityProviderStrategy) => {
    const stack = stackOf(tier);
    new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));

    Template.fromStack(stack).hasResourceProperties(SERVICE, { CapacityProviderStrategy, LaunchType: Match.absent(), AvailabilityZoneRebalancing: 'ENABLED' });
  });

  test('belongs to one VPC', () => {
    const stack = stackOf();
    new PlatformService(stack, 'One', workerProps(vpcIn(stack)));

    expect(() => new PlatformService(stack, 'Two', workerProps(vpcIn(stack, 'Other')))).toThrow(new Error(
      "[Shop/Two] 'vpc' must be that of the stack's other services, Shop/Vpc, got 'Shop/Other'; give this service a 'cluster' of its own",
    ));
  });

  test('knows a VPC again that was imported twice', () => {
    const stack = stackOf();
    const [one, two] = ['One', 'Two'].map((id) => ec2.Vpc.fromVpcAttributes(stack, id, {
      vpcId: 'vpc-12345678', availabilityZones: ZONES.slice(0, 2), privateSubnetIds: ['subnet-1', 'subnet-2'],
    }));
    new PlatformService(stack, 'Api', workerProps(one));

    expect(() => new PlatformService(stack, 'Worker', workerProps(two))).not.toThrow();
  });

  test('may be given', () => {
    const stack = stackOf();
    const vpc = vpcIn(stack);
    const cluster = new ecs.Cluster(stack, 'Own', { vpc, enableFargateCapacityProviders: true });
    new PlatformService(stack, 'Worker', { ...workerProps(vpc), cluster });

    const template = Template.fromStack(stack);

    const [association] = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    template.resourceCountIs(CLUSTER, 1);
    template.hasResource(SERVICE, { Properties: { Cluster: { Ref: stack.getLogicalId(cluster.node.defaultChild as ecs.CfnCluster) } }, DependsOn: Match.arrayWith([association]) });
  });

  test('is refused when it is given and in another VPC, where the tasks would not reach anything', () => {
    const stack = stackOf();
    const cluster = new ecs.Cluster(stack, 'Own', { vpc: vpcIn(stack, 'Other') });

    expect(() => new PlatformService(stack, 'Worker', { ...workerProps(vpcIn(stack)), cluster })).toThrow(new Error(
      "[Shop/Worker] 'cluster' must be in the service's VPC, Shop/Vpc, got 'Shop/Other'; pass a cluster of this VPC",
    ));
  });
});

test('refuses a VPC that has public subnets only', () => {
  const stack = stackOf();
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }], restrictDefaultSecurityGroup: false });

  expect(() => new PlatformService(stack, 'Worker', workerProps(vpc))).toThrow(new Error(
    "[Shop/Worker] 'vpc' must have private subnets, got 'Shop/Vpc'; tasks have no public addresses: add subnets with a route to a NAT gateway",
  ));
});

test('runs in isolated subnets where there are no others', () => {
  const stack = stackOf();
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }], restrictDefaultSecurityGroup: false });
  new PlatformService(stack, 'Worker', workerProps(vpc));

  Template.fromStack(stack).hasResourceProperties(SERVICE, {
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: Match.arrayWith([{ Ref: Match.stringLikeRegexp('^VpcDataSubnet1') }]) } },
  });
});

describe('where it stands', () => {
  test('may be any account and region', () => {
    const stack = agnosticStackOf();
    new PlatformService(stack, 'Api', webProps(stack, vpcIn(stack)));

    const assembly = (stack.node.root as App).synth();

    expect(assembly.manifest.missing ?? []).toEqual([]);
    Template.fromStack(stack).resourceCountIs(SERVICE, 1);
  });

  test('may have the same id in two stacks', () => {
    const app = appOf();
    const stacks = ['One', 'Two'].map((id) => stackIn(app, id));
    stacks.forEach((stack) => new PlatformService(stack, 'Api', webProps(stack, vpcIn(stack))));

    const families = stacks.map((stack) => Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties.Family);

    expect(families[0]).not.toBe(families[1]);
  });

  test('may be a stage in a stage, which has its tier', () => {
    const environment = new PlatformEnvironment({ name: 'dev', tier: Tier.DEV, ...ENV, zones: ZONES });
    const stage = new Stage(new PlatformStage(new App(), 'Dev', { environment }), 'Inner');
    const stack = stackIn(stage);
    const service = new PlatformService(stack, 'Api', webProps(stack, vpcIn(stack)));

    expect(service.maxTasks).toBe(4);
    Template.fromStack(stack).hasResourceProperties(SERVICE, { DeploymentConfiguration: { Strategy: 'BLUE_GREEN' } });
  });

  test('may be a nested stack', () => {
    const stack = new NestedStack(stackOf(), 'Nested');
    new PlatformService(stack, 'Api', webProps(stack, vpcIn(stack)));

    Template.fromStack(stack).resourceCountIs('AWS::ECS::Cluster', 1);
  });

  test('is PROD, with one warning for the stack, when nobody says', () => {
    const stack = new Stack(new App(), 'Shop');
    const vpc = vpcIn(stack);
    ['One', 'Two'].forEach((id) => new PlatformService(stack, id, workerProps(vpc)));

    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('No tier is set'))).toHaveLength(1);
  });

  test('may be a tier of its own, which brings a cluster and a key of its own', () => {
    const stack = stackOf(Tier.DEV);
    const vpc = vpcIn(stack);
    new PlatformService(stack, 'Toy', webProps(stack, vpc));
    new PlatformService(stack, 'Serious', { ...webProps(stack, vpc), tier: Tier.PROD });

    const template = Template.fromStack(stack);

    template.resourceCountIs('AWS::ECS::Cluster', 2);
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Delete' });
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'RetainExceptOnCreate' });
    template.resourcePropertiesCountIs(SERVICE, { DeploymentConfiguration: { Strategy: 'BLUE_GREEN' } }, 1);
    template.resourcePropertiesCountIs(SERVICE, { DeploymentConfiguration: { Strategy: 'CANARY' } }, 1);
  });
});

test('lets what it is granted be granted to its tasks', () => {
  const stack = stackOf();
  const worker = new PlatformService(stack, 'Worker', workerProps(vpcIn(stack)));
  const queue = new sqs.Queue(stack, 'Queue');

  queue.grantSendMessages(worker);

  const template = Template.fromStack(stack);
  const [policy] = Object.keys(template.findResources('AWS::IAM::Policy', { Properties: { Roles: [{ Ref: Match.stringLikeRegexp('TaskRole') }] } }));
  template.hasResource(SERVICE, { DependsOn: Match.arrayWith([policy]) });
});

test('gives its cluster, its service and its log group to whoever wants to build on them', () => {
  const stack = stackOf();
  const api = new PlatformService(stack, 'Api', { ...webProps(stack, vpcIn(stack)), scaling: Scaling.fixed(2) });

  new CfnOutput(stack, 'Url', { value: api.loadBalancer!.loadBalancerDnsName });
  api.service.enableServiceConnect({ namespace: 'shop', services: [] });

  Template.fromStack(stack).hasResourceProperties(SERVICE, { ServiceConnectConfiguration: { Namespace: 'shop' } });
});

test('admits the load balancer to its tasks and nobody else', () => {
  const stack = stackOf();
  new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), ingress: ingressIn(stack) });

  const template = Template.fromStack(stack);
  const [tasks] = Object.keys(template.findResources('AWS::EC2::SecurityGroup', { Properties: { GroupDescription: 'Tasks of Shop/Api' } }));
  const [front] = Object.keys(template.findResources('AWS::EC2::SecurityGroup', { Properties: { GroupDescription: 'Load balancer of Shop/Api' } }));

  const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map((it) => it.Properties);
  expect(rules).toEqual([expect.objectContaining({
    GroupId: { 'Fn::GetAtt': [tasks, 'GroupId'] }, SourceSecurityGroupId: { 'Fn::GetAtt': [front, 'GroupId'] }, FromPort: 8080, ToPort: 8080, IpProtocol: 'tcp',
  })]);
});
