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

function changed(deployed: TaskDefinition, { name, image, variables }: ContainerChange): object {
  return {
    ...Object.fromEntries(Object.entries(deployed).filter(([field]) => !ADDED.includes(field))),
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
