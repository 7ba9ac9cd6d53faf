/** A kind of thing that a property takes, and which references yield it. */
export interface Kind {
  /** In words, with its article. */
  readonly what: string;
  /** Per resource type: 'Ref' or the attributes that are this kind of thing. */
  readonly forms: { readonly [type: string]: readonly string[] };
  /** The type of a template parameter that holds it, where one exists. */
  readonly parameter?: string;
}

export const SECURITY_GROUP: Kind = {
  what: 'a security group',
  forms: { 'AWS::EC2::SecurityGroup': ['Ref', 'GroupId', 'Id'], 'AWS::EC2::VPC': ['DefaultSecurityGroup'] },
  parameter: 'AWS::EC2::SecurityGroup::Id',
};

export const SUBNET: Kind = {
  what: 'a subnet',
  forms: { 'AWS::EC2::Subnet': ['Ref', 'SubnetId'] },
  parameter: 'AWS::EC2::Subnet::Id',
};

export const VPC: Kind = {
  what: 'a VPC',
  forms: { 'AWS::EC2::VPC': ['Ref', 'VpcId'] },
  parameter: 'AWS::EC2::VPC::Id',
};

/** Where a service takes a key by id, ARN or alias alike. */
export const KEY: Kind = {
  what: 'a KMS key',
  forms: { 'AWS::KMS::Key': ['Ref', 'Arn', 'KeyId'], 'AWS::KMS::ReplicaKey': ['Ref', 'Arn', 'KeyId'], 'AWS::KMS::Alias': ['Ref'] },
};

export const KEY_ARN: Kind = {
  what: 'the ARN of a KMS key',
  forms: { 'AWS::KMS::Key': ['Arn'], 'AWS::KMS::ReplicaKey': ['Arn'] },
};

export const ROLE_ARN: Kind = {
  what: 'the ARN of a role',
  forms: { 'AWS::IAM::Role': ['Arn'] },
};

export const ROLE_NAME: Kind = {
  what: 'the name of a role',
  forms: { 'AWS::IAM::Role': ['Ref'] },
};

export const LOAD_BALANCER: Kind = {
  what: 'a load balancer',
  forms: { 'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Ref', 'LoadBalancerArn'] },
};

export const LISTENER: Kind = {
  what: 'a listener',
  forms: { 'AWS::ElasticLoadBalancingV2::Listener': ['Ref', 'ListenerArn'] },
};

/** What ECS shifts traffic with: a rule of an application, a listener of a network load balancer. */
export const LISTENER_RULE: Kind = {
  what: 'a listener rule',
  forms: { 'AWS::ElasticLoadBalancingV2::ListenerRule': ['Ref', 'RuleArn'], ...LISTENER.forms },
};

export const TARGET_GROUP: Kind = {
  what: 'a target group',
  forms: { 'AWS::ElasticLoadBalancingV2::TargetGroup': ['Ref', 'TargetGroupArn'] },
};

export const LOG_GROUP_NAME: Kind = {
  what: 'the name of a log group',
  forms: { 'AWS::Logs::LogGroup': ['Ref'] },
};

export const LOG_GROUP_ARN: Kind = {
  what: 'the ARN of a log group',
  forms: { 'AWS::Logs::LogGroup': ['Arn'] },
};

export const ECS_CLUSTER: Kind = {
  what: 'an ECS cluster',
  forms: { 'AWS::ECS::Cluster': ['Ref', 'Arn'] },
};

export const TASK_DEFINITION: Kind = {
  what: 'a task definition',
  forms: { 'AWS::ECS::TaskDefinition': ['Ref', 'TaskDefinitionArn'] },
};

export const DB_SUBNET_GROUP: Kind = {
  what: 'a DB subnet group',
  forms: { 'AWS::RDS::DBSubnetGroup': ['Ref'] },
};

export const DB_PARAMETER_GROUP: Kind = {
  what: 'a DB parameter group',
  forms: { 'AWS::RDS::DBParameterGroup': ['Ref', 'DBParameterGroupName'] },
};

export const DB_CLUSTER_PARAMETER_GROUP: Kind = {
  what: 'a DB cluster parameter group',
  forms: { 'AWS::RDS::DBClusterParameterGroup': ['Ref', 'DBClusterParameterGroupName'] },
};

export const DB_CLUSTER: Kind = {
  what: 'a DB cluster',
  forms: { 'AWS::RDS::DBCluster': ['Ref', 'DBClusterIdentifier'] },
};

export const SECRET: Kind = {
  what: 'a secret',
  forms: {
    'AWS::SecretsManager::Secret': ['Ref', 'Id'],
    'AWS::SecretsManager::SecretTargetAttachment': ['Ref', 'Id'],
    'AWS::RDS::DBInstance': ['MasterUserSecret.SecretArn'],
    'AWS::RDS::DBCluster': ['MasterUserSecret.SecretArn'],
  },
};

export const VAULT_NAME: Kind = {
  what: 'the name of a backup vault',
  forms: {
    'AWS::Backup::BackupVault': ['Ref', 'BackupVaultName'],
    'AWS::Backup::LogicallyAirGappedBackupVault': ['Ref', 'BackupVaultName'],
  },
};

export const VAULT_ARN: Kind = {
  what: 'the ARN of a backup vault',
  forms: { 'AWS::Backup::BackupVault': ['BackupVaultArn'], 'AWS::Backup::LogicallyAirGappedBackupVault': ['BackupVaultArn'] },
};

export const BACKUP_PLAN: Kind = {
  what: 'a backup plan',
  forms: { 'AWS::Backup::BackupPlan': ['Ref', 'BackupPlanId'] },
};

export const TOPIC: Kind = {
  what: 'an SNS topic',
  forms: { 'AWS::SNS::Topic': ['Ref', 'TopicArn'] },
};

export const QUEUE_URL: Kind = {
  what: 'the URL of a queue',
  forms: { 'AWS::SQS::Queue': ['Ref', 'QueueUrl'] },
};

export const BUCKET_NAME: Kind = {
  what: 'the name of a bucket',
  forms: { 'AWS::S3::Bucket': ['Ref'] },
};

/** What an alarm can set off. */
export const ALARM_ACTION: Kind = {
  what: 'something that an alarm can set off',
  forms: {
    ...TOPIC.forms,
    'AWS::Lambda::Function': ['Arn'],
    'AWS::Lambda::Alias': ['Ref', 'AliasArn'],
    'AWS::Lambda::Version': ['Ref', 'FunctionArn'],
    'AWS::ApplicationAutoScaling::ScalingPolicy': ['Ref', 'Arn'],
    'AWS::AutoScaling::ScalingPolicy': ['Ref', 'Arn'],
    'AWS::SSMIncidents::ResponsePlan': ['Ref', 'Arn'],
  },
};
