import {
  ALARM_ACTION, BACKUP_PLAN, BUCKET_NAME, DB_CLUSTER, DB_CLUSTER_PARAMETER_GROUP, DB_PARAMETER_GROUP, DB_SUBNET_GROUP, ECS_CLUSTER,
  KEY, KEY_ARN, Kind, LISTENER, LISTENER_RULE, LOAD_BALANCER, LOG_GROUP_ARN, LOG_GROUP_NAME, QUEUE_URL, ROLE_ARN, ROLE_NAME, SECRET,
  SECURITY_GROUP, SUBNET, TARGET_GROUP, TASK_DEFINITION, TOPIC, VAULT_ARN, VAULT_NAME, VPC,
} from './resource-kind';

type Places = { readonly [path: string]: Kind | undefined };

/** Property names that mean the same thing on every resource type, however deep they stand. */
const EVERYWHERE: Places = {
  AlternateTargetGroupArn: TARGET_GROUP,
  EncryptionKeyArn: KEY_ARN,
  KMSKeyId: KEY,
  KMSMasterKeyID: KEY,
  KmsKeyArn: KEY_ARN,
  KmsKeyId: KEY,
  KmsMasterKeyId: KEY,
  ListenerArn: LISTENER,
  LoadBalancerArn: LOAD_BALANCER,
  LogGroupArn: LOG_GROUP_ARN,
  LogGroupName: LOG_GROUP_NAME,
  PerformanceInsightsKMSKeyId: KEY,
  PerformanceInsightsKmsKeyId: KEY,
  SNSTopicArn: TOPIC,
  SecurityGroupIds: SECURITY_GROUP,
  SecurityGroups: SECURITY_GROUP,
  SourceSecurityGroupId: SECURITY_GROUP,
  SubnetId: SUBNET,
  SubnetIds: SUBNET,
  Subnets: SUBNET,
  TargetGroupArn: TARGET_GROUP,
  TopicArn: TOPIC,
  VPCSecurityGroups: SECURITY_GROUP,
  VpcId: VPC,
  VpcSecurityGroupIds: SECURITY_GROUP,
};

const ALARM: Places = { AlarmActions: ALARM_ACTION, InsufficientDataActions: ALARM_ACTION, OKActions: ALARM_ACTION };

const SECURITY_GROUP_RULE: Places = { GroupId: SECURITY_GROUP, DestinationSecurityGroupId: SECURITY_GROUP };

/** Places of one resource type, by the path of names without list positions; undefined takes a name out of the table above. */
const BY_TYPE: { readonly [type: string]: Places } = {
  'AWS::Backup::BackupPlan': {
    'BackupPlan.BackupPlanRule.TargetBackupVault': VAULT_NAME,
    'BackupPlan.BackupPlanRule.CopyActions.DestinationBackupVaultArn': VAULT_ARN,
  },
  'AWS::Backup::BackupSelection': { BackupPlanId: BACKUP_PLAN },
  'AWS::CloudWatch::Alarm': ALARM,
  'AWS::CloudWatch::CompositeAlarm': ALARM,
  'AWS::EC2::Instance': { SecurityGroups: undefined },
  'AWS::EC2::SecurityGroupEgress': SECURITY_GROUP_RULE,
  'AWS::EC2::SecurityGroupIngress': SECURITY_GROUP_RULE,
  'AWS::ECS::Service': {
    'Cluster': ECS_CLUSTER,
    'LoadBalancers.AdvancedConfiguration.ProductionListenerRule': LISTENER_RULE,
    'LoadBalancers.AdvancedConfiguration.TestListenerRule': LISTENER_RULE,
    'TaskDefinition': TASK_DEFINITION,
  },
  'AWS::ECS::TaskDefinition': { 'ContainerDefinitions.LogConfiguration.Options.awslogs-group': LOG_GROUP_NAME },
  'AWS::IAM::InstanceProfile': { Roles: ROLE_NAME },
  'AWS::IAM::ManagedPolicy': { Roles: ROLE_NAME },
  'AWS::IAM::Policy': { Roles: ROLE_NAME },
  'AWS::Lambda::Function': { 'LoggingConfig.LogGroup': LOG_GROUP_NAME, 'Role': ROLE_ARN },
  'AWS::Logs::LogGroup': { KmsKeyId: KEY_ARN },
  'AWS::RDS::DBCluster': {
    DBClusterParameterGroupName: DB_CLUSTER_PARAMETER_GROUP,
    DBInstanceParameterGroupName: DB_PARAMETER_GROUP,
    DBSubnetGroupName: DB_SUBNET_GROUP,
  },
  'AWS::RDS::DBInstance': {
    DBClusterIdentifier: DB_CLUSTER,
    DBParameterGroupName: DB_PARAMETER_GROUP,
    DBSubnetGroupName: DB_SUBNET_GROUP,
  },
  'AWS::S3::BucketPolicy': { Bucket: BUCKET_NAME },
  'AWS::SNS::TopicPolicy': { Topics: TOPIC },
  'AWS::SQS::QueuePolicy': { Queues: QUEUE_URL },
  'AWS::SecretsManager::RotationSchedule': { SecretId: SECRET },
  'AWS::SecretsManager::SecretTargetAttachment': { SecretId: SECRET },
};

/** The kind of thing that a property takes, where the tables know it. */
export function expectedKind(type: string, path: readonly string[]): Kind | undefined {
  const own = BY_TYPE[type];
  const full = path.join('.');
  if (own && full in own) return own[full];

  const name = path[path.length - 1];
  return EVERYWHERE[name] ?? (/Role(Arn|ARN)$/.test(name) ? ROLE_ARN : undefined);
}
