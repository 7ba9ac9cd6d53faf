import { ALARM_RULES } from './alarm-rules';
import { GUARD_RULES } from './guard-rules';
import type { TemplateBody, TemplateResources } from './synthesised-templates';
import { breaks, endOf, entries, isUnknown, type Properties } from './template-value';
import { plainSecretPart, plainSecretsIn } from '../private/container-secrets';

/** A rule of this package, for what cdk-nag does not look at. */
export interface OwnRule {
  readonly name: string;
  /** The types it looks at. */
  readonly types: readonly string[];
  /** What is wrong. */
  readonly info: string;
  /** Why it matters. */
  readonly explanation: string;
  /**
   * Whether these properties break the rule, beside the other resources of the template, and what it gives to other
   * templates. What is unknown is not broken.
   */
  broken(properties: Properties, resources: TemplateResources, outputs?: TemplateBody['Outputs']): boolean;
  /** The parts that break it, each of which is acknowledged by itself: `Container::sidecar`. Without it the resource is acknowledged as a whole. */
  parts?(properties: Properties): string[];
}

/** The prefix of the rules of this package. */
export const OWN_PACK = 'GoldenPath';

export const OWN_RULES: readonly OwnRule[] = [
  {
    name: 'ECSNoExec',
    types: ['AWS::ECS::Service'],
    info: 'The service lets people run commands in its tasks.',
    explanation: 'A shell in a running task sees every secret of the service and leaves the reviewed image behind.',
    broken: (it) => breaks(it, 'EnableExecuteCommand', (exec) => exec !== true),
  },
  {
    name: 'ECSCircuitBreaker',
    types: ['AWS::ECS::Service'],
    info: 'The service does not take back a version whose tasks do not start.',
    explanation: 'Without circuit breaker and rollback a bad version is started again and again, for hours.',
    broken: (it) => breaks(it, 'DeploymentController/Type', (controller) => ['CODE_DEPLOY', 'EXTERNAL'].includes(controller))
      && (breaks(it, 'DeploymentConfiguration/DeploymentCircuitBreaker/Enable', (enable) => enable === true)
        || breaks(it, 'DeploymentConfiguration/DeploymentCircuitBreaker/Rollback', (rollback) => rollback === true)),
  },
  {
    name: 'ECSNoPublicAddress',
    types: ['AWS::ECS::Service'],
    info: 'The tasks of the service have public addresses.',
    explanation: 'Only load balancers and NAT gateways belong into public subnets.',
    broken: (it) => breaks(it, 'NetworkConfiguration/AwsvpcConfiguration/AssignPublicIp', (assign) => assign !== 'ENABLED'),
  },
  {
    name: 'ECSReadonlyRoot',
    types: ['AWS::ECS::TaskDefinition'],
    info: 'A container can change its own file system.',
    explanation: 'A read-only root file system keeps an intruder from leaving anything behind.',
    broken: (it) => linuxContainers(it).some((container) => breaks(container, 'ReadonlyRootFilesystem', (readonly) => readonly === true)),
  },
  {
    name: 'ECSNotRoot',
    types: ['AWS::ECS::TaskDefinition'],
    info: 'A container runs as root, or as whomever its image says.',
    explanation: 'Root in a container is one flaw of the kernel away from root on the host.',
    broken: (it) => linuxContainers(it).some(isRoot),
    parts: (it) => [...new Set(linuxContainers(it).filter(isRoot).map(({ Name: name }) => `Container::${typeof name === 'string' ? name : '*'}`))],
  },
  {
    name: 'ECSPlainSecret',
    types: ['AWS::ECS::TaskDefinition'],
    info: 'A container gets a secret in the clear: as a variable, in a command, a label or an option of its log driver.',
    explanation: 'Whoever may describe the task definition reads it, and so does whoever reads the template. Hand it over from Secrets Manager.',
    broken: (it) => entries(it.ContainerDefinitions).some((container) => plainSecretsIn(container).length > 0),
    parts: (it) => [...new Set(entries(it.ContainerDefinitions).flatMap((container) =>
      plainSecretsIn(container).map(({ place }) => plainSecretPart(container.Name, place))))],
  },
  {
    name: 'ECSPinnedImage',
    types: ['AWS::ECS::TaskDefinition'],
    info: 'A container names its image by a tag.',
    explanation: 'What a tag names can change between two tasks of one deployment, and on a rollback. Name the digest.',
    broken: (it) => entries(it.ContainerDefinitions).some(({ Image: image }) => isNamedByTag(image)),
  },
  {
    name: 'RDSForceTls',
    types: ['AWS::RDS::DBParameterGroup', 'AWS::RDS::DBClusterParameterGroup'],
    info: 'The parameter group lets clients connect to PostgreSQL without TLS.',
    explanation: 'Passwords and rows would cross the network in the clear.',
    broken: (it) => /postgres/.test(String(it.Family)) && breaks(it, 'Parameters/rds.force_ssl', (force) => String(force ?? forcesTlsByDefault(it.Family)) === '1'),
  },
  {
    name: 'RDSProxyTls',
    types: ['AWS::RDS::DBProxy'],
    info: 'The proxy lets clients connect without TLS.',
    explanation: 'Passwords and rows would cross the network in the clear.',
    broken: (it) => breaks(it, 'RequireTLS', (require) => require === true),
  },
  {
    name: 'ECRImmutableTags',
    types: ['AWS::ECR::Repository'],
    info: 'Tags of the repository can be moved to another image.',
    explanation: 'A tag that moves makes a rollback start something else than what ran before.',
    broken: (it) => breaks(it, 'ImageTagMutability', (mutability) => /^IMMUTABLE/.test(mutability)),
  },
  {
    name: 'ECRScanOnPush',
    types: ['AWS::ECR::Repository'],
    info: 'Images of the repository are not scanned when they are pushed.',
    explanation: 'Known vulnerabilities would first be seen in production.',
    broken: (it) => breaks(it, 'ImageScanningConfiguration/ScanOnPush', (scan) => scan === true),
  },
  {
    name: 'LambdaUrlAuth',
    types: ['AWS::Lambda::Url'],
    info: 'The function can be called by everybody on the internet.',
    explanation: 'A function URL without IAM has neither authentication nor a firewall.',
    broken: (it) => breaks(it, 'AuthType', (type) => type !== 'NONE'),
  },
  {
    name: 'GitHubTrust',
    types: ['AWS::IAM::Role'],
    info: 'The role trusts GitHub Actions without saying which audience and which repository.',
    explanation: 'Any workflow of any repository could assume it: https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services',
    broken: (it, resources) => statements(it.AssumeRolePolicyDocument).some((statement) => trustsAnyRepository(statement, resources)),
  },
  {
    name: 'ChatGuardrail',
    types: ['AWS::Chatbot::SlackChannelConfiguration', 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration'],
    info: 'Members of the channel may do whatever an administrator may.',
    explanation: 'Without guardrail policies AWS applies AdministratorAccess.',
    broken: (it) => breaks(it, 'GuardrailPolicies', (policies) => policies?.length > 0 && !JSON.stringify(policies).includes('AdministratorAccess')),
  },
  {
    name: 'BackupVaultKey',
    types: ['AWS::Backup::BackupVault'],
    info: 'The vault has no key of its own.',
    explanation: "Backups under the account's default key cannot be copied to, or restored in, another account.",
    broken: (it) => breaks(it, 'EncryptionKeyArn', (key) => key !== undefined),
  },
  {
    name: 'SchedulerDeadLetterQueue',
    types: ['AWS::Scheduler::Schedule'],
    info: 'A call that the schedule cannot make is lost.',
    explanation: 'Without a dead-letter queue nobody learns that a job never started.',
    broken: (it) => breaks(it, 'Target/DeadLetterConfig/Arn', (queue) => queue !== undefined),
  },
  {
    name: 'FirehoseAccessKey',
    types: ['AWS::KinesisFirehose::DeliveryStream'],
    info: 'The key for the HTTP endpoint stands in the template.',
    explanation: 'Whoever may read the stack can read it. Name a secret in SecretsManagerConfiguration.',
    broken: (it) => breaks(it, 'HttpEndpointDestinationConfiguration/EndpointConfiguration/AccessKey',
      (key) => key === undefined || String(key).startsWith('{{resolve:')),
  },
  ...GUARD_RULES,
  ...ALARM_RULES,
];

function isRoot(container: Properties): boolean {
  return breaks(container, 'Privileged', (privileged) => privileged !== true)
    || breaks(container, 'User', (user) => user !== undefined && !/^(root|[+-]?0+)?(:|$)/.test(String(user)));
}

/** Linux only: Windows has neither a read-only root file system nor root. */
function linuxContainers(task: Properties): Properties[] {
  return breaks(task, 'RuntimePlatform/OperatingSystemFamily', (family) => /^WINDOWS/.test(String(family))) ? entries(task.ContainerDefinitions) : [];
}

/** The hash of its content is as good as a digest: so the AWS CDK names what it builds, in a repository whose tags cannot be moved. */
function isNamedByTag(image: any): boolean {
  const end = endOf(image);
  return end !== undefined && !/@sha256:|:[0-9a-f]{64}$|}$/.test(end);
}

/** On since PostgreSQL 15 on RDS, and 17 on Aurora: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html */
function forcesTlsByDefault(family: string): string {
  const [, aurora, major] = /^(aurora-)?postgres(?:ql)?(\d+)/.exec(family) ?? [];
  return Number(major) >= (aurora ? 17 : 15) ? '1' : '0';
}

function statements(document: any): Properties[] {
  const list = document?.Statement ?? [];
  return entries(Array.isArray(list) ? list : [list]);
}

function trustsAnyRepository(statement: Properties, resources: TemplateResources): boolean {
  const { Effect: effect, Principal: principal, Condition: condition = {} } = statement;
  if (effect !== 'Allow' || !isGitHub(principal?.Federated, resources) || isUnknown(condition)) {
    return false;
  }
  const operators = Object.entries<any>(condition).filter(([operator]) => !operator.includes('Not'));
  if (operators.some(([, claims]) => isUnknown(claims))) {
    return false;
  }
  const claims = operators.flatMap(([, it]) => Object.entries<any>(it));
  const audience = claims.some(([claim]) => claim.endsWith(':aud'));
  const subjects = claims.filter(([claim]) => claim.endsWith(':sub')).flatMap(([, value]) => value as string | string[]);
  return !audience || subjects.length === 0 || subjects.some((subject) => WHOEVER.test(subject));
}

/** A subject that leaves open whose repository it is: `*`, `repo:*`, `repo:ac*`. */
const WHOEVER = /^[^:]*[*?]|^repo:[^/]*[*?]/;

/** The identity provider of GitHub Actions, by its name, or as a resource of the same template. */
function isGitHub(federated: any, resources: TemplateResources): boolean {
  const reference = federated?.Ref ?? federated?.['Fn::GetAtt']?.[0];
  const provider = reference === undefined ? federated : resources[reference]?.Properties?.Url;
  return JSON.stringify(provider ?? '').includes('token.actions.githubusercontent.com');
}
