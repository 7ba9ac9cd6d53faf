import * as fs from 'fs';
import * as path from 'path';
import { CfnResource, NestedStack, type PolicyValidationStack, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A resource as a synthesised template has it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: any };
  readonly Condition?: string;
  readonly Metadata?: object;
}

/** A resource as text, which is made once. */
export function textOf(resource: TemplateResource): string {
  const known = texts.get(resource) ?? JSON.stringify(resource);
  texts.set(resource, known);
  return known;
}

const texts = new WeakMap<TemplateResource, string>();

/** What of a resource decides about it. Its metadata, such as the path of its construct, differs in each environment. */
export function definitionOf({ Metadata, ...definition }: TemplateResource): string {
  return JSON.stringify(definition);
}

/** The resources of one template, by logical id. */
export interface TemplateResources {
  readonly [logicalId: string]: TemplateResource;
}

/** What is read of a template. */
export interface TemplateBody {
  readonly Transform?: any;
  readonly Mappings?: { readonly [name: string]: any };
  readonly Conditions?: { readonly [name: string]: any };
  readonly Resources?: TemplateResources;
  readonly Outputs?: { readonly [name: string]: any };
}

/** A template that is deployed, and the constructs that its resources stand for. */
export interface SynthesisedTemplate {
  /** The stack; the scope of the checks for a template that no stack stands for. */
  readonly scope: IConstruct;
  /** The path of the stack. */
  readonly path: string;
  readonly body: TemplateBody;
  /** By logical id. A resource that was put into the template later has none. */
  readonly constructs: ReadonlyMap<string, CfnResource>;
}

/** A stack, as the AWS CDK hands it to a validation. */
export type SynthesisedStack = Pick<PolicyValidationStack, 'stackConstructPath' | 'templatePath'>;

/**
 * The templates of these stacks, and of the stacks that are nested in them, as they lie in the assembly.
 *
 * A nested stack is followed as long as its parent's template says that it is the one that was defined there.
 */
export function synthesisedTemplates(root: IConstruct, stacks: readonly SynthesisedStack[]): SynthesisedTemplate[] {
  const resources = resourcesByStack(root);
  const defined = new Map([...resources.keys()].map((stack) => [stack.node.path, stack]));
  const read = (file: string, stackPath: string, stack: Stack | undefined): SynthesisedTemplate[] => {
    const constructs = stack ? resources.get(stack)! : new Map<string, CfnResource>();
    const template = { scope: stack ?? root, path: stackPath, body: JSON.parse(fs.readFileSync(file, 'utf8')), constructs };
    return [template, ...nestedIn(template, [...resources.keys()])
      .flatMap((nested) => read(path.join(path.dirname(file), nested.templateFile), nested.node.path, nested))];
  };
  return stacks.flatMap((it) => read(it.templatePath, it.stackConstructPath, defined.get(it.stackConstructPath)));
}

/** Whether the template names the nested stack that was defined for the resource, and not another one in its place. */
export function isDefinedHere(template: SynthesisedTemplate, logicalId: string): boolean {
  const resource = template.constructs.get(logicalId);
  const { Type: type, Properties: properties } = template.body.Resources![logicalId];
  const url = (resource as CfnResource & { readonly templateUrl?: string } | undefined)?.templateUrl;
  return type === 'AWS::CloudFormation::Stack' && url !== undefined
    && nestedStackOf(resource!) !== undefined
    && JSON.stringify(Stack.of(resource!).resolve(url)) === JSON.stringify(properties?.TemplateURL);
}

function nestedIn(template: SynthesisedTemplate, stacks: Stack[]): Stack[] {
  const named = Object.keys(template.body.Resources ?? {}).filter((it) => isDefinedHere(template, it))
    .map((it) => template.constructs.get(it));
  return stacks.filter(({ nestedStackResource }) => nestedStackResource && named.includes(nestedStackResource as CfnResource));
}

/** The nested stack stands beside the construct that holds its resource. */
function nestedStackOf(resource: CfnResource): NestedStack | undefined {
  const beside = resource.node.scope?.node.scope?.node.children ?? [];
  return beside.find((it): it is NestedStack => NestedStack.isNestedStack(it) && it.nestedStackResource === resource);
}

/** All resources of a tree by stack and logical id; a stack without any is there as well. */
function resourcesByStack(root: IConstruct): Map<Stack, Map<string, CfnResource>> {
  const stacks = new Map<Stack, Map<string, CfnResource>>();
  root.node.findAll().forEach((construct) => {
    if (Stack.isStack(construct)) {
      stacks.set(construct, new Map());
    } else if (CfnResource.isCfnResource(construct)) {
      const stack = Stack.of(construct);
      stacks.get(stack)!.set(stack.resolve(construct.logicalId), construct);
    }
  });
  return stacks;
}
