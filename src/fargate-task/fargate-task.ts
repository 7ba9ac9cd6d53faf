import { Duration, Size, Stack, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { isImagePath } from './image-path';
import { plainSecretProblems } from './plain-secret-problems';
import type { ServiceImage } from './service-image';
import { TaskFiles } from './task-files';
import type { SecretReference, ServiceFile } from '../contracts';
import { acknowledge, acknowledgeInlinePolicies, acknowledgeSignIn, PACKS } from '../private/acknowledge';
import { PLAIN_SECRET, plainSecretPart } from '../private/container-secrets';
import { invalid } from '../private/invalid';
import { mustBePlain, secretIn } from '../private/plain-value';

export interface FargateTaskProps {
  readonly image: ServiceImage;
  readonly architecture: ecs.CpuArchitecture;
  readonly cpu: number;
  readonly memoryLimitMiB: number;
  readonly command?: string[];
  readonly healthCommand?: string[];
  readonly startPeriod?: Duration;
  readonly stopTimeout?: Duration;
  readonly port?: number;
  readonly user: string;
  readonly writablePaths: string[];
  readonly logGroup: logs.ILogGroup;
}

/** Memory in MiB that Fargate offers for each CPU size: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
const FARGATE_SIZES: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, gibibytes(1, 4)],
  [1024, gibibytes(2, 8)],
  [2048, gibibytes(4, 16)],
  [4096, gibibytes(8, 30)],
  [8192, gibibytes(16, 60, 4)],
  [16384, gibibytes(32, 120, 8)],
  [32768, [60, 120, 244].map((it) => it * 1024)],
]);

/**
 * The most that ECS takes of a task definition, in bytes.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
 */
const MOST_BYTES = 64 * 1024;

/** The hardened task of a service: one container, not root, on a root file system that it cannot change. */
export class FargateTask extends Construct {
  public readonly definition: ecs.FargateTaskDefinition;
  public readonly container: ecs.ContainerDefinition;
  private readonly files: TaskFiles;
  private readonly taken = new Map<string, string>();
  private variablesAcknowledged = false;

  constructor(scope: Construct, id: string, props: FargateTaskProps) {
    super(scope, id);
    mustBeFargateSize(scope, props.cpu, props.memoryLimitMiB);
    mustNotBeRoot(scope, props.user);
    mustBeMountable(scope, props.writablePaths);
    if (props.healthCommand) {
      mustBeCommand(scope, props.healthCommand);
    }
    Object.entries({ command: props.command, healthCommand: props.healthCommand }).forEach(([name, words = []]) => {
      mustBePlain(scope, name, ['', words.join(' ')], 'let the process read it from a variable: it comes from Secrets Manager');
    });

    this.definition = new ecs.FargateTaskDefinition(this, 'Definition', {
      cpu: props.cpu,
      memoryLimitMiB: props.memoryLimitMiB,
      runtimePlatform: { cpuArchitecture: props.architecture, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
    });
    this.container = this.defineContainer(props);
    props.writablePaths.forEach((path, index) => this.mount(path, `scratch-${index}`));
    this.files = new TaskFiles({
      owner: scope, definition: this.definition, architecture: props.architecture, container: this.container, writablePaths: props.writablePaths, logGroup: props.logGroup,
    });
    this.acknowledgeRoles(props.image);
    scope.node.addValidation({ validate: () => [...plainSecretProblems(scope, this.definition), ...this.problemsOfSize()] });
  }

  /**
   * Throws when the name has another value: which of the two wins must not depend on the order of lines.
   *
   * `notSecret` is why it is none although it looks like one; of a value that is a token that is not known yet.
   */
  public addVariable(name: string, value: string, notSecret?: string): void {
    if (this.take(name, value)) {
      this.acknowledgeVariables();
      this.container.addEnvironment(name, value);
      if (notSecret !== undefined && (Token.isUnresolved(value) || secretIn(name, value) !== undefined)) {
        const part = plainSecretPart(this.container.containerName, `Environment.${name}`);
        acknowledge(this.definition, notSecret, `${PLAIN_SECRET}[${part}]`);
      }
    }
  }

  /**
   * Hands over a secret, as ECS reads it when a task starts.
   *
   * The secret is imported into this stack and read by the execution role's own policy: a grant on the secret itself
   * would write this stack's role into the policy of a key in another stack, and close a cycle.
   */
  public addSecret(name: string, { secret, field }: SecretReference, value = `${secret.node.path}:${field}`): void {
    if (this.take(name, value)) {
      this.container.addSecret(name, ecs.Secret.fromSecretsManager(this.imported(secret), field));
      secret.encryptionKey?.grantDecrypt(this.definition.obtainExecutionRole());
    }
  }

  /**
   * Lays a file where the container finds it, read-only.
   *
   * Throws for a path that cannot be a volume's, another content under the same path, what looks like a secret, and more
   * than a task definition can hold.
   */
  public addFile(file: ServiceFile): void {
    this.files.add(file);
    this.acknowledgeVariables();
  }

  private defineContainer(props: FargateTaskProps): ecs.ContainerDefinition {
    return this.definition.addContainer('App', {
      containerName: 'app',
      image: props.image._bind(this, { architecture: props.architecture, writablePaths: props.writablePaths }),
      command: props.command,
      user: props.user,
      readonlyRootFilesystem: true,
      privileged: false,
      stopTimeout: props.stopTimeout ?? Duration.seconds(30),
      linuxParameters: new ecs.LinuxParameters(this, 'Linux', { initProcessEnabled: true }),
      portMappings: props.port ? [{ containerPort: props.port, name: 'http', appProtocol: ecs.AppProtocol.http }] : undefined,
      healthCheck: props.healthCommand && { command: props.healthCommand, startPeriod: props.startPeriod },
      // Blocking would stop the service when CloudWatch Logs is slow; the account's own default may be either.
      logging: ecs.LogDrivers.awsLogs({
        streamPrefix: 'app', logGroup: props.logGroup, mode: ecs.AwsLogDriverMode.NON_BLOCKING, maxBufferSize: Size.mebibytes(25),
      }),
    });
  }

  /** Where variables are few nobody has to look. */
  private problemsOfSize(): string[] {
    const variables = [...this.taken].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    if (variables < MOST_BYTES / 16) {
      return [];
    }
    const { containerDefinitions } = this.definition.node.defaultChild as ecs.CfnTaskDefinition;
    const bytes = Buffer.byteLength(JSON.stringify(Stack.of(this).resolve(containerDefinitions)));
    return bytes <= MOST_BYTES ? [] : [invalid(this.node.scope!, 'config.variables', {
      must: `must leave the task definition at most ${MOST_BYTES} bytes`,
      got: bytes,
      remedy: "carry what is long in the image, or keep it in 'ConfigStore.secretsManager()'",
    }).words];
  }

  private mount(containerPath: string, name: string): void {
    this.definition.addVolume({ name });
    this.container.addMountPoints({ containerPath, sourceVolume: name, readOnly: false });
  }

  private imported(secret: secretsmanager.ISecret): secretsmanager.ISecret {
    const id = `Secret${secret.node.addr}`;
    const known = this.node.tryFindChild(id) as secretsmanager.ISecret | undefined;
    return known ?? (secret.secretFullArn
      ? secretsmanager.Secret.fromSecretCompleteArn(this, id, secret.secretFullArn)
      : secretsmanager.Secret.fromSecretPartialArn(this, id, secret.secretArn));
  }

  /** Whether the name is new; the same value once more is no clash. */
  private take(name: string, value: string): boolean {
    const known = this.taken.get(name);
    if (known !== undefined && known !== value) {
      throw invalid(this.node.scope!, name, { must: 'must be set once', remedy: 'rename one of the two variables: it comes from the config or from a dependency as well' });
    }
    this.taken.set(name, value);
    return known === undefined;
  }

  private acknowledgeRoles(image: ServiceImage): void {
    const executionRole = this.definition.obtainExecutionRole();
    [this.definition.taskRole, executionRole].forEach(acknowledgeInlinePolicies);
    if (image._inEcr) {
      acknowledgeSignIn(executionRole);
    }
  }

  private acknowledgeVariables(): void {
    if (this.variablesAcknowledged) {
      return;
    }
    this.variablesAcknowledged = true;
    acknowledge(this.definition, 'Plain variables belong to the revision of the task: a change makes another one, and a rollback goes back to the former. '
      + 'Names and values that look like a secret are refused, or are accepted one by one; secrets come from Secrets Manager.',
    `${PACKS.aws}-ECS2`);
  }
}

function gibibytes(from: number, to: number, step = 1): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * 1024);
}

/** A value that is only known at deployment leaves the other one to be checked. */
function mustBeFargateSize(scope: Construct, cpu: number, memoryLimitMiB: number): void {
  if (!Token.isUnresolved(cpu) && !FARGATE_SIZES.has(cpu)) {
    throw invalid(scope, 'cpu', { must: `must be one of ${[...FARGATE_SIZES.keys()].join(', ')}`, got: cpu, remedy: '1024 units are one vCPU' });
  }
  const sizes = FARGATE_SIZES.get(cpu) ?? [...FARGATE_SIZES.values()].flat();
  if (!Token.isUnresolved(memoryLimitMiB) && !sizes.includes(memoryLimitMiB)) {
    throw invalid(scope, 'memoryLimitMiB', Token.isUnresolved(cpu)
      ? { must: 'must be a size that Fargate offers', got: memoryLimitMiB, remedy: "give 'cpu' as a number to be told the sizes" }
      : { must: `must be one of ${sizes.join(', ')} with ${cpu} CPU units`, got: memoryLimitMiB, remedy: 'choose a size that Fargate offers' });
  }
}

function mustNotBeRoot(scope: Construct, user: string): void {
  if (!/^(?!root(:|$))([a-z_][a-z0-9_-]*|[1-9]\d*)(:([a-z_][a-z0-9_-]*|\d+))?$/.test(user)) {
    throw invalid(scope, 'user', { must: 'must be a user, or user and group, that is not root', got: user, remedy: "name the user of the image, for example '1000'" });
  }
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
function mustBeCommand(scope: Construct, command: string[]): void {
  const [form, ...words] = command;
  const isEmpty = !form || form === 'CMD' && words.length === 0 || form === 'CMD-SHELL' && words.length !== 1;
  if (isEmpty) {
    throw invalid(scope, 'healthCommand', {
      must: "must be a program with its arguments, or 'CMD-SHELL' and one line", got: command.join(' '), remedy: "write it like ['node', 'healthy.js']",
    });
  }
}

/** Of the Filesystem Hierarchy Standard: https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html */
const SYSTEM_DIRECTORIES = /^\/(etc|usr|usr\/local|var|(bin|boot|dev|lib\w*|proc|sbin|sys|usr\/(local\/)?(bin|lib\w*|sbin))(\/.*)?)$/;

function mustBeMountable(scope: Construct, paths: string[]): void {
  const malformed = paths.find((path) => !isImagePath(path));
  if (malformed !== undefined) {
    throw invalid(scope, 'writablePaths', { must: 'must be absolute paths of the image below the root', got: malformed, remedy: "write them like '/tmp'" });
  }
  const system = paths.find((path) => SYSTEM_DIRECTORIES.test(path));
  if (system !== undefined) {
    throw invalid(scope, 'writablePaths', {
      must: 'must not be a directory of programs, libraries or settings of the system',
      got: system,
      remedy: 'name the directory that the process writes to: with this one an intruder could change what runs',
    });
  }
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) {
    throw invalid(scope, 'writablePaths', { must: 'must not repeat a path', got: twice, remedy: 'name it once' });
  }
}
