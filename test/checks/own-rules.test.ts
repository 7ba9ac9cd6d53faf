import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Evaluation } from '../../src/checks/evaluation';
import { OWN_RULES, type OwnRule } from '../../src/checks/own-rules';
import { synthesisedTemplates } from '../../src/checks/synthesised-templates';
import type { Properties } from '../../src/checks/template-value';
import { withoutTemplateChecks } from '../template/every-template';

const REF = { Ref: 'Parameter' };
const IF = (value: unknown) => ({ 'Fn::If': ['Condition', value, { Ref: 'AWS::NoValue' }] });
const NOTHING = { Ref: 'AWS::NoValue' };
const DIGEST = `sha256:${'0'.repeat(64)}`;
const GITHUB = 'token.actions.githubusercontent.com';
const AUDIENCE = { [`${GITHUB}:aud`]: 'sts.amazonaws.com' };

interface Cases {
  readonly type: string;
  /** What breaks the rule. */
  readonly bad: { [what: string]: Properties };
  /** What keeps it, or cannot be known before deployment. */
  readonly good: { [what: string]: Properties };
}

const service = (strategy: unknown) => ({ DeploymentConfiguration: { DeploymentCircuitBreaker: strategy } });
const address = (assign: unknown) => ({ NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: assign } } });
const task = (...containers: unknown[]) => ({ ContainerDefinitions: containers });
const variable = (name: string, value: unknown) => task({ Environment: [{ Name: name, Value: value }] });
const windows = (container: unknown) => ({ ...task(container), RuntimePlatform: { OperatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } });
const image = (name: unknown) => task({ Image: name });
const family = (name: unknown, parameters?: unknown) => ({ Family: name, Parameters: parameters });
const trust = (statement: { [name: string]: unknown }) => ({
  AssumeRolePolicyDocument: {
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: `arn:aws:iam::444455556666:oidc-provider/${GITHUB}` }, ...statement }],
  },
});
const subject = (value: unknown) => trust({ Condition: { StringEquals: AUDIENCE, StringLike: { [`${GITHUB}:sub`]: value } } });
const firehose = (key?: unknown) => ({ HttpEndpointDestinationConfiguration: { EndpointConfiguration: { Url: 'https://example.com', AccessKey: key } } });

const vaultPolicy = (statement: { [name: string]: unknown }) => ({
  AccessPolicy: { Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: ['backup:DeleteRecoveryPoint'], Resource: '*', ...statement }] },
});
const rollback = (configuration: { [name: string]: unknown }) => ({
  DeploymentConfiguration: { ...service({ Enable: true, Rollback: true }).DeploymentConfiguration, ...configuration },
});
const alarm = (...actions: unknown[]) => ({ AlarmActions: actions });
const open = (statement: { [name: string]: unknown }) => ({
  PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*', ...statement }] },
});

const CASES: { [rule: string]: Cases } = {
  ECSNoExec: {
    type: 'AWS::ECS::Service',
    bad: { 'switched on': { EnableExecuteCommand: true } },
    good: { 'switched off': { EnableExecuteCommand: false }, 'not said': {}, 'a parameter': { EnableExecuteCommand: REF } },
  },
  ECSCircuitBreaker: {
    type: 'AWS::ECS::Service',
    bad: {
      'no breaker': {},
      'none, said so': { DeploymentConfiguration: NOTHING },
      'without rollback': service({ Enable: true, Rollback: false }),
      'switched off': service({ Enable: false, Rollback: true }),
      'the controller of ECS': { ...service({ Enable: false, Rollback: false }), DeploymentController: { Type: 'ECS' } },
    },
    good: {
      'with rollback': service({ Enable: true, Rollback: true }),
      'CodeDeploy does it': { DeploymentController: { Type: 'CODE_DEPLOY' } },
      'another controller does it': { DeploymentController: { Type: 'EXTERNAL' } },
      'a controller by parameter': { DeploymentController: { Type: REF } },
      'a configuration on condition': { DeploymentConfiguration: IF({}) },
      'a breaker on condition': service(IF({ Enable: true, Rollback: true })),
      'a parameter': service({ Enable: REF, Rollback: REF }),
    },
  },
  ECSNoPublicAddress: {
    type: 'AWS::ECS::Service',
    bad: { 'switched on': address('ENABLED') },
    good: { 'switched off': address('DISABLED'), 'not said': {}, 'a parameter': address(REF), 'on condition': { NetworkConfiguration: IF(address('ENABLED').NetworkConfiguration) } },
  },
  ECSReadonlyRoot: {
    type: 'AWS::ECS::TaskDefinition',
    bad: {
      'writable': task({ ReadonlyRootFilesystem: false }),
      'not said': task({}),
      'one of two': task({ ReadonlyRootFilesystem: true }, { Name: 'sidecar' }),
    },
    good: {
      'read-only': task({ ReadonlyRootFilesystem: true }),
      'a parameter': task({ ReadonlyRootFilesystem: REF }),
      'a container on condition': task(IF({ Name: 'sidecar' })),
      'a container left out': task(NOTHING),
      'all on condition': { ContainerDefinitions: IF([{}]) },
      'no containers': {},
      'on Windows, where it cannot be': windows({}),
    },
  },
  ECSNotRoot: {
    type: 'AWS::ECS::TaskDefinition',
    bad: {
      'root by name': task({ User: 'root' }),
      'root by number': task({ User: '0' }),
      'root by number with a sign': task({ User: '+0' }),
      'root with a group': task({ User: '0:1000' }),
      'root by name with a group': task({ User: 'root:staff' }),
      'as the image says': task({}),
      'an empty name': task({ User: '' }),
      'a group only': task({ User: ':1000' }),
      'privileged': task({ User: '1000', Privileged: true }),
      'one of two': task({ User: '1000' }, {}),
    },
    good: {
      'by number': task({ User: '1000' }),
      'with the group of root': task({ User: '1000:0' }),
      'by name': task({ User: 'rootless' }),
      'a parameter': task({ User: REF, Privileged: REF }),
      'a container on condition': task(IF({})),
      'on Windows, where there is no root': windows({}),
    },
  },
  ECSPlainSecret: {
    type: 'AWS::ECS::TaskDefinition',
    bad: {
      'by its name': variable('DB_PASSWORD', 'x'),
      'by its name, from a parameter': variable('DB_PASSWORD', REF),
      'by its value': variable('KEY', 'sk_live_abcdefghij0123456789'),
      'by reference': variable('URL', '{{resolve:secretsmanager:prod:SecretString:url}}'),
      'in a text with a reference': variable('URL', { 'Fn::Join': ['', ['postgres://app:hunter2@', REF, '/shop']] }),
      'in a substitution': variable('URL', { 'Fn::Sub': 'postgres://app:hunter2@${Host}/shop' }),
      'in a substitution with values': variable('URL', { 'Fn::Sub': ['postgres://app:${Word}@db', { Word: 'hunter2' }] }),
      'in one of two branches': variable('URL', IF('postgres://app:hunter2@db/shop')),
      'encoded by a function': variable('URL', { 'Fn::Base64': { 'Fn::Join': ['', ['password=hunter2 host=', REF]] } }),
      'in a command': task({ Command: ['node', 'server.js', '--db-password', 'hunter2'] }),
      'in a command with a reference': task({ Command: ['sh', '-c', { 'Fn::Join': ['', ['PGPASSWORD=hunter2 psql -h ', REF]] }] }),
      'in an entry point': task({ EntryPoint: ['agent', '--api-key=0123456789abcdef'] }),
      'in a health check': task({ HealthCheck: { Command: ['CMD-SHELL', 'curl -u admin:hunter2 http://localhost'] } }),
      'in a label': task({ DockerLabels: { 'com.example.token': 'a1b2c3d4' } }),
      'for the driver of logs': task({ LogConfiguration: { Options: { Name: 'datadog', apikey: 'a1b2c3d4' } } }),
      'by reference in a text': variable('URL', { 'Fn::Join': ['', ['{{resolve:secretsmanager:', REF, ':SecretString}}']] }),
    },
    good: {
      'plain': variable('LOG_LEVEL', 'info'),
      'a parameter': variable('LOG_LEVEL', REF),
      'what points to a secret': variable('DB_PASSWORD_FILE', '/run/secret'),
      'no variables': task({ Image: 'nginx' }),
      'a password that only the deployment knows': variable('URL', { 'Fn::Join': ['', ['postgres://app:', REF, '@db']] }),
      'an address in a substitution': variable('URL', { 'Fn::Sub': 'https://${Host}:8443/${Path}' }),
      'a command that reads a variable': task({ Command: ['sh', '-c', 'psql "password=$PGPASSWORD" --token "$TOKEN"'] }),
      'a health check': task({ HealthCheck: { Command: ['CMD-SHELL', 'curl -f http://localhost:8080/health || exit 1'] } }),
      'labels': task({ DockerLabels: { 'com.datadoghq.ad.logs': '[{"source":"nodejs"}]' } }),
      'labels by parameter': task({ DockerLabels: REF, Command: REF, LogConfiguration: REF, HealthCheck: REF }),
      'variables on condition': task({ Environment: IF([{ Name: 'DB_PASSWORD', Value: 'x' }]) }),
    },
  },
  ECSPinnedImage: {
    type: 'AWS::ECS::TaskDefinition',
    bad: {
      'a tag': image('nginx:1.29'),
      'no tag, which is latest': image('public.ecr.aws/nginx/nginx'),
      'a registry with a port': image('registry.example.com:5000/nginx'),
      'a tag after a reference': image({ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Repository', 'RepositoryUri'] }, ':latest']] }),
      'a tag after a separator': image({ 'Fn::Join': [':', [{ 'Fn::GetAtt': ['Repository', 'RepositoryUri'] }, 'v1']] }),
      'a tag in a substitution': image({ 'Fn::Sub': '${AWS::AccountId}.dkr.ecr.eu-west-1.amazonaws.com/api:v1' }),
      'a tag in a substitution with values': image({ 'Fn::Sub': ['${Registry}/api:v1', { Registry: REF }] }),
    },
    good: {
      'a digest': image(`nginx@${DIGEST}`),
      'a tag and a digest': image(`nginx:1.29@${DIGEST}`),
      'a digest after a reference': image({ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Repository', 'RepositoryUri'] }, `@${DIGEST}`]] }),
      'a digest after a separator': image({ 'Fn::Join': ['@', [{ 'Fn::GetAtt': ['Repository', 'RepositoryUri'] }, DIGEST]] }),
      'an asset of the CDK': image({ 'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.\${AWS::URLSuffix}/cdk-hnb659fds-container-assets:${'a'.repeat(64)}` }),
      'a parameter': image(REF),
      'a digest by parameter': image({ 'Fn::Join': ['', ['nginx@', REF]] }),
      'a digest in a substitution': image({ 'Fn::Sub': 'nginx@${Digest}' }),
      'on condition': image(IF('nginx:1.29')),
    },
  },
  RDSForceTls: {
    type: 'AWS::RDS::DBParameterGroup',
    bad: {
      'switched off': family('postgres17', { 'rds.force_ssl': '0' }),
      'switched off as a number': family('postgres17', { 'rds.force_ssl': 0 }),
      'the default before 15': family('postgres14', {}),
      'the default before 15, without parameters': family('postgres13'),
      'the default of Aurora before 17': family('aurora-postgresql16', {}),
    },
    good: {
      'switched on': family('postgres14', { 'rds.force_ssl': '1' }),
      'switched on as a number': family('postgres14', { 'rds.force_ssl': 1 }),
      'the default since 15': family('postgres15', {}),
      'the default of Aurora since 17': family('aurora-postgresql17', {}),
      'another engine': family('mysql8.0', {}),
      'a family by parameter': family(REF, {}),
      'a value by parameter': family('postgres14', { 'rds.force_ssl': REF }),
      'values on condition': family('postgres14', IF({})),
    },
  },
  RDSProxyTls: {
    type: 'AWS::RDS::DBProxy',
    bad: { 'not required': { RequireTLS: false }, 'not said': {} },
    good: { 'required': { RequireTLS: true }, 'a parameter': { RequireTLS: REF } },
  },
  ECRImmutableTags: {
    type: 'AWS::ECR::Repository',
    bad: { 'movable': { ImageTagMutability: 'MUTABLE' }, 'not said': {}, 'movable with exceptions': { ImageTagMutability: 'MUTABLE_WITH_EXCLUSION' } },
    good: {
      'immutable': { ImageTagMutability: 'IMMUTABLE' },
      'immutable with exceptions': { ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' },
      'a parameter': { ImageTagMutability: REF },
    },
  },
  ECRScanOnPush: {
    type: 'AWS::ECR::Repository',
    bad: { 'switched off': { ImageScanningConfiguration: { ScanOnPush: false } }, 'not said': {} },
    good: {
      'switched on': { ImageScanningConfiguration: { ScanOnPush: true } },
      'a parameter': { ImageScanningConfiguration: { ScanOnPush: REF } },
      'on condition': { ImageScanningConfiguration: IF({ ScanOnPush: true }) },
    },
  },
  LambdaUrlAuth: {
    type: 'AWS::Lambda::Url',
    bad: { 'open to everybody': { AuthType: 'NONE' } },
    good: { 'by IAM': { AuthType: 'AWS_IAM' }, 'a parameter': { AuthType: REF } },
  },
  GitHubTrust: {
    type: 'AWS::IAM::Role',
    bad: {
      'without a condition': trust({}),
      'without an audience': trust({ Condition: { StringLike: { [`${GITHUB}:sub`]: 'repo:acme/shop:*' } } }),
      'without a subject': trust({ Condition: { StringEquals: AUDIENCE } }),
      'any subject': subject('*'),
      'any repository': subject('repo:*'),
      'any repository of many owners': subject('repo:ac*/shop:*'),
      'the beginning of any subject': subject('repo*'),
      'one of several': subject(['repo:acme/shop:*', 'repo:*']),
      'a subject that is ruled out': trust({ Condition: { StringEquals: AUDIENCE, StringNotLike: { [`${GITHUB}:sub`]: 'repo:acme/shop:pull_request' } } }),
      'a provider by join': trust({ Principal: { Federated: { 'Fn::Join': ['', ['arn:aws:iam::', { Ref: 'AWS::AccountId' }, `:oidc-provider/${GITHUB}`]] } } }),
      'a provider of the same template': trust({ Principal: { Federated: { Ref: 'Provider' } } }),
      'a provider of the same template, by its ARN': trust({ Principal: { Federated: { 'Fn::GetAtt': ['Provider', 'Arn'] } } }),
      'a single statement': { AssumeRolePolicyDocument: { Statement: trust({}).AssumeRolePolicyDocument.Statement[0] } },
    },
    good: {
      'one repository': subject('repo:acme/shop:ref:refs/heads/main'),
      'one environment of it': trust({ Condition: { StringEquals: { ...AUDIENCE, [`${GITHUB}:sub`]: 'repo:acme/shop:environment:prod' } } }),
      'all repositories of one owner': subject('repo:acme/*'),
      'another claim than the repository': subject('job_workflow_ref:acme/shop/.github/workflows/deploy.yml@*'),
      'a subject by parameter': subject(REF),
      'a condition by parameter': trust({ Condition: { StringEquals: { 'Fn::GetAtt': ['Condition', 'Value'] } } }),
      'all on condition': trust({ Condition: IF({}) }),
      'a statement on condition': { AssumeRolePolicyDocument: { Statement: [IF(trust({}))] } },
      'a refusal': trust({ Effect: 'Deny' }),
      'a service': trust({ Principal: { Service: 'ecs-tasks.amazonaws.com' } }),
      'everybody in the account': trust({ Principal: '*' }),
      'another provider': trust({ Principal: { Federated: 'cognito-identity.amazonaws.com' } }),
      'another provider of the same template': trust({ Principal: { Federated: { Ref: 'Other' } } }),
      'a provider of another template': trust({ Principal: { Federated: { 'Fn::ImportValue': 'Provider' } } }),
      'no document': {},
      'a document by parameter': { AssumeRolePolicyDocument: REF },
    },
  },
  ChatGuardrail: {
    type: 'AWS::Chatbot::SlackChannelConfiguration',
    bad: {
      'none': {},
      'an empty list': { GuardrailPolicies: [] },
      'all that an administrator may': { GuardrailPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
      'the same in any partition': { GuardrailPolicies: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AdministratorAccess']] }] },
    },
    good: {
      'reading': { GuardrailPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] },
      'a policy by reference': { GuardrailPolicies: [REF] },
      'a list by parameter': { GuardrailPolicies: REF },
    },
  },
  BackupVaultKey: {
    type: 'AWS::Backup::BackupVault',
    bad: { 'none': {}, 'none, said so': { EncryptionKeyArn: NOTHING } },
    good: { 'a key': { EncryptionKeyArn: { 'Fn::GetAtt': ['Key', 'Arn'] } }, 'a key by its ARN': { EncryptionKeyArn: 'arn:aws:kms:eu-west-1:444455556666:key/1' } },
  },
  SchedulerDeadLetterQueue: {
    type: 'AWS::Scheduler::Schedule',
    bad: { 'none': { Target: {} }, 'an empty one': { Target: { DeadLetterConfig: {} } } },
    good: {
      'a queue': { Target: { DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } } } },
      'a queue on condition': { Target: { DeadLetterConfig: IF({}) } },
      'a target on condition': { Target: IF({}) },
    },
  },
  FirehoseAccessKey: {
    type: 'AWS::KinesisFirehose::DeliveryStream',
    bad: { 'in the clear': firehose('0123456789') },
    good: {
      'in a secret': firehose(),
      'resolved at deployment': firehose('{{resolve:secretsmanager:prod/datadog:SecretString:key}}'),
      'a parameter': firehose(REF),
      'another destination': {},
    },
  },
  ListenerTlsPolicy: {
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    bad: {
      'the default': { Protocol: 'HTTPS' },
      'TLS 1.0': { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-2016-08' },
      'TLS 1.1': { Protocol: 'TLS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-1-2021-06' },
    },
    good: {
      'TLS 1.2': { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
      'TLS 1.3 only': { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06' },
      'an older name': { Protocol: 'TLS', SslPolicy: 'ELBSecurityPolicy-FS-1-2-Res-2020-10' },
      'no TLS, which cdk-nag looks at': { Protocol: 'HTTP' },
      'a parameter': { Protocol: 'HTTPS', SslPolicy: REF },
    },
  },
  BackupVaultPolicy: {
    type: 'AWS::Backup::BackupVault',
    bad: {
      'none': {},
      'for some only': vaultPolicy({ Principal: { AWS: 'arn:aws:iam::444455556666:root' } }),
      'on a condition': vaultPolicy({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }),
      'of something else': vaultPolicy({ Action: 'backup:CopyIntoBackupVault' }),
      'that allows it': vaultPolicy({ Effect: 'Allow' }),
    },
    good: {
      'for everybody': vaultPolicy({}),
      'by a wildcard': vaultPolicy({ Principal: '*', Action: ['backup:*'] }),
      'a policy by parameter': { AccessPolicy: REF },
    },
  },
  BackupVaultLock: {
    type: 'AWS::Backup::BackupVault',
    bad: { 'none': {}, 'for no time': { LockConfiguration: { MinRetentionDays: 0 } }, 'without a time': { LockConfiguration: {} } },
    good: { 'locked': { LockConfiguration: { MinRetentionDays: 30 } }, 'a parameter': { LockConfiguration: { MinRetentionDays: REF } } },
  },
  ECSRollbackAlarms: {
    type: 'AWS::ECS::Service',
    bad: {
      'none with a canary': rollback({ Strategy: 'CANARY' }),
      'none with blue/green': rollback({ Strategy: 'BLUE_GREEN' }),
      'switched off': rollback({ Alarms: { Enable: false, Rollback: true, AlarmNames: ['Errors'] } }),
      'that only tell': rollback({ Strategy: 'LINEAR', Alarms: { Enable: true, Rollback: false, AlarmNames: ['Errors'] } }),
    },
    good: {
      'that roll back': rollback({ Strategy: 'CANARY', Alarms: { Enable: true, Rollback: true, AlarmNames: ['Errors'] } }),
      'none of a rolling update': rollback({ Strategy: 'ROLLING' }),
      'nothing said': {},
      'a parameter': rollback({ Strategy: 'CANARY', Alarms: REF }),
    },
  },
  RDSIamSignIn: {
    type: 'AWS::RDS::DBInstance',
    bad: { 'off': { Engine: 'postgres', EnableIAMDatabaseAuthentication: false }, 'not said': { Engine: 'postgres' }, 'in Aurora': { Engine: 'aurora-postgresql' } },
    good: {
      'on': { Engine: 'postgres', EnableIAMDatabaseAuthentication: true },
      'a parameter': { Engine: 'postgres', EnableIAMDatabaseAuthentication: REF },
      'another engine': { Engine: 'oracle-se2' },
      'a member of a cluster, which says it': { Engine: 'aurora-postgresql', DBClusterIdentifier: REF },
    },
  },
  AlarmTellsNobody: {
    type: 'AWS::CloudWatch::Alarm',
    bad: { 'a topic without subscriptions': alarm({ Ref: 'Silent' }), 'twice the same': alarm({ Ref: 'Silent' }, { Ref: 'Silent' }) },
    good: {
      'an address': alarm({ Ref: 'Heard' }),
      'an address of the topic itself': alarm({ Ref: 'Inline' }),
      'a channel of Slack': alarm({ Ref: 'Chat' }),
      'one of two is heard': alarm({ Ref: 'Silent' }, { Ref: 'Heard' }),
      'a function': alarm({ 'Fn::GetAtt': ['Function', 'Arn'] }, { Ref: 'Silent' }),
      'a topic of another template': alarm({ 'Fn::ImportValue': 'Topic' }),
      'a topic by its ARN': alarm('arn:aws:sns:eu-west-1:444455556666:on-call'),
      'a topic that another template uses': alarm({ Ref: 'Exported' }),
      'no action, which cdk-nag looks at': alarm(),
      'actions by parameter': { AlarmActions: REF },
    },
  },
  OpenPolicy: {
    type: 'AWS::SQS::QueuePolicy',
    bad: {
      'everybody': open({}),
      'any account': open({ Principal: { AWS: '*' } }),
      'one of several': open({ Principal: { AWS: ['arn:aws:iam::444455556666:root', '*'] } }),
      'everybody who uses TLS': open({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
      'any source': open({ Condition: { ArnLike: { 'aws:SourceArn': '*' } } }),
      'all but one': open({ Condition: { StringNotEquals: { 'aws:SourceAccount': '444455556666' } } }),
      'whoever does not say': open({ Condition: { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' } } }),
      'a single statement': { PolicyDocument: { Statement: open({}).PolicyDocument.Statement[0] } },
      'of a secret': { ResourcePolicy: open({}).PolicyDocument },
      'of a key': { KeyPolicy: open({}).PolicyDocument },
    },
    good: {
      'a service': open({ Principal: { Service: 'sns.amazonaws.com' } }),
      'a source': open({ Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'Topic' } } } }),
      'one organisation': open({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      'one account by a service': open({ Condition: { StringEquals: { 'kms:CallerAccount': '444455556666', 'kms:ViaService': 'rds.eu-west-1.amazonaws.com' } } }),
      'a refusal': open({ Effect: 'Deny' }),
      'a condition by parameter': open({ Condition: REF }),
      'a document by parameter': { PolicyDocument: REF },
    },
  },
};

const RESOURCES = {
  Silent: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'Silent' } },
  SilentPolicy: { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: 'Silent' }] } },
  SilentRule: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Arn: { Ref: 'Silent' } }] } },
  SilentAlarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmActions: [{ Ref: 'Silent' }] } },
  Heard: { Type: 'AWS::SNS::Topic' },
  Subscription: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: { Ref: 'Heard' }, Protocol: 'email' } },
  Inline: { Type: 'AWS::SNS::Topic', Properties: { Subscription: [{ Protocol: 'email', Endpoint: 'on-call@example.com' }] } },
  Chat: { Type: 'AWS::SNS::Topic' },
  Channel: { Type: 'AWS::Chatbot::SlackChannelConfiguration', Properties: { SnsTopicArns: [{ 'Fn::Sub': '${Chat}' }] } },
  Exported: { Type: 'AWS::SNS::Topic' },
  Function: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
};

const OUTPUTS = { Export: { Value: { Ref: 'Exported' }, Export: { Name: 'Exported' } } };

const PROVIDERS = {
  Provider: { Type: 'AWS::IAM::OIDCProvider', Properties: { Url: `https://${GITHUB}` } },
  Other: { Type: 'AWS::IAM::OIDCProvider', Properties: { Url: 'https://oidc.eks.eu-west-1.amazonaws.com/id/1' } },
};

/** Every property that a rule looks at. */
const PROPERTIES = [...new Set(Object.values(CASES).flatMap(({ bad, good }) => [...Object.values(bad), ...Object.values(good)]).flatMap(Object.keys))];

/** One resource of each type that keeps all rules. */
const SOUND: { [type: string]: Properties } = {
  'AWS::ECS::Service': { ...service({ Enable: true, Rollback: true }), ...address('DISABLED'), EnableExecuteCommand: false },
  'AWS::ECS::TaskDefinition': task({ ReadonlyRootFilesystem: true, User: '1000', Image: `nginx@${DIGEST}` }),
  'AWS::RDS::DBParameterGroup': family('postgres17', {}),
  'AWS::RDS::DBProxy': { RequireTLS: true },
  'AWS::ECR::Repository': { ImageTagMutability: 'IMMUTABLE', ImageScanningConfiguration: { ScanOnPush: true } },
  'AWS::Lambda::Url': { AuthType: 'AWS_IAM' },
  'AWS::IAM::Role': subject('repo:acme/shop:*'),
  'AWS::Chatbot::SlackChannelConfiguration': { GuardrailPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] },
  'AWS::Backup::BackupVault': {
    EncryptionKeyArn: 'arn:aws:kms:eu-west-1:444455556666:key/1', ...vaultPolicy({}), LockConfiguration: { MinRetentionDays: 30 },
  },
  'AWS::ElasticLoadBalancingV2::Listener': { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
  'AWS::RDS::DBInstance': { Engine: 'postgres', EnableIAMDatabaseAuthentication: true },
  'AWS::CloudWatch::Alarm': alarm('arn:aws:sns:eu-west-1:444455556666:on-call'),
  'AWS::SQS::QueuePolicy': open({ Principal: { Service: 'sns.amazonaws.com' } }),
  'AWS::Scheduler::Schedule': { Target: { DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:444455556666:dead' } } },
  'AWS::KinesisFirehose::DeliveryStream': firehose(),
};

/** What is changed in them, so that one rule is broken. */
const DEFECTS: { [rule: string]: Properties } = {
  ECSNoExec: { EnableExecuteCommand: true },
  ECSCircuitBreaker: service({ Enable: true, Rollback: false }),
  ECSNoPublicAddress: address('ENABLED'),
  ECSReadonlyRoot: task({ ReadonlyRootFilesystem: false, User: '1000', Image: `nginx@${DIGEST}` }),
  ECSNotRoot: task({ Name: 'app', ReadonlyRootFilesystem: true, User: 'root', Image: `nginx@${DIGEST}` }),
  ECSPlainSecret: task({ ReadonlyRootFilesystem: true, User: '1000', Image: `nginx@${DIGEST}`, Environment: [{ Name: 'DB_PASSWORD', Value: 'x' }] }),
  ECSPinnedImage: task({ ReadonlyRootFilesystem: true, User: '1000', Image: 'nginx:1.29' }),
  RDSForceTls: family('postgres14', {}),
  RDSProxyTls: { RequireTLS: false },
  ECRImmutableTags: { ImageTagMutability: 'MUTABLE' },
  ECRScanOnPush: { ImageScanningConfiguration: { ScanOnPush: false } },
  LambdaUrlAuth: { AuthType: 'NONE' },
  GitHubTrust: subject('repo:*'),
  ChatGuardrail: { GuardrailPolicies: [] },
  BackupVaultKey: { EncryptionKeyArn: undefined },
  SchedulerDeadLetterQueue: { Target: {} },
  FirehoseAccessKey: firehose('0123456789'),
  ListenerTlsPolicy: { SslPolicy: 'ELBSecurityPolicy-2016-08' },
  BackupVaultPolicy: { AccessPolicy: undefined },
  BackupVaultLock: { LockConfiguration: undefined },
  ECSRollbackAlarms: rollback({ Strategy: 'CANARY' }),
  RDSIamSignIn: { EnableIAMDatabaseAuthentication: false },
  OpenPolicy: open({}),
  AlarmTellsNobody: alarm({ Ref: 'Topic' }),
};

/** Which part of them it is, where a rule says so. */
const PARTS: { [rule: string]: string } = {
  ECSNotRoot: '[Container::app]', ECSPlainSecret: '[Container::*::Environment.DB_PASSWORD]',
};

/** What is found in a stack of one such resource, by all rules of this package. */
function findings(type: string, properties: Properties): string[] {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  new CfnResource(stack, 'Resource', { type, properties });
  new CfnResource(stack, 'Topic', { type: 'AWS::SNS::Topic' });
  const { stacks } = withoutTemplateChecks(() => app.synth());
  const evaluation = new Evaluation(app, []);
  synthesisedTemplates(app, stacks.map((it) => ({ stackConstructPath: it.hierarchicalId, templatePath: it.templateFullPath })))
    .forEach((it) => evaluation.add(it));
  return evaluation.findings.map(({ rule, path }) => `${rule} at ${path}`);
}

test.each(Object.entries(SOUND))('nothing is found in a sound %s', (type, properties) => {
  expect(findings(type, properties)).toEqual([]);
});

test.each(Object.entries(CASES))('exactly %s is found in a resource that breaks it', (rule, { type }) => {
  expect(findings(type, { ...SOUND[type], ...DEFECTS[rule] })).toEqual([`GoldenPath-${rule}${PARTS[rule] ?? ''} at Shop/Resource`]);
});

test('each container that is root is found by its name, and those that are not are not', () => {
  const container = (name: unknown, user: string) => ({ Name: name, User: user, ReadonlyRootFilesystem: true, Image: `nginx@${DIGEST}` });

  expect(findings('AWS::ECS::TaskDefinition', task(container('app', '1000'), container('files', 'root'), container(REF, '0'), container(REF, '0')))).toEqual([
    'GoldenPath-ECSNotRoot[Container::files] at Shop/Resource', 'GoldenPath-ECSNotRoot[Container::*] at Shop/Resource',
  ]);
});

test('each place of a secret is found by itself', () => {
  const container = {
    Name: 'app',
    User: '1000',
    ReadonlyRootFilesystem: true,
    Image: `nginx@${DIGEST}`,
    Environment: [{ Name: 'API_KEY', Value: 'x' }, { Name: 'LEVEL', Value: 'info' }, { Name: 'TOKEN', Value: 'y' }],
    Command: ['--password', 'hunter2'],
  };

  expect(findings('AWS::ECS::TaskDefinition', task(container))).toEqual(['Environment.API_KEY', 'Environment.TOKEN', 'Command'].map((it) =>
    `GoldenPath-ECSPlainSecret[Container::app::${it}] at Shop/Resource`));
});

function named(name: string): OwnRule {
  return OWN_RULES.find((rule) => rule.name === name)!;
}

test('each rule has cases of its own', () => {
  expect(Object.keys(CASES).sort()).toEqual(OWN_RULES.map(({ name }) => name).sort());
});

describe.each(Object.entries(CASES))('%s', (name, { type, bad, good }) => {
  test('looks at the type', () => {
    expect(named(name).types).toContain(type);
  });

  test.each(Object.entries(bad))('is broken: %s', (_, properties) => {
    expect(named(name).broken(properties, { ...PROVIDERS, ...RESOURCES }, OUTPUTS)).toBe(true);
  });

  test.each(Object.entries(good))('is kept: %s', (_, properties) => {
    expect(named(name).broken(properties, { ...PROVIDERS, ...RESOURCES }, OUTPUTS)).toBe(false);
  });
});

test.each([
  ['AWS::RDS::DBClusterParameterGroup', 'RDSForceTls'],
  ['AWS::Chatbot::MicrosoftTeamsChannelConfiguration', 'ChatGuardrail'],
])('%s is looked at as well, by %s', (type, name) => {
  expect(named(name).types).toContain(type);
});

test.each(OWN_RULES.map((rule) => [rule.name, rule] as const))('%s survives whatever a template may hold', (_, rule) => {
  const odd = [undefined, null, 'text', 1, true, [], [null], {}, REF, IF([{}]), [REF], { 'Fn::Transform': { Name: 'Include' } }];

  odd.forEach((value) => {
    const properties = Object.fromEntries(PROPERTIES.map((property) => [property, value]));

    expect(() => rule.broken(properties, {})).not.toThrow();
    expect(() => rule.parts?.(properties)).not.toThrow();
  });
});
