import type { OwnRule } from './own-rules';
import { breaks, entries, isUnknown, type Properties } from './template-value';

/** Rules for guards that our constructs set, and that an override removes without a trace. */
export const GUARD_RULES: readonly OwnRule[] = [
  {
    name: 'ListenerTlsPolicy',
    types: ['AWS::ElasticLoadBalancingV2::Listener'],
    info: 'The listener accepts TLS 1.0 or 1.1.',
    explanation: 'Both are broken, and PCI DSS forbids them. Without a policy a load balancer takes ELBSecurityPolicy-2016-08, which has both.',
    broken: (it) => ['HTTPS', 'TLS'].includes(it.Protocol) && breaks(it, 'SslPolicy', (policy) => MODERN_TLS.test(String(policy))),
  },
  {
    name: 'BackupVaultPolicy',
    types: ['AWS::Backup::BackupVault'],
    info: 'Whoever may delete backups in the account may delete those of the vault.',
    explanation: 'An access policy that denies backup:DeleteRecoveryPoint to everybody keeps them until their time is over.',
    broken: (it) => breaks(it, 'AccessPolicy/Statement', (statements) => listed(statements).some(deniesDeletion)),
  },
  {
    name: 'BackupVaultLock',
    types: ['AWS::Backup::BackupVault'],
    info: 'The vault is not locked.',
    explanation: 'Without a lock its policy can be changed, and backups be deleted before their time is over.',
    broken: (it) => breaks(it, 'LockConfiguration/MinRetentionDays', (days) => Number(days) > 0),
  },
  {
    name: 'ECSRollbackAlarms',
    types: ['AWS::ECS::Service'],
    info: 'No alarm takes back a deployment of the service.',
    explanation: 'A version that starts and fails its users stays. Where traffic is shifted, or alarms are named, they must roll back.',
    broken: (it) => (shiftsTraffic(it) || it.DeploymentConfiguration?.Alarms !== undefined)
      && ['Enable', 'Rollback'].some((name) => breaks(it, `DeploymentConfiguration/Alarms/${name}`, (on) => String(on) === 'true')),
  },
  {
    name: 'RDSIamSignIn',
    types: ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'],
    info: 'People cannot sign in to PostgreSQL by IAM.',
    explanation: 'They would share a password, which neither expires nor says who they are.',
    broken: (it) => /^(aurora-)?postgres/.test(String(it.Engine)) && it.DBClusterIdentifier === undefined
      && breaks(it, 'EnableIAMDatabaseAuthentication', (on) => String(on) === 'true'),
  },
  {
    name: 'OpenPolicy',
    types: [
      'AWS::SQS::QueuePolicy', 'AWS::SQS::QueueInlinePolicy', 'AWS::SNS::TopicPolicy', 'AWS::SNS::TopicInlinePolicy',
      'AWS::SecretsManager::ResourcePolicy', 'AWS::KMS::Key',
    ],
    info: 'The policy lets everybody in the world in.',
    explanation: 'A principal of * is any account. Name the principals, or the source by a condition such as aws:SourceArn or aws:PrincipalOrgID.',
    broken: (it) => [it.PolicyDocument, it.ResourcePolicy, it.KeyPolicy].flatMap((document) => listed(document?.Statement)).some(isOpen),
  },
];

/** TLS 1.2 and later: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
const MODERN_TLS = /^ELBSecurityPolicy-(TLS13-1-[23]-|TLS-1-2-|FS-1-2-)/;

function listed(statements: any): Properties[] {
  return entries(Array.isArray(statements) ? statements : [statements]);
}

function deniesDeletion({ Effect: effect, Principal: principal, Action: action, Condition: condition }: Properties): boolean {
  return effect === 'Deny' && isEverybody(principal) && condition === undefined
    && [action].flat().some((it) => ['backup:DeleteRecoveryPoint', 'backup:Delete*', 'backup:*', '*'].includes(it));
}

function shiftsTraffic(service: Properties): boolean {
  return breaks(service, 'DeploymentConfiguration/Strategy', (strategy) => !['BLUE_GREEN', 'LINEAR', 'CANARY'].includes(strategy));
}

function isOpen({ Effect: effect, Principal: principal, Condition: condition }: Properties): boolean {
  return effect === 'Allow' && isEverybody(principal) && !isNarrow(condition);
}

function isEverybody(principal: any): boolean {
  return principal === '*' || [principal?.AWS].flat().includes('*');
}

/** Condition keys that say who it is, or for whom: what is only about the way, such as aws:SecureTransport, admits everybody. */
const WHO = new RegExp('^(aws:(Principal(Arn|Account|OrgID|OrgPaths)|Source(Arn|Account|Owner|OrgID|OrgPaths|Vpc|Vpce|VpcArn)|userid)'
  + '|kms:CallerAccount|sns:Endpoint)$', 'i');

/** Whether a condition narrows the principals; one that is only known at deployment may. */
function isNarrow(condition: any): boolean {
  return isUnknown(condition) || Object.entries<any>(condition ?? {}).some(([operator, keys]) => isUnknown(keys)
    || !/Not|IfExists|^Null|^ForAllValues/.test(operator)
      && Object.entries<any>(keys).some(([key, value]) => WHO.test(key) && ![value].flat().includes('*')));
}
