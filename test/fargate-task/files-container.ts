import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { Stack } from 'aws-cdk-lib/core';

/** The containers of the stack's one task definition, by their names. */
export function containersIn(stack: Stack): { [name: string]: any } {
  const [definition] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  return Object.fromEntries(definition.Properties.ContainerDefinitions.map((it: any) => [it.Name, it]));
}

/** Directories with the programs that the container runs: those of busybox, where it is installed, and those of the system. */
export function programDirectories(): { [name: string]: string } {
  const bin = mkdtempSync(join(tmpdir(), 'busybox-'));
  process.on('exit', () => rmSync(bin, { recursive: true, force: true }));
  const { status } = spawnSync('busybox', ['--install', '-s', bin]);
  return { ...status === 0 && { busybox: bin }, system: process.env.PATH! };
}

/** Runs what the template says, with the volumes in this directory in place of the root. */
export function runFilesContainer(container: any, root: string, programs: string, variables: { [name: string]: string } = {}): SpawnSyncReturns<string> {
  container.MountPoints.forEach(({ ContainerPath }: any) => mkdirSync(join(root, ContainerPath)));
  const [command, ...args] = container.Command;
  const shell = programs.split(delimiter).map((it) => join(it, command)).find((it) => spawnSync(it, ['-c', 'exit 0']).status === 0)!;
  const environment = Object.fromEntries(container.Environment.map(({ Name, Value }: any) => [Name, Value]));
  return spawnSync(shell, args, { cwd: root, env: { ...environment, ...variables, PATH: programs }, encoding: 'utf8' });
}
