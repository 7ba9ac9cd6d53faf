import { checkTemplate } from '../check-template';
import { Json } from '../json';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const att = (logicalId: string, attribute: string): Json => ({ 'Fn::GetAtt': [logicalId, attribute] });
const ref = (logicalId: string): Json => ({ Ref: logicalId });

/** One resource of each type that others refer to, and each place that refers, rightly. */
const healthy: Template = {
  Parameters: { SubnetList: { Type: 'List<AWS::EC2::Subnet::Id>' }, Text: { Type: 'String' } },
  Conditions: { IsProd: { 'Fn::Equals': [ref('Text'), 'prod'] } },
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC' },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: ref('Vpc') } },
    Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: att('Vpc', 'VpcId') } },
    Key: { Type: 'AWS::KMS::Key' },
    Role: { Type: 'AWS::IAM::Role' },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: ref('Key') } },
    LogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { KmsKeyId: att('Key', 'Arn') } },
    Lookup: { Type: 'Custom::Lookup' },

    Ingress: { Type: 'AWS::EC2::SecurityGroupIngress', Properties: { GroupId: att('Group', 'GroupId'), SourceSecurityGroupId: ref('Group') } },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Role: att('Role', 'Arn'),
        KmsKeyArn: att('Key', 'Arn'),
        VpcConfig: { SecurityGroupIds: [att('Group', 'GroupId')], SubnetIds: [ref('Subnet')] },
        LoggingConfig: { LogGroup: ref('LogGroup') },
      },
    },

    LoadBalancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { SecurityGroups: [att('Group', 'GroupId')], Subnets: ref('SubnetList') } },
    Listener: { Type: 'AWS::ElasticLoadBalancingV2::Listener', Properties: { LoadBalancerArn: ref('LoadBalancer'), DefaultActions: [{ TargetGroupArn: ref('TargetGroup') }] } },
    Rule: { Type: 'AWS::ElasticLoadBalancingV2::ListenerRule', Properties: { ListenerArn: ref('Listener') } },
    TargetGroup: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: { VpcId: ref('Vpc') } },
    EcsCluster: { Type: 'AWS::ECS::Cluster' },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        TaskRoleArn: att('Role', 'Arn'),
        ExecutionRoleArn: att('Role', 'Arn'),
        ContainerDefinitions: [{ LogConfiguration: { Options: { 'awslogs-group': ref('LogGroup') } } }],
      },
    },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        Cluster: ref('EcsCluster'),
        TaskDefinition: ref('Task'),
        NetworkConfiguration: { AwsvpcConfiguration: { SecurityGroups: [att('Group', 'GroupId')], Subnets: [ref('Subnet')] } },
        LoadBalancers: [{ TargetGroupArn: ref('TargetGroup'), AdvancedConfiguration: { ProductionListenerRule: ref('Rule'), AlternateTargetGroupArn: ref('TargetGroup') } }],
      },
    },

    SubnetGroup: { Type: 'AWS::RDS::DBSubnetGroup', Properties: { SubnetIds: [ref('Subnet'), { 'Fn::Select': [0, ref('SubnetList')] }] } },
    Parameters: { Type: 'AWS::RDS::DBParameterGroup' },
    Database: {
      Type: 'AWS::RDS::DBInstance',
      Properties: {
        VPCSecurityGroups: [att('Group', 'GroupId')],
        KmsKeyId: att('Key', 'Arn'),
        DBSubnetGroupName: ref('SubnetGroup'),
        DBParameterGroupName: ref('Parameters'),
        MonitoringRoleArn: att('Role', 'Arn'),
      },
    },
    Secret: { Type: 'AWS::SecretsManager::Secret' },
    Attachment: { Type: 'AWS::SecretsManager::SecretTargetAttachment', Properties: { SecretId: ref('Secret') } },
    Rotation: { Type: 'AWS::SecretsManager::RotationSchedule', Properties: { SecretId: ref('Attachment') } },

    Vault: { Type: 'AWS::Backup::BackupVault', Properties: { EncryptionKeyArn: att('Key', 'Arn'), Notifications: { SNSTopicArn: ref('Topic') } } },
    Plan: {
      Type: 'AWS::Backup::BackupPlan',
      Properties: { BackupPlan: { BackupPlanRule: [{ TargetBackupVault: ref('Vault'), CopyActions: [{ DestinationBackupVaultArn: att('Vault', 'BackupVaultArn') }] }] } },
    },
    Selection: { Type: 'AWS::Backup::BackupSelection', Properties: { BackupPlanId: ref('Plan'), BackupSelection: { IamRoleArn: att('Role', 'Arn') } } },

    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmActions: [ref('Topic')], OKActions: ['arn:aws:sns:eu-west-1:123456789012:elsewhere'] } },
  },
};

describe('reference-type', () => {
  test('accepts every reference to what is expected in its place', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test.each<[string, Json, string]>([
    ['Database.VPCSecurityGroups.0', ref('Subnet'), "'VPCSecurityGroups' must be a security group, got Ref 'Subnet' of type AWS::EC2::Subnet"],
    ['Ingress.GroupId', ref('Vpc'), "'GroupId' must be a security group, got Ref 'Vpc' of type AWS::EC2::VPC, of which only DefaultSecurityGroup fits"],
    ['LoadBalancer.SecurityGroups', ref('SubnetList'), "'SecurityGroups' must be a security group, got Ref 'SubnetList', a parameter of type List<AWS::EC2::Subnet::Id>"],
    ['LoadBalancer.Subnets', [att('Group', 'GroupId')], "'Subnets' must be a subnet, got Fn::GetAtt 'Group.GroupId' of type AWS::EC2::SecurityGroup"],
    [
      'Service.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups', [ref('Subnet')],
      "'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups' must be a security group, got Ref 'Subnet' of type AWS::EC2::Subnet",
    ],
    [
      'Service.NetworkConfiguration.AwsvpcConfiguration.Subnets.0', ref('Vpc'),
      "'NetworkConfiguration.AwsvpcConfiguration.Subnets' must be a subnet, got Ref 'Vpc' of type AWS::EC2::VPC",
    ],
    ['Function.VpcConfig.SecurityGroupIds', [ref('Subnet')], "'VpcConfig.SecurityGroupIds' must be a security group, got Ref 'Subnet' of type AWS::EC2::Subnet"],
    ['Function.VpcConfig.SubnetIds', [ref('Group')], "'VpcConfig.SubnetIds' must be a subnet, got Ref 'Group' of type AWS::EC2::SecurityGroup"],
    ['Function.Role', ref('Role'), "'Role' must be the ARN of a role, got Ref 'Role' of type AWS::IAM::Role, of which only Arn fits"],
    ['SubnetGroup.SubnetIds.0', ref('Group'), "'SubnetIds' must be a subnet, got Ref 'Group' of type AWS::EC2::SecurityGroup"],
    ['Database.KmsKeyId', att('Role', 'Arn'), "'KmsKeyId' must be a KMS key, got Fn::GetAtt 'Role.Arn' of type AWS::IAM::Role"],
    ['LogGroup.KmsKeyId', ref('Key'), "'KmsKeyId' must be the ARN of a KMS key, got Ref 'Key' of type AWS::KMS::Key, of which only Arn fits"],
    ['Task.ExecutionRoleArn', att('Key', 'Arn'), "'ExecutionRoleArn' must be the ARN of a role, got Fn::GetAtt 'Key.Arn' of type AWS::KMS::Key"],
    [
      'Task.ContainerDefinitions.0.LogConfiguration.Options.awslogs-group', att('LogGroup', 'Arn'),
      "'ContainerDefinitions.LogConfiguration.Options.awslogs-group' must be the name of a log group, got Fn::GetAtt 'LogGroup.Arn' of type AWS::Logs::LogGroup, of which only Ref fits",
    ],
    ['Service.LoadBalancers.0.TargetGroupArn', ref('LoadBalancer'), "'LoadBalancers.TargetGroupArn' must be a target group, got Ref 'LoadBalancer' of type AWS::ElasticLoadBalancingV2::LoadBalancer"],
    [
      'Service.LoadBalancers.0.AdvancedConfiguration.ProductionListenerRule', ref('TargetGroup'),
      "'LoadBalancers.AdvancedConfiguration.ProductionListenerRule' must be a listener rule, got Ref 'TargetGroup' of type AWS::ElasticLoadBalancingV2::TargetGroup",
    ],
    ['Listener.DefaultActions.0.TargetGroupArn', ref('LoadBalancer'), "'DefaultActions.TargetGroupArn' must be a target group, got Ref 'LoadBalancer' of type AWS::ElasticLoadBalancingV2::LoadBalancer"],
    ['Database.DBParameterGroupName', ref('SubnetGroup'), "'DBParameterGroupName' must be a DB parameter group, got Ref 'SubnetGroup' of type AWS::RDS::DBSubnetGroup"],
    [
      'Plan.BackupPlan.BackupPlanRule.0.TargetBackupVault', att('Vault', 'BackupVaultArn'),
      "'BackupPlan.BackupPlanRule.TargetBackupVault' must be the name of a backup vault, got Fn::GetAtt 'Vault.BackupVaultArn' of type AWS::Backup::BackupVault, of which only Ref or BackupVaultName fits",
    ],
    ['Selection.BackupSelection.IamRoleArn', ref('Role'), "'BackupSelection.IamRoleArn' must be the ARN of a role, got Ref 'Role' of type AWS::IAM::Role, of which only Arn fits"],
    ['Alarm.AlarmActions', [ref('Key')], "'AlarmActions' must be something that an alarm can set off, got Ref 'Key' of type AWS::KMS::Key"],
    ['Rotation.SecretId', ref('Key'), "'SecretId' must be a secret, got Ref 'Key' of type AWS::KMS::Key"],
    ['Database.KmsKeyId', { 'Fn::Sub': '${Role.Arn}' }, "'KmsKeyId' must be a KMS key, got Fn::Sub 'Role.Arn' of type AWS::IAM::Role"],
    ['Database.KmsKeyId', { 'Fn::If': ['IsProd', ref('Key'), ref('Role')] }, "'KmsKeyId' must be a KMS key, got Ref 'Role' of type AWS::IAM::Role"],
  ])('finds %s of %j', (path, value, message) => {
    expect(findingsAfter(healthy, path, value)).toEqual([{ check: 'reference-type', logicalId: path.split('.')[0], message }]);
  });

  test.each<[string, Json]>([
    ['a literal', 'sg-0123456789abcdef0'],
    ['a text parameter', ref('Text')],
    ['an attribute of a custom resource', att('Lookup', 'GroupId')],
    ['a value imported from another stack', { 'Fn::ImportValue': 'shared:Group' }],
    ['the default group of a VPC', att('Vpc', 'DefaultSecurityGroup')],
    ['nothing in one of two cases', { 'Fn::If': ['IsProd', ref('Group'), ref('AWS::NoValue')] }],
  ])('takes %s for a security group', (_, value) => {
    expect(findingsAfter(healthy, 'Database.VPCSecurityGroups.0', value)).toEqual([]);
  });
});
