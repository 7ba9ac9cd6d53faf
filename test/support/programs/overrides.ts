import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, CfnResource, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Program } from './program';
import { BackupVault } from '../../../src/backup-vault/backup-vault';
import { PlatformBucket } from '../../../src/building-blocks/platform-bucket';
import { PlatformQueue } from '../../../src/building-blocks/platform-queue';
import { SecurityChecks } from '../../../src/checks';
import type { Evidence } from '../../../src/checks/evidence';
import { Tier } from '../../../src/environment/tier';
import { ManagedPostgres } from '../../../src/managed-postgres/managed-postgres';
import { PlatformNetwork } from '../../../src/network/platform-network';
import { Audience } from '../../../src/platform-service/audience';
import { PlatformService } from '../../../src/platform-service/platform-service';
import { appOf, databaseProps, ENV, ingressIn, workerProps } from '../../support';
import { withoutTemplateChecks } from '../../template/every-template';

const ADMIN = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const ANYONE = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
const SSH = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };

/** What is overridden: a resource of the product by its type, or one beside it, and the rule that has to notice. */
const OVERRIDES: [title: string, type: string, change: (resource: CfnResource) => void, rule: RegExp][] = [
  ['a public database', 'AWS::RDS::DBInstance', (it) => it.addPropertyOverride('PubliclyAccessible', true), /RDSInstancePublicAccess|RDS2/],
  ['an unencrypted database', 'AWS::RDS::DBInstance', (it) => it.addPropertyOverride('StorageEncrypted', false), /RDSStorageEncrypted|RDS2/],
  ['a database without protection', 'AWS::RDS::DBInstance', (it) => it.addPropertyOverride('DeletionProtection', false), /RDS10|RDSInstanceDeletionProtection/],
  ['a database without backups', 'AWS::RDS::DBInstance', (it) => it.addPropertyOverride('BackupRetentionPeriod', 0), /RDS13|RDSInstanceBackup/],
  ['a database without a standby', 'AWS::RDS::DBInstance', (it) => it.addPropertyOverride('MultiAZ', false), /RDS3|RDSMultiAZ/],
  ['a database without sign-in by IAM', 'AWS::RDS::DBInstance', (it) => it.addPropertyDeletionOverride('EnableIAMDatabaseAuthentication'), /RDSIamSignIn/],
  ['a database without a log', 'AWS::RDS::DBInstance', (it) => it.addPropertyDeletionOverride('EnableCloudwatchLogsExports'), /RDSLogging|RDS16/],
  ['a database that stays on old versions', 'AWS::RDS::DBInstance', (it) => it.addPropertyOverride('AutoMinorVersionUpgrade', false), /RDSAutomaticMinorVersionUpgrade/],
  ['a database without monitoring', 'AWS::RDS::DBInstance', (it) => it.addPropertyOverride('MonitoringInterval', 0), /RDSEnhancedMonitoring/],
  ['a database at the usual port', 'AWS::RDS::DBInstance', (it) => it.addPropertyOverride('Port', '5432'), /RDS11/],
  ['connections without TLS', 'AWS::RDS::DBParameterGroup', (it) => it.addPropertyOverride('Parameters', { 'rds.force_ssl': '0' }), /RDSForceTls/],
  ['a public bucket', 'AWS::S3::Bucket', (it) => it.addPropertyDeletionOverride('PublicAccessBlockConfiguration'), /S3BucketLevelPublicAccess|S3BucketPublic|S2/],
  ['a bucket without versions', 'AWS::S3::Bucket', (it) => it.addPropertyDeletionOverride('VersioningConfiguration'), /S3BucketVersioning/],
  ['a bucket without encryption', 'AWS::S3::Bucket', (it) => it.addPropertyDeletionOverride('BucketEncryption'), /S3DefaultEncryptionKMS|ServerSideEncryption/],
  ['a bucket without access logs', 'AWS::S3::Bucket', (it) => it.addPropertyDeletionOverride('LoggingConfiguration'), /S3BucketLogging|S1/],
  ['a bucket that everybody may read', 'AWS::S3::BucketPolicy', (it) => it.addPropertyOverride('PolicyDocument.Statement.0', ANYONE), /S10|S3BucketSSLRequests|S3BucketPublicRead/],
  ['a queue without a dead-letter queue', 'AWS::SQS::Queue', (it) => it.addPropertyDeletionOverride('RedrivePolicy'), /SQS3/],
  ['a queue that everybody may use', 'AWS::SQS::QueuePolicy', (it) => it.addPropertyOverride('PolicyDocument.Statement.0', ANYONE), /OpenPolicy|SQS4/],
  ['a key that everybody may use', 'AWS::KMS::Key', (it) => it.addPropertyOverride('KeyPolicy.Statement.0', ANYONE), /OpenPolicy/],
  ['a key that does not rotate', 'AWS::KMS::Key', (it) => it.addPropertyDeletionOverride('EnableKeyRotation'), /KMS5|KMSBackingKeyRotation/],
  ['a vault without a lock', 'AWS::Backup::BackupVault', (it) => it.addPropertyDeletionOverride('LockConfiguration'), /BackupVaultLock/],
  ['a vault without a policy', 'AWS::Backup::BackupVault', (it) => it.addPropertyDeletionOverride('AccessPolicy'), /BackupVaultPolicy/],
  ['a vault without a key', 'AWS::Backup::BackupVault', (it) => it.addPropertyDeletionOverride('EncryptionKeyArn'), /BackupVaultKey/],
  ['a service that lets people in', 'AWS::ECS::Service', (it) => it.addPropertyOverride('EnableExecuteCommand', true), /ECSNoExec/],
  ['a service with public addresses', 'AWS::ECS::Service', (it) => it.addPropertyOverride('NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp', 'ENABLED'), /ECSNoPublicAddress/],
  ['a service that does not go back', 'AWS::ECS::Service', (it) => it.addPropertyDeletionOverride('DeploymentConfiguration.DeploymentCircuitBreaker'), /ECSCircuitBreaker/],
  ['a service without rollback alarms', 'AWS::ECS::Service', (it) => it.addPropertyOverride('DeploymentConfiguration.Alarms', { AlarmNames: ['a'], Enable: false, Rollback: false }), /ECSRollbackAlarms/],
  ['a container as root', 'AWS::ECS::TaskDefinition', (it) => it.addPropertyOverride('ContainerDefinitions.0.User', 'root'), /ECSNotRoot/],
  ['a container with privileges', 'AWS::ECS::TaskDefinition', (it) => it.addPropertyOverride('ContainerDefinitions.0.Privileged', true), /ECSNotRoot/],
  ['a container that changes itself', 'AWS::ECS::TaskDefinition', (it) => it.addPropertyOverride('ContainerDefinitions.0.ReadonlyRootFilesystem', false), /ECSReadonlyRoot/],
  ['a container with a tag', 'AWS::ECS::TaskDefinition', (it) => it.addPropertyOverride('ContainerDefinitions.0.Image', 'nginx:latest'), /ECSPinnedImage/],
  ['a container without a log', 'AWS::ECS::TaskDefinition', (it) => it.addPropertyDeletionOverride('ContainerDefinitions.0.LogConfiguration'), /ECS7|ECSTaskDefinition/],
  ['a listener with old TLS', 'AWS::ElasticLoadBalancingV2::Listener', (it) => it.addPropertyOverride('SslPolicy', 'ELBSecurityPolicy-2016-08'), /ListenerTlsPolicy/],
  ['a listener without TLS', 'AWS::ElasticLoadBalancingV2::Listener', (it) => it.addPropertyOverride('Protocol', 'HTTP'), /ELB|ALB|Listener/],
  ['a load balancer without logs', 'AWS::ElasticLoadBalancingV2::LoadBalancer', (it) => it.addPropertyOverride('LoadBalancerAttributes', []), /ELB2|ELBLogging/],
  ['a role of an administrator', 'AWS::IAM::Role', (it) => it.addPropertyOverride('Policies', [{ PolicyName: 'a', PolicyDocument: ADMIN }]), /IAM5|IAMPolicyNoStatementsWithAdminAccess/],
  ['a policy of an administrator', 'AWS::IAM::Policy', (it) => it.addPropertyOverride('PolicyDocument', ADMIN), /IAM5|IAMPolicyNoStatementsWithAdminAccess/],
  ['a role of all administrators', 'AWS::IAM::Role', (it) => it.addPropertyOverride('ManagedPolicyArns', ['arn:aws:iam::aws:policy/AdministratorAccess']), /IAM4/],
  ['a way in by SSH', 'AWS::EC2::SecurityGroup', (it) => it.addPropertyOverride('SecurityGroupIngress', [SSH]), /EC23|EC2RestrictedSSH/],
  ['a log that is not encrypted', 'AWS::Logs::LogGroup', (it) => it.addPropertyDeletionOverride('KmsKeyId'), /CloudWatchLogGroupEncrypted/],
  ['a log that is kept for ever', 'AWS::Logs::LogGroup', (it) => it.addPropertyDeletionOverride('RetentionInDays'), /CloudWatchLogGroupRetentionPeriod/],
  ['a secret without a key', 'AWS::SecretsManager::Secret', (it) => it.addPropertyDeletionOverride('KmsKeyId'), /SecretsManagerUsingKMSKey/],
  ['subnets that give public addresses', 'AWS::EC2::Subnet', (it) => it.addPropertyOverride('MapPublicIpOnLaunch', true), /SubnetAutoAssignPublicIp/i],
];

/** A product in PROD of which one resource of a type is another than we defined it. */
function productIn(app: App): Stack {
  const stack = new Stack(app, 'Shop', { env: ENV });
  const { vpc } = new PlatformNetwork(stack, 'Network');
  const orders = new ManagedPostgres(stack, 'Orders', databaseProps(vpc));
  new PlatformQueue(stack, 'Emails');
  const uploads = new PlatformBucket(stack, 'Uploads');
  new PlatformService(stack, 'Api', { ...workerProps(vpc), ingress: ingressIn(stack, Audience.internet()) }).connectTo(orders, uploads);
  new BackupVault(stack, 'Backups').protect(orders, uploads);
  return stack;
}

/** The one that people would think of: of the service, or else of another part, and not of a provider. */
function resourceOf(scope: Construct, type: string): CfnResource {
  const own = ['Api', 'Orders', 'Emails', 'Uploads', 'Backups', 'Network'].map((it) => scope.node.findChild(it)).flatMap((it) => it.node.findAll());
  const found = own.filter((it): it is CfnResource => CfnResource.isCfnResource(it) && it.cfnResourceType === type)
    .find((it) => !/DeadLetter|\/Http\//.test(it.node.path));
  if (!found) {
    throw new Error(`no ${type} in the product`);
  }
  return found;
}

function evidenceOf(app: App): Evidence {
  SecurityChecks.install(app);
  withoutTemplateChecks(() => {
    try {
      app.synth();
    } catch (error) {
      if (!String(error).includes('(SecurityChecks)')) {
        throw error;
      }
    }
  });
  return JSON.parse(readFileSync(join(app.outdir, 'security-evidence.json'), 'utf8'));
}

/** The rules that are open in the product, with the place of each: `GoldenPath-ECSNoExec Shop/Api/Service/Service`. */
function openWith(overrides: typeof OVERRIDES): { readonly open: string[]; readonly places: string[] } {
  const app = appOf(Tier.PROD);
  const stack = productIn(app);
  const places = overrides.map(([, type, change]) => {
    const resource = resourceOf(stack, type);
    change(resource);
    return resource.node.path;
  });
  return { open: evidenceOf(app).unacknowledged.map(({ rule, resource }) => `${rule} ${resource}`), places };
}

/** Some overrides would hide others: each second one has a product of its own. */
const WAVES = [0, 1].map((wave) => OVERRIDES.filter((_, index) => index % 2 === wave));

/** What is open in the product as we define it. */
export function openInProduct(): string[] {
  return openWith([]).open;
}

/** Overrides that a check has to find in the template. */
export function overridden(): Program[] {
  return WAVES.flatMap((wave) => {
    const { open, places } = openWith(wave);
    return wave.map(([title, , , rule], index): Program => [title, () => {
      const found = open.filter((it) => it.endsWith(` ${places[index]}`) && rule.test(it));
      if (found.length > 0) {
        throw new Error(`[${places[index]}] 'template' must keep the rules, got ${found.join(', ')}; mend it`);
      }
    }]);
  });
}
