import * as fs from 'fs';
import * as path from 'path';
import { type CfnResource, type PolicyValidationStack, Stack } from 'aws-cdk-lib';
import { outermost } from '../private/outermost';

/** A resource as a synthesised template has it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: any };
}

/** The resources of one template, by logical id. */
export interface TemplateResources {
  readonly [logicalId: string]: TemplateResource;
}

/** The templates of stacks and of the stacks nested in them, each read once. */
export class SynthesisedTemplates {
  /** Where a stack's template lies, by the stack's path. A nested stack's lies beside it. */
  private readonly directories: ReadonlyMap<string, string>;
  private readonly known = new Map<Stack, TemplateResources>();

  constructor(stacks: readonly Pick<PolicyValidationStack, 'stackConstructPath' | 'templatePath'>[]) {
    this.directories = new Map(stacks.map((it) => [it.stackConstructPath, path.dirname(it.templatePath)]));
  }

  /** All resources beside this one, and itself. */
  public around(node: CfnResource): TemplateResources {
    const stack = Stack.of(node);
    const resources = this.known.get(stack) ?? this.read(stack);
    this.known.set(stack, resources);
    return resources;
  }

  private read(stack: Stack): TemplateResources {
    const directory = this.directories.get(outermost(stack).node.path);
    if (directory === undefined) {
      throw new Error(`no template of the stack '${stack.node.path}'`);
    }
    return JSON.parse(fs.readFileSync(path.join(directory, stack.templateFile), 'utf8')).Resources ?? {};
  }
}
