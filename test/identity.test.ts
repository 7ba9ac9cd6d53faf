import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { appOf, ENV, IMAGE, MIGRATIONS, stackOf, ZONES } from './support';
import {
  Audience, BackupVault, Ingress, ManagedPostgres, Notify, ObservabilityBundle, PeopleAccess, PlatformBucket, PlatformEnvironment, PlatformNetwork, PlatformQueue, PlatformService, PlatformStage,
  PostgresVersion, ServiceConfig, Tier,
} from '../src';

/*
 * The logical id of every resource that holds data, or without which data cannot be read or reached.
 *
 * Under another logical id CloudFormation defines a new resource and deletes, or leaves behind, the one with the data.
 * So a change of a line here is a major version, with a section in the changelog that says what to do.
 * A new line is none, as long as it is a new resource.
 */

const NETWORK = {
  NetworkVpc7FB7348F: 'AWS::EC2::VPC',
  NetworkVpcPublicSubnet1Subnet36933139: 'AWS::EC2::Subnet',
  NetworkVpcPublicSubnet2SubnetC427CCE0: 'AWS::EC2::Subnet',
  NetworkVpcPublicSubnet3Subnet4BBF7F47: 'AWS::EC2::Subnet',
  NetworkVpcAppSubnet1SubnetFA2393E9: 'AWS::EC2::Subnet',
  NetworkVpcAppSubnet2SubnetF926DC8B: 'AWS::EC2::Subnet',
  NetworkVpcAppSubnet3Subnet047AE581: 'AWS::EC2::Subnet',
  NetworkVpcDataSubnet1SubnetC4E2CA79: 'AWS::EC2::Subnet',
  NetworkVpcDataSubnet2Subnet1DE78234: 'AWS::EC2::Subnet',
  NetworkVpcDataSubnet3Subnet41FD9D3C: 'AWS::EC2::Subnet',
  NetworkLogKey5212F0C4: 'AWS::KMS::Key',
  NetworkFlowLogs2BEC3212: 'AWS::Logs::LogGroup',
  CustomVpcRestrictDefaultSGCustomResourceProviderLogs41F6175A: 'AWS::Logs::LogGroup',
};

const DATABASE = {
  OrdersInstanceB460215C: 'AWS::RDS::DBInstance',
  OrdersSubnetGroup60D14C2A: 'AWS::RDS::DBSubnetGroup',
  OrdersParameters34AD674F: 'AWS::RDS::DBParameterGroup',
  OrdersKey6C690DD2: 'AWS::KMS::Key',
  OrdersMasterSecret5153E64A: 'AWS::SecretsManager::Secret',
  OrdersOwnerSecret4198FEEE: 'AWS::SecretsManager::Secret',
  OrdersAppSecret2A73F22E: 'AWS::SecretsManager::Secret',
  OrdersMasterSecretAttachment5CFCBF76: 'AWS::SecretsManager::SecretTargetAttachment',
  OrdersOwnerSecretAttachmentB56FC91B: 'AWS::SecretsManager::SecretTargetAttachment',
  OrdersAppSecretAttachment678A8486: 'AWS::SecretsManager::SecretTargetAttachment',
  OrdersLogpostgresql08650842: 'AWS::Logs::LogGroup',
  OrdersLogupgrade1CAD4290: 'AWS::Logs::LogGroup',
  OrdersLogiamdbautherror4AE6DCDA: 'AWS::Logs::LogGroup',
  OrdersRolesLogs2F4939EF: 'AWS::Logs::LogGroup',
  OrdersMigrationsLogs4E7F65D3: 'AWS::Logs::LogGroup',
  OrdersMigrationsFunctionLogs8FBAE59A: 'AWS::Logs::LogGroup',
  OrdersMigrationsMachineLogs45604AC9: 'AWS::Logs::LogGroup',
  OrdersPeopleLogs4DCF9DF5: 'AWS::Logs::LogGroup',
};

const SERVICES = {
  ApiLogsCD139AD4: 'AWS::Logs::LogGroup',
  ApiFlagsApplication498A942B: 'AWS::AppConfig::Application',
  ApiFlagsEnvironment459F2D06: 'AWS::AppConfig::Environment',
  ApiFlagsnewcheckoutProfileED962625: 'AWS::AppConfig::ConfigurationProfile',
  ApiFlagsdarkmodeProfile37296E65: 'AWS::AppConfig::ConfigurationProfile',
  WorkerLogs4B5B6506: 'AWS::Logs::LogGroup',
};

const BUILDING_BLOCKS = {
  EmailsQueueF3588977: 'AWS::SQS::Queue',
  EmailsDeadLettersF1A5F28D: 'AWS::SQS::Queue',
  UploadsBucketC4B27CC7: 'AWS::S3::Bucket',
  UploadsKeyEAFA4DCE: 'AWS::KMS::Key',
  BucketLogsprodAccessLogs6142F204: 'AWS::S3::Bucket',
};

const BACKUPS = {
  BackupsVault1F11AFCC: 'AWS::Backup::BackupVault',
  BackupsKeyC696F888: 'AWS::KMS::Key',
  BackupsCheckLogs0B79C209: 'AWS::Logs::LogGroup',
};

/** With these AWS Backup deletes what has expired, long after they have left their stack. */
const BACKUP_ROLES = {
  BackupsBackupRoleF8A9E16A: 'AWS::IAM::Role',
  BackupsRestoreRole6C275DF1: 'AWS::IAM::Role',
};

const WATCH = {
  WatchTopicsKey882F851D: 'AWS::KMS::Key',
  WatchTopicsP0F941BD72: 'AWS::SNS::Topic',
  WatchTopicsP1BC10B387: 'AWS::SNS::Topic',
  WatchTopicsP2F5A471CD: 'AWS::SNS::Topic',
  WatchTopicsP36CE14158: 'AWS::SNS::Topic',
};

const EVERYTHING = () => ({ ...NETWORK, ...DATABASE, ...SERVICES, ...BUILDING_BLOCKS, ...BACKUPS, ...WATCH, ...SHARED });

const SHARED = {
  PlatformprodKey8D1275CC: 'AWS::KMS::Key',
  PlatformprodAccessLogsFB7C582F: 'AWS::S3::Bucket',
  PlatformprodFirewallLogs9ABDAA18: 'AWS::Logs::LogGroup',
  PlatformprodSecretRestartLogs68E53424: 'AWS::Logs::LogGroup',
};

/** Types of which every resource must be in a list above. */
const STATEFUL = [
  // What holds data.
  /^AWS::(RDS|S3|S3Tables|DynamoDB|EFS|FSx|ElastiCache|MemoryDB|DocDB|Neptune|OpenSearchService|SQS|Kinesis|MSK|Backup|ECR|Cognito|SSM|AppConfig)::(?!BucketPolicy|QueuePolicy|Deployment|DeploymentStrategy|HostedConfigurationVersion|BackupPlan|BackupSelection)/,
  // What people have confirmed that they want to hear from it.
  /^AWS::SNS::Topic$/,
  /^AWS::(Logs::LogGroup|CloudTrail::Trail|Route53::HostedZone|EC2::Volume)$/,
  // What it cannot be read or reached without.
  /^AWS::KMS::/,
  /^AWS::SecretsManager::(Secret|SecretTargetAttachment)$/,
  /^AWS::EC2::(VPC|Subnet)$/,
];

const DOMAIN = { name: 'shop.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };

function stageOf(tier: Tier): Stack {
  return new Stack(new PlatformStage(appOf(tier), 'Prod', { environment: new PlatformEnvironment({ name: tier.name, tier, ...ENV, zones: ZONES }) }), 'Shop');
}

/** A product as the README shows it, with all that a service can have. */
function shopIn(stack: Stack): Template {
  const { vpc } = new PlatformNetwork(stack, 'Network');
  const orders = new ManagedPostgres(stack, 'Orders', { vpc, version: PostgresVersion.V17, migrations: MIGRATIONS, peopleAccess: PeopleAccess.bySessionManager() });
  const api = new PlatformService(stack, 'Api', {
    vpc,
    image: IMAGE,
    ingress: Ingress.https({ domain: DOMAIN, openTo: Audience.internet() }),
    config: new ServiceConfig({ flags: ['new-checkout', 'dark-mode'] }),
  });
  const worker = new PlatformService(stack, 'Worker', { vpc, image: IMAGE });
  const [uploads, emails] = [new PlatformBucket(stack, 'Uploads'), new PlatformQueue(stack, 'Emails')];
  [api, worker].forEach((it) => it.connectTo(orders, uploads, emails));
  new BackupVault(stack, 'Backups').protect(orders, uploads);
  const watch = new ObservabilityBundle(stack, 'Watch', { notify: Notify.email('shop@example.com') });
  watch.watch(orders);
  return Template.fromStack(stack);
}

function typesOf(template: Template): { [logicalId: string]: string } {
  const { Resources: resources } = template.toJSON();
  return Object.fromEntries(Object.keys(resources).map((id) => [id, resources[id].Type]));
}

describe.each([
  ['in a stage', shopIn(stageOf(Tier.PROD)), 'prodshop-orders-5363907f'],
  ['in a stack without a stage', shopIn(stackOf(Tier.PROD)), 'shop-orders-a8b1f509'],
])('%s', (_, template, identifier) => {
  const types = typesOf(template);

  test.each(Object.entries({ ...EVERYTHING(), ...BACKUP_ROLES }))('%s is the %s that it has always been', (logicalId, type) => {
    expect(types[logicalId]).toBe(type);
  });

  test('nothing that holds data is missing in the lists above', () => {
    const stateful = Object.entries(types).filter(([, type]) => STATEFUL.some((it) => it.test(type)));

    expect(Object.fromEntries(stateful)).toEqual(EVERYTHING());
  });

  test('the database keeps the identifier under which RDS knows it', () => {
    template.hasResourceProperties('AWS::RDS::DBInstance', { DBInstanceIdentifier: identifier });
    template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: `/aws/rds/instance/${identifier}/postgresql` });
  });
});

test.each([
  [Tier.DEV, { PlatformdevKey3FA31A13: 'AWS::KMS::Key', PlatformdevAccessLogs85CE7EE4: 'AWS::S3::Bucket', BucketLogsdevAccessLogs64C5CB6D: 'AWS::S3::Bucket' }],
  [Tier.STAGING, { PlatformstagingKey6E6ED4A1: 'AWS::KMS::Key', PlatformstagingAccessLogsB600C0AB: 'AWS::S3::Bucket', BucketLogsstagingAccessLogs4FD1D416: 'AWS::S3::Bucket' }],
])('in %s what services share has ids of its own, and a database has the same', (tier, shared) => {
  const types = typesOf(shopIn(stageOf(tier)));

  expect(types).toMatchObject({ ...DATABASE, ...SERVICES, ...shared });
});

test('an alarm keeps its name and its logical id, since under another id CloudFormation would find the name taken', () => {
  const alarms = shopIn(stageOf(Tier.PROD)).findResources('AWS::CloudWatch::Alarm', { Properties: { AlarmName: 'Prod-Shop-Watch-Orders-HighCpu' } });

  expect(Object.keys(alarms)).toEqual(['WatchAlarmsOrdersHighCpu5EB9C6E4']);
});
