/** A resource of a synthesised template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: any };
}

/** A rule of this package, for what cdk-nag does not look at. */
export interface OwnRule {
  readonly name: string;
  /** The types it looks at. */
  readonly types: readonly string[];
  /** What is wrong. */
  readonly info: string;
  /** Why it matters. */
  readonly explanation: string;
  /** Whether these properties break the rule. Intrinsic functions are objects here: what is unknown is not broken. */
  broken(properties: { readonly [name: string]: any }): boolean;
}

const containers = (properties: { readonly [name: string]: any }): any[] => properties.ContainerDefinitions ?? [];

/** The prefix of the rules of this package. */
export const OWN_PACK = 'GoldenPath';

export const OWN_RULES: readonly OwnRule[] = [
  {
    name: 'ECSNoExec',
    types: ['AWS::ECS::Service'],
    info: 'The service lets people run commands in its tasks.',
    explanation: 'A shell in a running task sees every secret of the service and leaves the reviewed image behind.',
    broken: (it) => it.EnableExecuteCommand === true,
  },
  {
    name: 'ECSCircuitBreaker',
    types: ['AWS::ECS::Service'],
    info: 'The service does not take back a version whose tasks do not start.',
    explanation: 'Without circuit breaker and rollback a bad version is started again and again, for hours.',
    broken: (it) => it.DeploymentController?.Type !== 'CODE_DEPLOY' && it.DeploymentController?.Type !== 'EXTERNAL'
      && it.DeploymentConfiguration?.DeploymentCircuitBreaker?.Rollback !== true,
  },
  {
    name: 'ECSNoPublicAddress',
    types: ['AWS::ECS::Service'],
    info: 'The tasks of the service have public addresses.',
    explanation: 'Only load balancers and NAT gateways belong into public subnets.',
    broken: (it) => it.NetworkConfiguration?.AwsvpcConfiguration?.AssignPublicIp === 'ENABLED',
  },
  {
    name: 'ECSReadonlyRoot',
    types: ['AWS::ECS::TaskDefinition'],
    info: 'A container can change its own file system.',
    explanation: 'A read-only root file system keeps an intruder from leaving anything behind.',
    broken: (it) => containers(it).some((container) => container.ReadonlyRootFilesystem !== true),
  },
  {
    name: 'ECSNotRoot',
    types: ['AWS::ECS::TaskDefinition'],
    info: 'A container runs as root, or as whomever its image says.',
    explanation: 'Root in a container is one flaw of the kernel away from root on the host.',
    broken: (it) => containers(it).some(({ User: user, Privileged: privileged }) =>
      privileged === true || user === undefined || (typeof user === 'string' && /^(root|0+)(:|$)/.test(user))),
  },
  {
    name: 'ECSPinnedImage',
    types: ['AWS::ECS::TaskDefinition'],
    info: 'A container names its image by a tag.',
    explanation: 'What a tag names can change between two tasks of one deployment, and on a rollback. Name the digest.',
    broken: (it) => containers(it).some(({ Image: image }) => typeof image === 'string' && !image.includes('@sha256:')),
  },
  {
    name: 'RDSForceTls',
    types: ['AWS::RDS::DBParameterGroup', 'AWS::RDS::DBClusterParameterGroup'],
    info: 'The parameter group lets clients connect to PostgreSQL without TLS.',
    explanation: 'Passwords and rows would cross the network in the clear.',
    broken: (it) => /postgres/.test(String(it.Family)) && String(it.Parameters?.['rds.force_ssl'] ?? '1') !== '1',
  },
  {
    name: 'RDSProxyTls',
    types: ['AWS::RDS::DBProxy'],
    info: 'The proxy lets clients connect without TLS.',
    explanation: 'Passwords and rows would cross the network in the clear.',
    broken: (it) => it.RequireTLS !== true,
  },
  {
    name: 'ECRImmutableTags',
    types: ['AWS::ECR::Repository'],
    info: 'Tags of the repository can be moved to another image.',
    explanation: 'A tag that moves makes a rollback start something else than what ran before.',
    broken: (it) => !/^IMMUTABLE/.test(String(it.ImageTagMutability)),
  },
  {
    name: 'ECRScanOnPush',
    types: ['AWS::ECR::Repository'],
    info: 'Images of the repository are not scanned when they are pushed.',
    explanation: 'Known vulnerabilities would first be seen in production.',
    broken: (it) => it.ImageScanningConfiguration?.ScanOnPush !== true,
  },
  {
    name: 'LambdaUrlAuth',
    types: ['AWS::Lambda::Url'],
    info: 'The function can be called by everybody on the internet.',
    explanation: 'A function URL without IAM has neither authentication nor a firewall.',
    broken: (it) => it.AuthType === 'NONE',
  },
  {
    name: 'GitHubTrust',
    types: ['AWS::IAM::Role'],
    info: 'The role trusts GitHub Actions without saying which audience and which repository.',
    explanation: 'Any workflow of any repository could assume it: https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services',
    broken: (it) => statements(it.AssumeRolePolicyDocument).some(trustsAnyRepository),
  },
  {
    name: 'ChatGuardrail',
    types: ['AWS::Chatbot::SlackChannelConfiguration', 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration'],
    info: 'Members of the channel may do whatever an administrator may.',
    explanation: 'Without guardrail policies AWS applies AdministratorAccess.',
    broken: (it) => !it.GuardrailPolicies?.length || JSON.stringify(it.GuardrailPolicies).includes('AdministratorAccess'),
  },
  {
    name: 'BackupVaultKey',
    types: ['AWS::Backup::BackupVault'],
    info: 'The vault has no key of its own.',
    explanation: "Backups under the account's default key cannot be copied to, or restored in, another account.",
    broken: (it) => it.EncryptionKeyArn === undefined,
  },
  {
    name: 'SchedulerDeadLetterQueue',
    types: ['AWS::Scheduler::Schedule'],
    info: 'A call that the schedule cannot make is lost.',
    explanation: 'Without a dead-letter queue nobody learns that a job never started.',
    broken: (it) => it.Target?.DeadLetterConfig?.Arn === undefined,
  },
];

function statements(document: any): any[] {
  const list = document?.Statement ?? [];
  return Array.isArray(list) ? list : [list];
}

function trustsAnyRepository({ Effect: effect, Principal: principal, Condition: condition }: any): boolean {
  const federated = JSON.stringify(principal?.Federated ?? '');
  if (effect !== 'Allow' || !federated.includes('token.actions.githubusercontent.com')) {
    return false;
  }
  const claims = Object.values<any>(condition ?? {}).flatMap((it) => Object.entries<any>(it));
  const audience = claims.some(([claim]) => claim.endsWith(':aud'));
  const subjects = claims.filter(([claim]) => claim.endsWith(':sub')).flatMap(([, value]) => value as string | string[]);
  return !audience || subjects.length === 0 || subjects.some((subject) => /^(repo:)?\*/.test(subject));
}
