import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ts from 'typescript';
import {
  DatabaseAccess, ManagedPostgres, ObservabilityBundle, PeopleAccess, PlatformNetwork, PlatformQueue, PlatformService, Audience, Ingress,
} from '../src';
import { appOf, certificateIn, databaseProps, RECOMMENDED_FLAGS, stackIn, workerProps } from './support';
import { acknowledgedIn, type Deployed, type Place } from './support/place';
import { allScenes } from './support/scenes';
import { Tier } from '../src/environment/tier';
import { secretShape } from '../src/private/secret-shape';

/*
 * Every reason that this package gives for what it acknowledges, by its beginning, and what must be so in the template in
 * which it stands: auditors read it there. What no template shows is said in words instead.
 */

type Claim = ((place: Place) => boolean) | `cannot be seen in a template: ${string}`;

const CLAIMS: { readonly [beginning: string]: Claim } = {
  // Networks
  'Load balancers and NAT gateways need a route to the internet gateway': (it) =>
    every(it.around(1, 'AWS::EC2::Subnet'), ({ properties }) => properties.MapPublicIpOnLaunch === false),

  // Roles
  'Its inline policies serve this one role': (it) =>
    it.below('AWS::IAM::Policy').every(({ properties: { Roles, Users, Groups } }) => Roles.length === 1 && !Users && !Groups),
  'AWS maintains this policy for exactly this service role, and Amazon ECS asks for it': (it) => isAssumedBy(it, 'ecs.amazonaws.com'),
  'AWS maintains this policy for exactly this service role: it writes metrics': (it) => isAssumedBy(it, 'monitoring.rds.amazonaws.com'),
  'AWS maintains these policies for exactly this service role, and extends': (it) => isAssumedBy(it, 'backup.amazonaws.com'),
  'AWS maintains these policies for functions in a VPC': (it) =>
    isAssumedBy(it, 'lambda.amazonaws.com') && every(it.around(1, 'AWS::Lambda::Function'), ({ properties }) => properties.VpcConfig.SubnetIds.length > 0),
  'AWS maintains this policy for functions: it lets them write logs': (it) => isAssumedBy(it, 'lambda.amazonaws.com'),

  // Tasks
  'Plain variables belong to the revision of the task': (it) => every(containersIn(it), ({ Environment = [], Secrets = [] }) =>
    Environment.every(({ Name, Value }: any) => secretShape(Name, typeof Value === 'string' ? Value : undefined) === undefined)
    && Secrets.every(({ ValueFrom }: any) => /secretsmanager|Secret/.test(JSON.stringify(ValueFrom))
      || it.all('AWS::SecretsManager::Secret').some(({ id }) => refersTo(ValueFrom, id)))),
  'A volume of Fargate belongs to root': (it) => {
    const [files] = containersIn(it).filter(({ Name }) => Name === 'files');
    const readers = containersIn(it).filter(({ DependsOn = [] }) => DependsOn.some((on: any) => on.ContainerName === 'files' && on.Condition === 'SUCCESS'));
    return /@sha256:|container-assets-.*:[0-9a-f]{64}/.test(JSON.stringify(files.Image)) && files.Essential === false && readers.length === 1 && /^set -eu\n(printf [^\n]* > files-[^\n]*\n?|chmod 0444 files-[^\n]*\n?)+$/.test(files.Command[2]);
  },
  'The agent of Session Manager writes into the file system': (it) => every(containersIn(it), ({ EntryPoint, Command, Environment, Secrets }) =>
    /^exec \/bin\/sleep \d+$/.test(EntryPoint[2]) && !Command && !Environment && !Secrets),
  'ecr:GetAuthorizationToken takes no resource': (it) => equal(it.actionsOnAnything, ['ecr:GetAuthorizationToken']),
  'Channels of Session Manager and the list of log groups take no resource': (it) =>
    every(it.actionsOnAnything, (action) => /^(ssmmessages:(Create|Open)(Control|Data)Channel|logs:DescribeLogGroups)$/.test(action)),

  // Load balancers
  'Its audience is declared to be the internet': (it) => it.all('AWS::WAFv2::WebACLAssociation').some(({ properties }) =>
    loadBalancersWith(it, it.below('AWS::EC2::SecurityGroup')[0].id).some(({ id }) => refersTo(properties.ResourceArn, id))),
  'It does nothing but send browsers to HTTPS': (it) => {
    const [{ id, properties }] = it.below('AWS::ElasticLoadBalancingV2::Listener');
    return equal(properties.DefaultActions.map(({ Type, RedirectConfig }: any) => [Type, RedirectConfig.Protocol, RedirectConfig.Port]), [['redirect', 'HTTPS', '443']])
      && !it.all('AWS::ElasticLoadBalancingV2::ListenerRule').some((rule) => refersTo(rule.properties.ListenerArn, id))
      && it.all('AWS::ElasticLoadBalancingV2::Listener').some((other) => other.properties.Protocol === 'HTTPS'
        && equal(other.properties.LoadBalancerArn, properties.LoadBalancerArn) && other.properties.Certificates.length > 0);
  },
  'Only named peers reach this load balancer': (it) => every(admittedBy(it), (rule) => rule.CidrIp !== '0.0.0.0/0' && rule.CidrIpv6 === undefined && rule.SourcePrefixListId === undefined),
  'Only Amazon CloudFront reaches this load balancer': (it) => every(admittedBy(it), (rule) => rule.SourcePrefixListId !== undefined),
  'It admits a range that is known at deployment only': (it) => {
    const [{ id, properties }] = it.below('AWS::EC2::SecurityGroup');
    return every(properties.SecurityGroupIngress, (rule: any) => typeof rule.CidrIp !== 'string' && rule.FromPort === 443 && rule.ToPort === 443)
      && every(loadBalancersWith(it, id), (balancer) => balancer.properties.Scheme === 'internal');
  },
  'Below PROD an environment is removed as a whole, and a protected load balancer': (it) => it.tier !== Tier.PROD
    && every(it.below('AWS::ElasticLoadBalancingV2::LoadBalancer'), ({ properties }) => attribute(properties, 'deletion_protection.enabled') !== 'true'),
  'Amazon ECS reads this alarm and rolls the deployment back': (it) => every(it.below('AWS::CloudWatch::Alarm'), ({ properties }) => !properties.AlarmActions
    && it.all('AWS::ECS::Service').some((service) => {
      const { AlarmNames = [], Enable, Rollback } = service.properties.DeploymentConfiguration.Alarms ?? {};
      return Enable === true && Rollback === true && AlarmNames.includes(properties.AlarmName);
    })),

  // Configuration and restarts
  'Configuration, not a credential': (it) => every(it.below('AWS::SecretsManager::Secret'), ({ id, properties }) =>
    properties.SecretString !== undefined && properties.GenerateSecretString === undefined && /[0-9a-f]{12}$/.test(id)
    && !it.all('AWS::SecretsManager::RotationSchedule').some((rotation) => refersTo(rotation.properties.SecretId, id))),
  'Log deliveries and traces take no resource': (it) => every(it.actionsOnAnything, (action) => /^(logs|xray):/.test(action))
    && it.statements.filter(({ Action }) => [Action].flat().some((action: string) => action.startsWith('ecs:')))
      .every(({ Resource }) => [Resource].flat().every((resource) => resource !== '*')),

  // Databases
  'RDS itself keeps daily backups and every change since, encrypted': (it) =>
    every(it.below('AWS::RDS::DBInstance'), ({ properties }) => properties.BackupRetentionPeriod >= 1 && properties.StorageEncrypted === true),
  'Below PROD an environment is removed as a whole: this database leaves a snapshot': (it) =>
    it.tier !== Tier.PROD && every(it.below('AWS::RDS::DBInstance'), ({ deletionPolicy }) => deletionPolicy === 'Snapshot'),
  'Below PROD an environment is removed as a whole: this database and its data go with it': (it) =>
    it.tier !== Tier.PROD && every(it.below('AWS::RDS::DBInstance'), ({ deletionPolicy, properties }) => deletionPolicy === 'Delete' && properties.DeleteAutomatedBackups === true),
  'DEV may be down while RDS replaces the instance': (it) =>
    it.tier === Tier.DEV && every(it.below('AWS::RDS::DBInstance'), ({ properties }) => properties.MultiAZ === false),
  'CloudFormation calls this function with one event at a time and waits': isCalledByCloudFormation,
  'The function calls APIs of AWS and nothing else': (it) => every(it.below('AWS::Lambda::Function'), ({ properties }) => properties.VpcConfig === undefined),
  'All revisions of one task definition: a rollback runs': (it) => every(actionsOn(it, /task-definition\/[\w-]+:\*/), (action) => action === 'ecs:RunTask'),
  'All tasks of the one cluster that runs nothing but the migrations': (it) => it.around(2, 'AWS::ECS::Cluster').length === 1
    && every(it.around(2, 'AWS::ECS::Cluster'), ({ id }) => !it.all('AWS::ECS::Service').some(({ properties }) => refersTo(properties.Cluster, id))),
  'The snapshots that this gate takes, or once took, of this one instance': (it) => every(it.around(3, 'AWS::RDS::DBInstance'), ({ properties }) =>
    it.statements.flatMap(({ Resource }) => Resource).filter((arn: any) => JSON.stringify(arn).includes(':snapshot:'))
      .every((arn: any) => JSON.stringify(arn).includes(`:snapshot:before-migrations-${properties.DBInstanceIdentifier}-*`))),
  'All versions of one function': (it) => it.around(2, 'AWS::Lambda::Function').length === 1
    && it.statements.filter(({ Action }) => Action === 'lambda:InvokeFunction').every(({ Resource }) =>
      [Resource].flat().every((arn) => refersTo(arn, it.around(2, 'AWS::Lambda::Function')[0].id))),
  'Before migrations are taken back, the versions of all services': (it) => every(it.actionsOnAnything, (action) => /:(Get|Describe|List)/.test(action)),

  // The functions that the AWS CDK brings along
  'The AWS CDK defines it for one call of CloudFormation at a time': (it) => every(it.below('AWS::Lambda::Function'), ({ id }) =>
    !['AWS::Lambda::Permission', 'AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Url'].flatMap((type) => it.all(type))
      .some(({ properties }) => refersTo(properties, id))),
  'It calls nothing but AWS, and runs while the network of its stack may not be there': (it) =>
    every(it.below('AWS::Lambda::Function'), ({ properties }) => properties.VpcConfig === undefined),
  'The AWS CDK gives it the managed policy that lets a function write its logs': (it) =>
    every(it.below('AWS::IAM::Role'), ({ properties: { ManagedPolicyArns } }) =>
      ManagedPolicyArns.length === 1 && /AWSLambdaBasicExecutionRole/.test(JSON.stringify(ManagedPolicyArns))),

  // Backups
  'Only PROD locks its vault': (it) => it.tier !== Tier.PROD && every(it.below('AWS::Backup::BackupVault'), ({ properties }) =>
    properties.LockConfiguration === undefined && properties.AccessPolicy.Statement.some(({ Effect, Action }: any) =>
      Effect === 'Deny' && [Action].flat().includes('backup:DeleteRecoveryPoint'))),
  'A schedule calls this function once an hour': (it) => every(it.below('AWS::Lambda::Function'), ({ id }) =>
    it.all('AWS::Events::Rule').some(({ properties: { ScheduleExpression, Targets } }) =>
      ScheduleExpression === 'rate(1 hour)' && refersTo(Targets, id))),
  'AWS maintains this policy: it lets the function write its own log': (it) => isAssumedBy(it, 'lambda.amazonaws.com'),
  'backup:ListBackupJobs takes no resource': (it) => equal(it.actionsOnAnything, ['backup:ListBackupJobs']),

  // People
  'One stack: the id at the end of its ARN': (it) => equal(actionsOn(it, /:stack\/\w+\/\*/), ['cloudformation:DescribeStacks']),
  'All revisions of the one task that waits and knows no credentials': (it) => equal(actionsOn(it, /task-definition\/[\w-]+:\*/), ['ecs:RunTask'])
    && it.all('AWS::ECS::TaskDefinition').filter(({ properties }) => String(properties.Family).endsWith('-people'))
      .every(({ properties }) => properties.ContainerDefinitions.every(({ Secrets }: any) => !Secrets)),
  'All tasks of the one cluster that runs nothing but ways to this database': (it) => {
    const clusters = it.all('AWS::ECS::Cluster').filter(({ properties }) => String(properties.ClusterName).endsWith('-people'));
    return clusters.length === 1 && !it.all('AWS::ECS::Service').some(({ properties }) => refersTo(properties.Cluster, clusters[0].id));
  },
  "Somebody's own sessions": (it) => equal(actionsOn(it, /session\/\$\{aws:userid\}-\*/), ['ssm:ResumeSession', 'ssm:TerminateSession']),

  // Buckets
  'Amazon S3 and load balancers deliver access logs only to buckets with SSE-S3': (it) => every(it.below('AWS::S3::Bucket'), ({ id, properties }) =>
    properties.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.SSEAlgorithm === 'AES256' && receivesLogs(it, id)),
  'Access logs are a record for a limited time': (it) => every(it.below('AWS::S3::Bucket'), ({ id, properties }) =>
    properties.LifecycleConfiguration.Rules.every(({ ExpirationInDays }: any) => ExpirationInDays > 0) && receivesLogs(it, id)),
  'A bucket spans at least three Availability Zones and keeps versions': (it) => every(it.below('AWS::S3::Bucket'), ({ properties }) =>
    properties.VersioningConfiguration.Status === 'Enabled' && properties.ReplicationConfiguration === undefined),
  'These are the objects of one bucket': (it) => every(it.below('AWS::IAM::ManagedPolicy'), ({ properties }) => {
    const objects = properties.PolicyDocument.Statement.flatMap(({ Resource }: any) => Resource).filter((arn: any) => /\/\*/.test(JSON.stringify(arn)));
    return equal(objects, [{ 'Fn::Join': ['', [{ 'Fn::GetAtt': [it.around(1, 'AWS::S3::Bucket')[0].id, 'Arn'] }, '/*']] }]);
  }),

  // Alarms
  'Nobody is subscribed in this app: the alarm is seen on the dashboard and in CloudWatch, and tells nobody': (it) =>
    every(it.below('AWS::CloudWatch::Alarm'), ({ properties }) => every(properties.AlarmActions as any[], ({ Ref: topic }) =>
      !it.all('AWS::SNS::Subscription').some((subscription) => refersTo(subscription.properties.TopicArn, topic)))),

  // The validation of the AWS CDK
  "The AWS CDK's own validation does not know ActionConfiguration": (it) =>
    every(it.below('AWS::CloudWatch::Alarm'), ({ properties }) => properties.ActionConfiguration.AlarmTagsPropagation.Enabled === true),
  'Literal AZs in template': 'cannot be seen in a template: the AWS CDK says it of its own validation',
  'AWS::EC2::FlowLog DestinationOptions accepts properties in camelCase': 'cannot be seen in a template: the AWS CDK says it of its own validation',
};

function isAssumedBy(place: Place, service: string): boolean {
  return every(place.below('AWS::IAM::Role'), ({ properties: { AssumeRolePolicyDocument: { Statement: statements } } }) =>
    equal(statements.map(({ Principal }: any) => Principal), [{ Service: service }]));
}

function containersIn(place: Place): any[] {
  return place.below('AWS::ECS::TaskDefinition').flatMap(({ properties }) => properties.ContainerDefinitions);
}

function attribute(properties: Deployed['properties'], key: string): unknown {
  return properties.LoadBalancerAttributes.find(({ Key }: any) => Key === key)?.Value;
}

function loadBalancersWith(place: Place, securityGroup: string): Deployed[] {
  return place.all('AWS::ElasticLoadBalancingV2::LoadBalancer').filter(({ properties }) => properties.SecurityGroups.some((it: any) => refersTo(it, securityGroup)));
}

/** The rules by which a load balancer admits anybody, in its security groups and beside them. */
function admittedBy(place: Place): any[] {
  return place.below('AWS::ElasticLoadBalancingV2::LoadBalancer').flatMap((balancer) => [
    ...place.all('AWS::EC2::SecurityGroup').filter(({ id }) => balancer.properties.SecurityGroups.some((it: any) => refersTo(it, id)))
      .flatMap(({ properties }) => properties.SecurityGroupIngress ?? []),
    ...place.all('AWS::EC2::SecurityGroupIngress').map(({ properties }) => properties)
      .filter(({ GroupId }) => balancer.properties.SecurityGroups.some((it: any) => equal(it, GroupId))),
  ]);
}

/** CloudFormation, and a state machine that the function itself starts: there is nothing else that may call it. */
function isCalledByCloudFormation(place: Place): boolean {
  return every(place.below('AWS::Lambda::Function'), ({ id }) => {
    const calling = ['AWS::Lambda::Permission', 'AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Url'].flatMap((type) => place.all(type));
    const asked = ['Custom::PostgresRoles', 'Custom::PostgresMigrations'].flatMap((type) => place.all(type)).filter(({ properties }) => refersTo(properties.ServiceToken, id));
    return asked.length === 1 && Number(asked[0].properties.ServiceTimeout) > 0 && !calling.some(({ properties }) => refersTo(properties, id));
  });
}

/** The actions that a role may do with resources of such an ARN. */
function actionsOn(place: Place, arn: RegExp): string[] {
  return place.statements.filter(({ Resource }) => [Resource].flat().some((it) => arn.test(JSON.stringify(it)))).flatMap(({ Action }) => Action).filter((it) => it !== 'ssm:StartSession');
}

function receivesLogs(place: Place, bucket: string): boolean {
  return place.all('AWS::S3::Bucket').some(({ id, properties }) => id !== bucket && refersTo(properties.LoggingConfiguration?.DestinationBucketName, bucket))
    || place.all('AWS::ElasticLoadBalancingV2::LoadBalancer').some(({ properties }) => refersTo(attribute(properties, 'access_logs.s3.bucket'), bucket));
}

function refersTo(value: unknown, id: string): boolean {
  const text = JSON.stringify(value) ?? '';
  return text.includes(`{"Ref":"${id}"}`) || text.includes(`{"Fn::GetAtt":["${id}",`);
}

/** Whether it holds for each of them, and there are any. */
function every<T>(list: readonly T[], holds: (it: T) => boolean): boolean {
  return list.length > 0 && list.every(holds);
}

function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What no scene has: a range that only the deployment knows, people who have a way to a database, and alarms that tell nobody. */
function otherScenes(app: App): App {
  const stack = stackIn(app, 'Others');
  const { vpc } = new PlatformNetwork(stack, 'Network');
  new PlatformService(stack, 'Api', { ...workerProps(vpc), ingress: Ingress.https({ certificate: certificateIn(stack), openTo: Audience.network(vpc.vpcCidrBlock) }) });
  const orders = new ManagedPostgres(stack, 'Orders', { ...databaseProps(vpc), peopleAccess: PeopleAccess.bySessionManager() });
  new ObservabilityBundle(stack, 'Watch').watch(new PlatformQueue(stack, 'Emails'));
  orders.grantAccess(new iam.Role(stack, 'Developers', { assumedBy: new iam.AccountRootPrincipal() }), DatabaseAccess.readOnly());
  return app;
}

/** Reasons in tests are none of the package's. */
const OURS = (it: Place): boolean => !it.rule.includes('cdk-golden-path:');

const PLACES = [Tier.DEV, Tier.STAGING, Tier.PROD].flatMap((tier) => acknowledgedIn(otherScenes(allScenes(appOf(tier, RECOMMENDED_FLAGS))), tier)).filter(OURS);

function beginningOf(reason: string): string | undefined {
  return Object.keys(CLAIMS).find((it) => reason.startsWith(it));
}

test('every reason says what can be checked in the template, or why it cannot', () => {
  const unknown = PLACES.filter(({ reason }) => beginningOf(reason) === undefined).map(({ reason }) => reason);

  expect([...new Set(unknown)]).toEqual([]);
});

test.each(Object.entries(CLAIMS))("'%s …' is so wherever it is said", (beginning, claim) => {
  const places = PLACES.filter(({ reason }) => reason.startsWith(beginning));
  const untrue = typeof claim === 'string' ? [] : places.filter((it) => !claim(it)).map(({ tier, construct }) => `${construct.node.path} in ${tier.name}`);

  expect(places.length).toBeGreaterThan(0);
  expect([...new Set(untrue)]).toEqual([]);
});

test('no reason in the source escapes the table above', () => {
  const beginnings = sources(join(__dirname, '../src')).flatMap(reasonsIn);

  expect(beginnings.length).toBeGreaterThan(30);
  expect(beginnings.filter((text) => !Object.keys(CLAIMS).some((it) => it.startsWith(text) || text.startsWith(it)))).toEqual([]);
});

function sources(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((it) => it.endsWith('.ts')).map((it) => join(directory, it));
}

/** Where the reason stands among the arguments. */
const REASON_AT: { readonly [called: string]: number } = { acknowledge: 1, acknowledgeWildcard: 2 };

/** How the reasons in a file begin. One that another function was given is that one's. */
function reasonsIn(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const called = ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? REASON_AT[node.expression.text] : undefined;
    if (called !== undefined) {
      found.push(...textsOf((node as ts.CallExpression).arguments[called]));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  return found;
}

function textsOf(node: ts.Expression): string[] {
  if (ts.isBinaryExpression(node)) {
    return textsOf(node.left);
  }
  if (ts.isConditionalExpression(node)) {
    return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  }
  return ts.isTemplateExpression(node) ? [node.head.text] : ts.isStringLiteralLike(node) ? [node.text] : [];
}
