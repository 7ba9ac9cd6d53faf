import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { EXPORTED_LOGS } from './database-logs';
import type { TierDefaults } from '../policy/tier-defaults';
import { acknowledge, inNistAndHipaa, PACKS } from '../private/acknowledge';

/** What an instance is defined by, beside what never differs. */
export interface DefinedInstance extends Required<Pick<rds.DatabaseInstanceProps, 'engine' | 'vpc' | 'subnetGroup' | 'parameterGroup' | 'databaseName' | 'port' | 'allocatedStorage' | 'backupRetention'>> {
  readonly identifier: string;
  readonly instanceType: ec2.InstanceType;
  readonly masterSecret: rds.DatabaseSecret;
  readonly securityGroups: ec2.ISecurityGroup[];
  readonly maxAllocatedStorage?: number;
  readonly key: kms.IKey;
}

/** The instance: encrypted, private, observed, and as hard to lose as its tier says. */
export function defineInstance(scope: Construct, it: DefinedInstance, defaults: TierDefaults): rds.DatabaseInstance {
  const { identifier, masterSecret, key, ...given } = it;
  const instance = new rds.DatabaseInstance(scope, 'Instance', {
    ...given,
    instanceIdentifier: identifier,
    credentials: rds.Credentials.fromSecret(masterSecret),
    publiclyAccessible: false,
    multiAz: defaults.multiAz,
    storageType: rds.StorageType.GP3,
    storageEncrypted: true,
    storageEncryptionKey: key,
    caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
    iamAuthentication: true,
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: defaults.databaseRemoval === RemovalPolicy.DESTROY,
    deletionProtection: defaults.deletionProtection,
    removalPolicy: defaults.databaseRemoval,
    autoMinorVersionUpgrade: true,
    allowMajorVersionUpgrade: false,
    applyImmediately: !defaults.deletionProtection,
    engineLifecycleSupport: rds.EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
    cloudwatchLogsExports: EXPORTED_LOGS,
    monitoringInterval: Duration.minutes(1),
    monitoringRole: monitoringRole(scope),
    enablePerformanceInsights: true,
    performanceInsightEncryptionKey: key,
    databaseInsightsMode: defaults.advancedInsights ? rds.DatabaseInsightsMode.ADVANCED : rds.DatabaseInsightsMode.STANDARD,
    performanceInsightRetention: defaults.advancedInsights ? rds.PerformanceInsightRetention.MONTHS_15 : rds.PerformanceInsightRetention.DEFAULT,
  });
  acknowledge(instance, 'RDS itself keeps daily backups and every change since, encrypted, for the days of backupRetention.',
    ...inNistAndHipaa('RDSInBackupPlan'));
  acknowledgeLowerGuards(instance, defaults);
  return instance;
}

function monitoringRole(scope: Construct): iam.Role {
  const role = new iam.Role(scope, 'MonitoringRole', {
    assumedBy: new iam.ServicePrincipal('monitoring.rds.amazonaws.com'),
    managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonRDSEnhancedMonitoringRole')],
  });
  acknowledge(role, 'AWS maintains this policy for exactly this service role: it writes metrics of the operating system and nothing else.',
    `${PACKS.aws}-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole]`);
  return role;
}

/** What a tier below PROD does without, on purpose. */
function acknowledgeLowerGuards(instance: rds.DatabaseInstance, defaults: TierDefaults): void {
  if (!defaults.deletionProtection) {
    const left = defaults.databaseRemoval === RemovalPolicy.SNAPSHOT ? 'leaves a snapshot' : 'and its data go with it, without a snapshot';
    acknowledge(instance, `Below PROD an environment is removed as a whole: this database ${left}.`,
      `${PACKS.aws}-RDS10`, ...inNistAndHipaa('RDSInstanceDeletionProtectionEnabled'));
  }
  if (!defaults.multiAz) {
    acknowledge(instance, 'DEV may be down while RDS replaces the instance: a standby would double its price.',
      `${PACKS.aws}-RDS3`, ...inNistAndHipaa('RDSMultiAZSupport'));
  }
}

/**
 * An instance that is kept holds on to its security group, subnet group and parameter group, so that deleting them would
 * fail; and it is of no use without its credentials.
 */
export function removalBeside({ databaseRemoval }: TierDefaults): RemovalPolicy {
  return databaseRemoval === RemovalPolicy.SNAPSHOT ? RemovalPolicy.DESTROY : databaseRemoval;
}
