import type { SynthesisedTemplate } from './assembly';
import { type PseudoParameters, textOf } from './pseudo-parameters';
import type { MigrationGuardEnvironment } from '../handlers/migration-guard/contract';
import type { MigrationTaskOutput } from '../managed-postgres/stack-output';
import { InvalidValue } from '../private/invalid';

/** What a new release says about its migrations: the image and the variables that name them. */
export interface MigrationRelease {
  readonly image: string;
  readonly variables: ReleaseVariables;
}

const NAMES = ['MIGRATION_RELEASE', 'MIGRATION_NEWEST', 'MIGRATION_DATA_SOURCE'] as const satisfies readonly (keyof MigrationGuardEnvironment)[];

type ReleaseVariables = { readonly [name in typeof NAMES[number]]: string };

/** The release of the database whose output has this key: the same in the deployed stack and in the template. */
export function releaseIn(template: SynthesisedTemplate, key: string, container: string, parameters: PseudoParameters, image?: string): MigrationRelease {
  const output = template.Outputs?.[key];
  if (!output) {
    throw new InvalidValue(`the synthesised stack has no migrations of this database (output ${key}); is it the same app?`);
  }
  const { Properties: { ContainerDefinitions: containers } } = template.Resources[taskDefinitionIn(output.Value)];
  const { Image: own, Environment: environment } = (containers as { Name: string; Image: unknown; Environment: { Name: string; Value: unknown }[] }[])
    .find(({ Name }) => Name === container)!;
  const value = (name: string): string => {
    const text = textOf(environment.find(({ Name }) => Name === name)?.Value, parameters);
    if (text === undefined) {
      throw new InvalidValue(`the synthesised task has no variable ${name} that is known before the deployment`);
    }
    return text;
  };
  return { image: image ?? imageOf(own, parameters), variables: Object.fromEntries(NAMES.map((name) => [name, value(name)])) as ReleaseVariables };
}

function imageOf(image: unknown, parameters: PseudoParameters): string {
  const text = textOf(image, parameters);
  if (text === undefined) {
    throw new InvalidValue('the image of the synthesised task is known only to the deployment; name it with --image');
  }
  return text;
}

/** The logical id of the task definition that the output refers to. Its value is JSON, put together of texts and references. */
function taskDefinitionIn(value: any): string {
  const parts = (value['Fn::Join'][1] as unknown[]).map((it) => typeof it === 'string' ? it : JSON.stringify(JSON.stringify(it)).slice(1, -1));
  const { taskDefinition } = JSON.parse(parts.join('')) as MigrationTaskOutput;
  return (JSON.parse(taskDefinition) as { Ref: string }).Ref;
}
