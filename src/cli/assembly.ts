import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidValue } from '../private/invalid';

/** A template, as far as a command looks at it. */
export interface SynthesisedTemplate {
  readonly Resources: { readonly [logicalId: string]: { readonly Type: string; readonly Properties?: any } };
  readonly Outputs?: { readonly [key: string]: { readonly Value: unknown } };
}

interface Manifest {
  readonly artifacts: {
    readonly [id: string]: {
      readonly type: string;
      readonly properties?: { readonly stackName?: string; readonly templateFile?: string; readonly directoryName?: string };
    };
  };
}

/** The template of a stack in what `cdk synth` wrote, stages included. */
export function templateIn(directory: string, stack: string): SynthesisedTemplate {
  const files = templateFiles(directory);
  const found = files.filter(({ name }) => name === stack);
  if (found.length !== 1) {
    throw new InvalidValue(`${directory} has ${found.length === 0 ? 'no' : 'more than one'} stack named ${stack}; it has ${files.map(({ name }) => name).join(', ') || 'none'}`);
  }
  return JSON.parse(readFileSync(found[0].file, 'utf8')) as SynthesisedTemplate;
}

function templateFiles(directory: string): { name: string; file: string }[] {
  const manifest = join(directory, 'manifest.json');
  if (!existsSync(manifest)) {
    throw new InvalidValue(`${directory} is no cloud assembly: it has no manifest.json; run cdk synth first`);
  }
  const { artifacts } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  return Object.entries(artifacts).flatMap(([id, { type, properties = {} }]) => {
    switch (type) {
      case 'aws:cloudformation:stack': return [{ name: properties.stackName ?? id, file: join(directory, properties.templateFile!) }];
      case 'cdk:cloud-assembly': return templateFiles(join(directory, properties.directoryName!));
      default: return [];
    }
  });
}
