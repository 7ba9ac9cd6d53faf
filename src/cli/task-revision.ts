import type { Aws } from './aws';
import type { CommandOutput } from './command';

interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
}

interface TaskDefinition {
  readonly taskDefinitionArn: string;
  readonly containerDefinitions: readonly ContainerDefinition[];
}

/** What ECS adds to a task definition, and does not take back. */
const ADDED = ['taskDefinitionArn', 'revision', 'status', 'requiresAttributes', 'compatibilities', 'registeredAt', 'registeredBy', 'deregisteredAt', 'deleteRequestedAt'];

/** The tag of a revision that was registered again: the ARN of the one that it is equal to. */
const COPY_OF = 'cdk-golden-path:copy-of';

interface Known {
  readonly taskDefinition: TaskDefinition & { readonly status?: string };
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

/** What is different in one container. */
export interface ContainerChange {
  readonly name: string;
  readonly image: string;
  readonly variables: { readonly [name: string]: string };
}

/** Registers a revision that differs from a deployed one in one container, uses it, and deregisters it however that ends. */
export async function withRevision(aws: Aws, deployed: string, change: ContainerChange, output: CommandOutput, work: (revision: string) => Promise<number>): Promise<number> {
  const { taskDefinition } = await aws.ask<{ taskDefinition: TaskDefinition }>('ecs', 'describe-task-definition', '--task-definition', deployed);
  const { taskDefinition: { taskDefinitionArn: revision } } = await aws.ask<{ taskDefinition: TaskDefinition }>(
    'ecs', 'register-task-definition', '--cli-input-json', JSON.stringify(changed(taskDefinition, change)));
  try {
    return await work(revision);
  } finally {
    await aws.ask('ecs', 'deregister-task-definition', '--task-definition', revision)
      .catch((error: Error) => output.complain(`warning: the revision ${revision} could not be deregistered: ${error.message}`));
  }
}

/** The revision of which this one is a copy, or the revision itself. */
export async function originOf(aws: Aws, revision: string): Promise<string> {
  const { tags = [] } = await describe(aws, revision);
  return tags.find(({ key }) => key === COPY_OF)?.value ?? revision;
}

/** A revision that ECS starts: this one while it is ACTIVE, else one that is registered anew and equal to it. */
export async function usableRevision(aws: Aws, revision: string, output: CommandOutput): Promise<string> {
  const { taskDefinition, tags = [] } = await describe(aws, revision);
  if (taskDefinition.status === 'ACTIVE') {
    return revision;
  }
  const own = tags.filter(({ key }) => !key.startsWith('aws:'));
  const request = { ...registrable(taskDefinition), tags: [...own, { key: COPY_OF, value: revision }] };
  const { taskDefinition: { taskDefinitionArn: copy } } = await aws.ask<{ taskDefinition: TaskDefinition }>(
    'ecs', 'register-task-definition', '--cli-input-json', JSON.stringify(request));
  output.complain(`${revision} was deregistered: registered it again as ${copy}`);
  return copy;
}

function describe(aws: Aws, revision: string): Promise<Known> {
  return aws.ask<Known>('ecs', 'describe-task-definition', '--task-definition', revision, '--include', 'TAGS');
}

function registrable(deployed: TaskDefinition): object {
  return Object.fromEntries(Object.entries(deployed).filter(([field]) => !ADDED.includes(field)));
}

function changed(deployed: TaskDefinition, { name, image, variables }: ContainerChange): object {
  return {
    ...registrable(deployed),
    containerDefinitions: deployed.containerDefinitions.map((it) => it.name !== name ? it : {
      ...it,
      image,
      environment: [
        ...(it.environment ?? []).filter((variable) => !Object.hasOwn(variables, variable.name)),
        ...Object.entries(variables).map(([variable, value]) => ({ name: variable, value })),
      ],
    }),
  };
}
