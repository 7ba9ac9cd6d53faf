import { CfnParameter, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Tier } from '../../src/environment/tier';
import { FargateTask } from '../../src/fargate-task/fargate-task';
import { PlatformService } from '../../src/platform-service/platform-service';
import type { PlatformServiceProps } from '../../src/platform-service/platform-service-props';
import { stackOf, vpcIn, workerProps } from '../support';

const TASK = 'AWS::ECS::TaskDefinition';

function templateOf(props: Partial<PlatformServiceProps> = {}, stack: Stack = stackOf()): Template {
  new PlatformService(stack, 'Api', { ...workerProps(vpcIn(stack)), ...props });
  return Template.fromStack(stack);
}

/** The one container of the one task definition. */
function containerOf(template: Template): any {
  const [definition] = Object.values(template.findResources(TASK));
  return definition.Properties.ContainerDefinitions[0];
}

test('is not root, cannot change its file system, and has no privileges', () => {
  expect(containerOf(templateOf())).toMatchObject({
    User: '1000:1000', ReadonlyRootFilesystem: true, Privileged: false, LinuxParameters: { InitProcessEnabled: true },
  });
});

test('has half a minute to end in order', () => {
  expect(containerOf(templateOf())).toMatchObject({ StopTimeout: 30, Essential: true });
});

test('may write to /tmp only', () => {
  const template = templateOf();

  expect(containerOf(template).MountPoints).toEqual([{ ContainerPath: '/tmp', ReadOnly: false, SourceVolume: 'scratch-0' }]);
  template.hasResourceProperties(TASK, { Volumes: [{ Name: 'scratch-0' }] });
});

test('may write where it is told, and nowhere if told nothing', () => {
  expect(containerOf(templateOf({ writablePaths: ['/tmp', '/var/cache/c++'] })).MountPoints.map((it: any) => it.ContainerPath)).toEqual(['/tmp', '/var/cache/c++']);
  expect(containerOf(templateOf({ writablePaths: [] })).MountPoints).toBeUndefined();
});

test.each(['tmp', '', '/', '//tmp', '/tmp/', '/a:b', '/tmp/..', '/./tmp', '/a b', '/proc', '/dev/shm'])('refuses %p as a writable path', (path) => {
  expect(() => templateOf({ writablePaths: ['/tmp', path] })).toThrow(new Error(
    `[Shop/Api] 'writablePaths' must be absolute paths of the image below the root, got '${path}'; write them like '/tmp'`,
  ));
});

test.each(['/etc', '/usr', '/usr/bin', '/usr/local/lib/node_modules', '/lib64', '/sbin', '/var'])('refuses the directory of the system %p as a writable path', (path) => {
  expect(() => templateOf({ writablePaths: [path] })).toThrow(new Error(
    `[Shop/Api] 'writablePaths' must not be a directory of programs, libraries or settings of the system, got '${path}'; `
    + 'name the directory that the process writes to: with this one an intruder could change what runs'));
});

test.each(['/etc/nginx/conf.d', '/usr/src/app/tmp', '/var/lib/app', '/var/run'])('takes %p below one as a writable path', (path) => {
  expect(() => templateOf({ writablePaths: [path] })).not.toThrow();
});

test('refuses a writable path that is named twice', () => {
  expect(() => templateOf({ writablePaths: ['/tmp', '/data', '/tmp'] })).toThrow(new Error(
    "[Shop/Api] 'writablePaths' must not repeat a path, got '/tmp'; name it once",
  ));
});

test.each([[Tier.DEV, 7, 'Delete'], [Tier.STAGING, 30, 'RetainExceptOnCreate'], [Tier.PROD, 365, 'RetainExceptOnCreate']])(
  'writes in tier %s to an encrypted log group of its own, kept for %p days, without ever waiting for it', (tier, days, kept) => {
    const template = templateOf({}, stackOf(tier));
    const [[group, { Properties: { KmsKeyId } }]] = Object.entries(template.findResources('AWS::Logs::LogGroup'));
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));

    expect(containerOf(template).LogConfiguration).toEqual({
      LogDriver: 'awslogs',
      Options: { 'awslogs-group': { Ref: group }, 'awslogs-stream-prefix': 'app', 'awslogs-region': 'eu-west-1', 'mode': 'non-blocking', 'max-buffer-size': '26214400b' },
    });
    expect(KmsKeyId).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
    template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: days }, DeletionPolicy: kept });
  });

test.each([[undefined, 'ARM64'], [ecs.CpuArchitecture.ARM64, 'ARM64'], [ecs.CpuArchitecture.X86_64, 'X86_64']])('runs on %j as %s', (architecture, CpuArchitecture) => {
  templateOf({ architecture }).hasResourceProperties(TASK, { RuntimePlatform: { CpuArchitecture, OperatingSystemFamily: 'LINUX' } });
});

test('is half a vCPU and a GiB unless told otherwise', () => {
  templateOf().hasResourceProperties(TASK, { Cpu: '512', Memory: '1024' });
});

test.each([[256, 512], [512, 4096], [1024, 8192], [2048, 16384], [4096, 30720], [8192, 61440], [16384, 122880], [32768, 249856]])('takes %p CPU units with %p MiB', (cpu, memoryLimitMiB) => {
  templateOf({ cpu, memoryLimitMiB }).hasResourceProperties(TASK, { Cpu: String(cpu), Memory: String(memoryLimitMiB) });
});

test.each([0, 128, 500, 1, 65536, NaN])('refuses %p CPU units, which Fargate does not offer', (cpu) => {
  expect(() => templateOf({ cpu })).toThrow(new Error(
    `[Shop/Api] 'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, got ${cpu}; 1024 units are one vCPU`,
  ));
});

test.each([[256, 4096, '512, 1024, 2048'], [256, 0, '512, 1024, 2048'], [1024, 1024, '2048, 3072, 4096, 5120, 6144, 7168, 8192'], [16384, 33000, '32768, 40960, 49152, 57344, 65536, 73728, 81920, 90112, 98304, 106496, 114688, 122880']])(
  'refuses with %p CPU units %p MiB, which Fargate does not offer', (cpu, memoryLimitMiB, sizes) => {
    expect(() => templateOf({ cpu, memoryLimitMiB })).toThrow(new Error(
      `[Shop/Api] 'memoryLimitMiB' must be one of ${sizes} with ${cpu} CPU units, got ${memoryLimitMiB}; choose a size that Fargate offers`,
    ));
  });

test('takes a size that is known at deployment only', () => {
  const stack = stackOf();
  const cpu = new CfnParameter(stack, 'Cpu', { type: 'Number', default: 512 }).valueAsNumber;
  const memoryLimitMiB = Token.asNumber(Lazy.number({ produce: () => 2048 }));

  templateOf({ cpu, memoryLimitMiB }, stack).hasResourceProperties(TASK, { Cpu: Match.anyValue(), Memory: '2048' });
});

test('refuses CPU units that Fargate does not offer when the memory is known at deployment only', () => {
  expect(() => templateOf({ cpu: -1, memoryLimitMiB: Token.asNumber(Lazy.number({ produce: () => 2048 })) })).toThrow(/'cpu' must be one of 256, /);
});

test('refuses memory that Fargate does not offer when the CPU units are known at deployment only', () => {
  expect(() => templateOf({ cpu: Token.asNumber(Lazy.number({ produce: () => 512 })), memoryLimitMiB: 1000 })).toThrow(new Error(
    "[Shop/Api] 'memoryLimitMiB' must be a size that Fargate offers, got 1000; give 'cpu' as a number to be told the sizes",
  ));
});

test.each(['root', 'root:root', '0', '0:0', '00', '+0', '-0', '0x0', ' root', 'a b', '1000\n', ''])('refuses to run as %p', (user) => {
  expect(() => templateOf({ user })).toThrow(new Error(`[Shop/Api] 'user' must be a user, or user and group, that is not root, got '${user}'; name the user of the image, for example '1000'`));
});

test.each(['node', '1000', '10001:0', 'rooty'])('runs as %p', (user) => {
  expect(containerOf(templateOf({ user })).User).toBe(user);
});

test('runs the command and asks for health as told, without a shell', () => {
  const container = containerOf(templateOf({ command: ['node', 'worker.js'], healthCommand: ['node', 'healthy.js'] }));

  expect(container.Command).toEqual(['node', 'worker.js']);
  expect(container.HealthCheck.Command).toEqual(['CMD', 'node', 'healthy.js']);
});

test.each([[[]], [['CMD']], [['CMD-SHELL']], [['CMD-SHELL', 'a', 'b']]])('refuses %p as a health command', (healthCommand) => {
  expect(() => templateOf({ healthCommand })).toThrow(new Error(
    `[Shop/Api] 'healthCommand' must be a program with its arguments, or 'CMD-SHELL' and one line, got '${healthCommand.join(' ')}'; write it like ['node', 'healthy.js']`,
  ));
});

test('opens no port in a worker', () => {
  expect(containerOf(templateOf()).PortMappings).toBeUndefined();
});

test('runs in private subnets, without a public address, and reaches nothing but HTTPS', () => {
  const template = templateOf();

  template.hasResourceProperties('AWS::ECS::Service', {
    NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED', Subnets: [{ Ref: 'VpcAppSubnet1Subnet7D2CF347' }, { Ref: 'VpcAppSubnet2Subnet8D65443B' }] } },
  });
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    GroupDescription: 'Tasks of Shop/Api',
    SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 })],
    SecurityGroupIngress: Match.absent(),
  });
});

test('has a role without permissions until something is granted', () => {
  const template = templateOf();

  template.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: Match.absent() });
  Object.values(template.findResources('AWS::IAM::Policy')).forEach((it) => expect(JSON.stringify(it.Properties.Roles)).not.toContain('TaskRole'));
});

test('has a family name that ECS accepts, however long the path', () => {
  const stack = stackOf();
  new PlatformService(stack, 'Dienst für Aufträge '.repeat(20), workerProps(vpcIn(stack)));

  const [definition] = Object.values(Template.fromStack(stack).findResources(TASK));

  expect(definition.Properties.Family).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
});

test('is one container of one task', () => {
  const stack = stackOf();
  const service = new PlatformService(stack, 'Api', workerProps(vpcIn(stack)));

  expect(service.node.findChild('Task')).toBeInstanceOf(FargateTask);
  expect(service.container).toBe(service.taskDefinition.defaultContainer);
});
