import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type App, CfnParameter, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { containersIn, programDirectories, runFilesContainer } from './files-container';
import type { ServiceFile } from '../../src/contracts';
import { FargateTask } from '../../src/fargate-task/fargate-task';
import { IMAGE, stackOf } from '../support';

const TASK = 'AWS::ECS::TaskDefinition';
const BUNDLE: ServiceFile = { path: '/etc/rds/bundle.pem', content: 'authorities\n' };

/** A task of one container. */
function taskIn(stack: Stack, writablePaths: string[] = ['/tmp']): FargateTask {
  return new FargateTask(stack, 'Task', {
    image: IMAGE, architecture: ecs.CpuArchitecture.ARM64, cpu: 256, memoryLimitMiB: 512, user: '1000', writablePaths, logGroup: new logs.LogGroup(stack, 'Logs'),
  });
}

/** What is built when the stack is deployed. */
function imagesOf(stack: Stack): { assembly: string; manifest: { [hash: string]: { source: { directory: string } } } } {
  const assembly = (stack.node.root as App).synth().directory;
  return { assembly, manifest: JSON.parse(readFileSync(join(assembly, 'Shop.assets.json'), 'utf8')).dockerImages };
}

/** The stack of a task with these files. */
function stackWith(...files: ServiceFile[]): Stack {
  const stack = stackOf();
  const task = taskIn(stack);
  files.forEach((it) => task.addFile(it));
  return stack;
}

test('runs one container while there are no files', () => {
  expect(Object.keys(containersIn(stackWith()))).toEqual(['app']);
});

test('writes files in a container that ends before the other starts', () => {
  const { app, files } = containersIn(stackWith(BUNDLE));

  expect(files).toMatchObject({ Essential: false, Command: ['sh', '-c', expect.any(String)] });
  expect(app).toMatchObject({ Essential: true, DependsOn: [{ ContainerName: 'files', Condition: 'SUCCESS' }] });
});

test('writes them as root, whose volumes they are, and can change nothing else', () => {
  expect(containersIn(stackWith(BUNDLE)).files).toMatchObject({
    User: 'root', ReadonlyRootFilesystem: true, Privileged: false, MemoryReservation: 8, MountPoints: [{ ContainerPath: '/files-0', ReadOnly: false, SourceVolume: 'files-0' }],
  });
});

test('runs an image from the registry of the account, which one build serves for all tasks of a stack', () => {
  const stack = stackWith(BUNDLE);
  const { assembly, manifest } = imagesOf(stack);

  expect(containersIn(stack).files.Image).toEqual({ 'Fn::Sub': expect.stringMatching(/^444455556666\.dkr\.ecr\.eu-west-1\.\$\{AWS::URLSuffix\}\/cdk-hnb659fds-container-assets-444455556666-eu-west-1:[0-9a-f]{64}$/) });
  expect(Object.values(manifest)).toEqual([expect.objectContaining({ source: { directory: expect.any(String), platform: 'linux/arm64' } })]);
  expect(readFileSync(join(assembly, manifest[Object.keys(manifest)[0]].source.directory, 'Dockerfile'), 'utf8'))
    .toMatch(/^FROM public\.ecr\.aws\/docker\/library\/busybox:1\.36\.1@sha256:[0-9a-f]{64}\n$/m);
});

test('runs nothing while the image is built, so that no machine emulates another processor', () => {
  expect(readFileSync(join(__dirname, '../../images/busybox/Dockerfile'), 'utf8')).not.toMatch(/^(RUN|ADD|COPY)/m);
});

test('logs beside the other container', () => {
  const { app, files } = containersIn(stackWith(BUNDLE));

  expect(files.LogConfiguration.Options).toMatchObject({ 'awslogs-group': app.LogConfiguration.Options['awslogs-group'], 'awslogs-stream-prefix': 'files' });
});

test('lets the other container read and not write', () => {
  const stack = stackWith(BUNDLE);

  expect(containersIn(stack).app.MountPoints).toContainEqual({ ContainerPath: '/etc/rds', ReadOnly: true, SourceVolume: 'files-0' });
  Template.fromStack(stack).hasResourceProperties(TASK, { Volumes: [{ Name: 'scratch-0' }, { Name: 'files-0' }] });
});

test('has one volume for each directory', () => {
  const { app, files } = containersIn(stackWith(BUNDLE, { path: '/etc/rds/other.pem', content: 'more' }, { path: '/config/app.yaml', content: 'a: 1' }));

  expect(app.MountPoints.map((it: any) => it.ContainerPath)).toEqual(['/tmp', '/etc/rds', '/config']);
  expect(files.MountPoints.map((it: any) => it.SourceVolume)).toEqual(['files-0', 'files-1']);
});

test('takes the same file twice as once', () => {
  expect(Template.fromStack(stackWith(BUNDLE, { ...BUNDLE })).toJSON()).toEqual(Template.fromStack(stackWith(BUNDLE)).toJSON());
});

test('names no system on which it was compressed, so that a laptop and a pipeline make the same revision', () => {
  const compressed = Buffer.from(containersIn(stackWith(BUNDLE)).files.Environment[0].Value, 'base64');

  expect([compressed.readUInt32LE(4), compressed[9]]).toEqual([0, 255]);
  expect(gunzipSync(compressed).toString()).toBe(BUNDLE.content);
});

describe.each(Object.entries(programDirectories()))('with the programs of %s', (_, programs) => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'files-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  test('the container writes every byte of every file, for all to read', () => {
    const contents = ['authorities\n', '', 'no newline at the end', '"quotes" \'and\' $HOME `id` \\n %s\r\n', 'Grüße, 世界 🎉\n', 'long '.repeat(20_000)];
    const { files } = containersIn(stackWith(...contents.map((content, index) => ({ path: `/etc/app/file+${index}.txt`, content }))));

    const { status, stderr } = runFilesContainer(files, root, programs);

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    contents.forEach((content, index) => {
      const written = join(root, 'files-0', `file+${index}.txt`);
      expect(readFileSync(written, 'utf8')).toBe(content);
      expect(statSync(written).mode.toString(8)).toBe('100444');
    });
  });

  test('the container writes each file into the volume of its directory', () => {
    const { files } = containersIn(stackWith(BUNDLE, { path: '/config/app.yaml', content: 'a: 1' }));

    runFilesContainer(files, root, programs);

    expect(readFileSync(join(root, 'files-1/app.yaml'), 'utf8')).toBe('a: 1');
  });

  test.each([
    ['was cut', (value: string) => value.slice(0, -8)],
    ['was changed', (value: string) => Buffer.from(Buffer.from(value, 'base64').map((byte, index) => index === 14 ? 255 - byte : byte)).toString('base64')],
    ['is no base64', () => '***'],
    ['is empty', () => ''],
  ])('the container fails, and writes no second file, when a text %s on the way', (_what, damage) => {
    const { files } = containersIn(stackWith(BUNDLE, { path: '/config/app.yaml', content: 'a: 1' }));
    const [{ Name, Value }] = files.Environment;

    const { status } = runFilesContainer(files, root, programs, { [Name]: damage(Value) });

    expect(status).not.toBe(0);
    expect(existsSync(join(root, 'files-1/app.yaml'))).toBe(false);
  });
});

test.each(['etc/rds/bundle.pem', '', '/', '/etc/rds/', '/etc/../rds/bundle.pem', '/a b/c', '/proc/1/mem', '/sys/x/y', '/dev/shm/x'])('refuses a file at %p', (path) => {
  expect(() => stackWith({ path, content: '' })).toThrow(new Error(
    `[Shop] 'files' must be absolute paths of the image below the root, got '${path}'; write them like '/etc/rds/bundle.pem'`,
  ));
});

test.each([['/app.yaml', '/'], ['/etc/passwd', '/etc'], ['/usr/local/app.yaml', '/usr/local'], ['/lib64/x', '/lib64']])('refuses %s, whose volume would hide the rest of %s', (path, directory) => {
  expect(() => stackWith({ path, content: '' })).toThrow(new Error(
    `[Shop] 'files' must stand in a directory that the image can do without, got '${path}'; add a directory of their own, since a volume hides what the image has in ${directory}`,
  ));
});

test.each([['/var/app/a.txt', '/var/app'], ['/var/app/data/a.txt', '/var/app'], ['/var/a.txt', '/var/app']])('refuses %s where the process may write to %s', (path, writable) => {
  expect(() => taskIn(stackOf(), ['/tmp', writable]).addFile({ path, content: '' })).toThrow(new Error(
    `[Shop] 'files' must not share a directory with one of 'writablePaths', stand below one or around one, got '${path}'; move the file, or ${writable}`,
  ));
});

test('takes a file beside a directory that only begins alike', () => {
  const task = taskIn(stackOf(), ['/var/app']);

  expect(() => task.addFile({ path: '/var/apps/a.txt', content: '' })).not.toThrow();
});

test.each(['/etc/rds/old/bundle.pem', '/etc/rds/a/b/c'])('refuses %s beside a file of the directory around it', (path) => {
  expect(() => stackWith(BUNDLE, { path, content: '' })).toThrow(new Error(
    `[Shop] 'files' must not stand in directories of which one is inside the other, got '${path}'; move the file, or those in /etc/rds`,
  ));
});

test('refuses another content under the same path', () => {
  expect(() => stackWith(BUNDLE, { ...BUNDLE, content: 'others\n' })).toThrow(new Error(
    "[Shop] 'files' must have one content for each path, got '/etc/rds/bundle.pem'; rename one of the two files: another dependency lays one there as well",
  ));
});

test('refuses a secret, which compression would hide from every reader', () => {
  expect(() => stackWith({ path: '/etc/app/key.pem', content: '-----BEGIN PRIVATE KEY-----\nMII' })).toThrow(new Error(
    "[Shop] 'files' must not hold a secret (its value looks like a private key), got '/etc/app/key.pem'; hand it over in 'secrets'",
  ));
});

test.each(['path', 'content'] as const)('refuses a %s that is known at deployment only', (property) => {
  const stack = stackOf();
  const unknown = new CfnParameter(stack, 'Parameter').valueAsString;

  expect(() => taskIn(stack).addFile({ ...BUNDLE, [property]: unknown })).toThrow(new Error(
    "[Shop] 'files' must be known at synth, path and content; write the text itself, not a parameter or a reference",
  ));
});

test('takes 48 KiB of files, and not more, since ECS takes task definitions of up to 64 KiB', () => {
  const task = taskIn(stackOf());
  const half = () => randomBytes(18_000).toString('latin1').replace(/[^\x20-\x7e]/g, '').repeat(3);
  const encoded = (content: string) => {
    const probe = stackWith({ path: '/etc/app/probe', content });
    return containersIn(probe).files.Environment[0].Value.length;
  };
  const contents: string[] = [];
  let bytes = 0;
  for (let content = half(); bytes + encoded(content) <= 48 * 1024; content = half()) {
    task.addFile({ path: `/etc/app/${contents.length}`, content });
    bytes += encoded(content);
    contents.push(content);
  }
  const last = half() + half();

  expect(contents.length).toBeGreaterThan(1);
  expect(() => task.addFile({ path: '/etc/app/last', content: last })).toThrow(new Error(
    `[Shop] 'files' must take at most 49152 bytes together, compressed and encoded, got ${bytes + encoded(last)}; `
    + 'carry /etc/app/last in the image, or read it from a bucket: ECS takes task definitions of up to 64 KiB',
  ));
});
