import * as fs from 'fs';
import * as path from 'path';
import { App, CfnResource, Intrinsic, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { definitionOf, type TemplateResource } from './synthesised-templates';

/** A class of L1 constructs, which knows how to read its properties from a template. */
interface L1Class {
  _fromCloudFormation(scope: Construct, id: string, resource: TemplateResource, options: { parser: object }): CfnResource;
}

/**
 * Resources of templates as L1 constructs, as the rules of cdk-nag want them, in a stack that is never synthesised.
 *
 * This is what `CfnInclude` does, without what takes most of its time: it reads each template as YAML.
 */
export class TypedResources {
  /** The name of the class of a type: `aws-cdk-lib/aws-s3.CfnBucket`. */
  public static className(type: string): string | undefined {
    return classNames()[type];
  }

  /** Whether a rule has looked at another resource than its own. */
  public lookedAround = false;
  private readonly stack: Stack;
  /** By logical id and definition: many a resource is the same in all environments. */
  private readonly made = new Map<string, CfnResource | Error>();

  constructor(outdir: string) {
    // In its place nothing may be written when the process ends.
    const app = new App({ autoSynth: false, analyticsReporting: false, treeMetadata: false, outdir });
    this.stack = new Stack(app, 'Checked');
    this.stack.node.findAll = () => {
      this.lookedAround = true;
      return this.present();
    };
  }

  /** The resources of the template that is looked at. */
  public present: () => CfnResource[] = () => [];

  /**
   * The resource, if its class or type is among these, or if there are none.
   *
   * Throws for one that its class does not accept: without a property that must be there, or with an odd one.
   */
  public of(logicalId: string, resource: TemplateResource, wanted?: ReadonlySet<string>): CfnResource | undefined {
    if (wanted && !wanted.has(resource.Type) && !wanted.has(classNames()[resource.Type])) {
      return undefined;
    }
    const key = `${logicalId} ${definitionOf(resource)}`;
    const made = this.made.get(key) ?? this.attempt(logicalId, resource);
    this.made.set(key, made);
    if (made instanceof Error) {
      throw made;
    }
    return made;
  }

  /** A resource that stands for any, before there are templates. */
  public any(): CfnResource {
    return new CfnResource(this.stack, 'Any', { type: 'AWS::CloudFormation::WaitConditionHandle' });
  }

  private attempt(logicalId: string, resource: TemplateResource): CfnResource | Error {
    // The AWS CDK takes a stack trace for each, which nobody reads.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      const scope = new Construct(this.stack, `${this.made.size}`);
      const made = this.make(scope, logicalId, resource);
      made.overrideLogicalId(logicalId);
      return made;
    } catch (error) {
      return error as Error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  private make(scope: Construct, logicalId: string, resource: TemplateResource): CfnResource {
    const name = classNames()[resource.Type];
    return name === undefined
      ? new CfnResource(scope, logicalId, { type: resource.Type, properties: tokenised(resource.Properties) })
      : classOf(name)._fromCloudFormation(scope, logicalId, resource, { parser: PARSER });
  }
}

/** Intrinsic functions become tokens, as in `CfnInclude`; conditions are decided by now, and attributes are no matter of the rules. */
const PARSER = { parseValue: tokenised, handleAttributes: () => undefined };

function tokenised(value: any): any {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(tokenised);
  }
  const names = Object.keys(value);
  return names.length === 1 && /^(Ref|Fn::.+)$/.test(names[0])
    ? new Intrinsic(value)
    : Object.fromEntries(names.map((name) => [name, tokenised(value[name])]));
}

const classes = new Map<string, L1Class>();

/** The class of a name: `aws-cdk-lib/aws-s3.CfnBucket`. To find a module takes Node.js longer than to make a resource. */
function classOf(name: string): L1Class {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const known = classes.get(name) ?? require(name.slice(0, name.lastIndexOf('.')))[name.slice(name.lastIndexOf('.') + 1)] as L1Class;
  classes.set(name, known);
  return known;
}

let names: { [type: string]: string } | undefined;

/** The table by which `CfnInclude` finds classes. */
function classNames(): { [type: string]: string } {
  names ??= JSON.parse(fs.readFileSync(tableOfClasses(), 'utf8')) as { [type: string]: string };
  return names;
}

function tableOfClasses(): string {
  return path.join(path.dirname(require.resolve('aws-cdk-lib/cloudformation-include')), 'cfn-types-2-classes.json');
}
