import * as path from 'path';
import * as zlib from 'zlib';
import { Lazy, Size, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { busybox } from './busybox';
import { isImagePath } from './image-path';
import type { ServiceBinding, ServiceFile } from '../contracts';
import { acknowledge, acknowledgeSignIn } from '../private/acknowledge';
import { invalid } from '../private/invalid';
import { mustHold } from '../private/prop-rule';
import { secretShape } from '../private/secret-shape';

/**
 * How much of a task definition files may take, in bytes. ECS takes 64 KiB of it in all.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
 */
const MOST_BYTES = 48 * 1024;

/** Directories without which no image works. */
const SYSTEM_DIRECTORIES = /^\/(etc|bin|sbin|lib|lib32|lib64|usr(\/(bin|sbin|lib|lib64|local))?)?$/;

export interface TaskFilesProps {
  /** Who is named when a file is refused. */
  readonly owner: Construct;
  readonly definition: ecs.FargateTaskDefinition;
  readonly architecture: ecs.CpuArchitecture;
  /** Who finds the files. */
  readonly container: ecs.ContainerDefinition;
  readonly writablePaths: string[];
  readonly logGroup: logs.ILogGroup;
}

/**
 * The files that a container finds, read-only.
 *
 * A container that runs before it, and ends, writes them from its own variables into volumes that the two share. It is
 * defined with the first file.
 */
export class TaskFiles {
  private readonly contents = new Map<string, string>();
  /** The name of its volume for each directory. */
  private readonly volumes = new Map<string, string>();
  private readonly commands: string[] = [];
  private bytes = 0;
  private writer?: ecs.ContainerDefinition;

  constructor(private readonly props: TaskFilesProps) {}

  /** The same file once more is no clash. */
  public add(file: ServiceFile): void {
    if (this.contents.get(file.path) === file.content) {
      return;
    }
    this.mustBeAccepted(file);
    const encoded = encode(file.content);
    this.mustFit(file, encoded);

    const place = `${this.volumeOf(path.posix.dirname(file.path))}/${path.posix.basename(file.path)}`;
    const variable = `FILE_${this.contents.size}`;
    this.contents.set(file.path, file.content);
    // gunzip compares its checksum, so that a text which was cut or changed fails the pipe.
    this.commands.push(`printf %s "$${variable}" | base64 -d | gunzip > ${place}`, `chmod 0444 ${place}`);
    this.writer!.addEnvironment(variable, encoded);
  }

  private volumeOf(directory: string): string {
    const known = this.volumes.get(directory);
    if (known !== undefined) {
      return known;
    }
    const name = `files-${this.volumes.size}`;
    this.volumes.set(directory, name);
    this.writer ??= this.defineWriter();
    this.props.definition.addVolume({ name });
    this.writer.addMountPoints({ containerPath: `/${name}`, sourceVolume: name, readOnly: false });
    this.props.container.addMountPoints({ containerPath: directory, sourceVolume: name, readOnly: true });
    return name;
  }

  private defineWriter(): ecs.ContainerDefinition {
    const { definition, container, logGroup } = this.props;
    const writer = definition.addContainer('Files', {
      containerName: 'files',
      image: busybox(definition, this.props.architecture),
      essential: false,
      memoryReservationMiB: 8,
      // On Fargate a volume belongs to root: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
      user: 'root',
      readonlyRootFilesystem: true,
      privileged: false,
      workingDirectory: '/',
      command: ['sh', '-c', Lazy.string({ produce: () => ['set -eu', ...this.commands].join('\n') })],
      logging: ecs.LogDrivers.awsLogs({
        streamPrefix: 'files', logGroup, mode: ecs.AwsLogDriverMode.NON_BLOCKING, maxBufferSize: Size.mebibytes(1),
      }),
    });
    acknowledgeSignIn(definition.obtainExecutionRole());
    container.addContainerDependencies({ container: writer, condition: ecs.ContainerDependencyCondition.SUCCESS });
    acknowledge(definition, 'A volume of Fargate belongs to root, so the container that writes files into it is root: a pinned image that writes them and does nothing else, '
      + 'and ends before the container that reads them starts.',
    'GoldenPath-ECSNotRoot[Container::files]');
    return writer;
  }

  private mustBeAccepted({ path: got, content }: ServiceFile): void {
    const { owner, writablePaths } = this.props;
    if (Token.isUnresolved(got) || Token.isUnresolved(content)) {
      throw invalid(owner, 'files', { must: 'must be known at synth, path and content', remedy: 'write the text itself, not a parameter or a reference' });
    }
    const directory = path.posix.dirname(got);
    const writable = writablePaths.find((it) => overlap(directory, it));
    const nested = [...this.volumes.keys()].find((it) => it !== directory && overlap(directory, it));
    const secret = secretShape('', content);
    mustHold<ServiceBinding>(owner, [
      { prop: 'files', got, holds: isImagePath(got), must: 'must be absolute paths of the image below the root', remedy: "write them like '/etc/rds/bundle.pem'" },
      { prop: 'files', got, holds: !SYSTEM_DIRECTORIES.test(directory), must: 'must stand in a directory that the image can do without', remedy: `add a directory of their own, since a volume hides what the image has in ${directory}` },
      { prop: 'files', got, holds: writable === undefined, must: "must not share a directory with one of 'writablePaths', stand below one or around one", remedy: `move the file, or ${writable}` },
      { prop: 'files', got, holds: nested === undefined, must: 'must not stand in directories of which one is inside the other', remedy: `move the file, or those in ${nested}` },
      { prop: 'files', got, holds: secret === undefined, must: `must not hold a secret (${secret})`, remedy: "hand it over in 'secrets'" },
      { prop: 'files', got, holds: !this.contents.has(got), must: 'must have one content for each path', remedy: 'rename one of the two files: another dependency lays one there as well' },
    ]);
  }

  private mustFit({ path: file }: ServiceFile, encoded: string): void {
    if (this.bytes + encoded.length > MOST_BYTES) {
      throw invalid(this.props.owner, 'files', {
        must: `must take at most ${MOST_BYTES} bytes together, compressed and encoded`,
        got: this.bytes + encoded.length,
        remedy: `carry ${file} in the image, or read it from a bucket: ECS takes task definitions of up to 64 KiB`,
      });
    }
    this.bytes += encoded.length;
  }
}

/** Compressed, as text. The header of gzip says on which system it was made: it must be the same on all, or it would be another revision. */
function encode(content: string): string {
  const compressed = zlib.gzipSync(content, { level: zlib.constants.Z_BEST_COMPRESSION });
  compressed[9] = 255; // "unknown": https://www.rfc-editor.org/rfc/rfc1952
  return compressed.toString('base64');
}

/** Whether two directories are the same, or one is inside the other. */
function overlap(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}
