import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Tier } from '../../src/environment/tier';

/** A resource as the synthesised template has it. */
export interface Deployed {
  readonly id: string;
  readonly type: string;
  readonly properties: { readonly [name: string]: any };
  readonly deletionPolicy?: string;
}

/** Where something is acknowledged, and what the template says there. */
export class Place {
  constructor(public readonly construct: IConstruct, public readonly rule: string, public readonly reason: string, public readonly tier: Tier, private readonly templates: Templates) {}

  /** Resources of this type at the construct, or below it. */
  public below(type: string, construct = this.construct): Deployed[] {
    const nodes = construct.node.findAll().filter((it): it is CfnResource => CfnResource.isCfnResource(it));
    const ids = new Set(nodes.map((it) => Stack.of(it).resolve(it.logicalId)));
    return this.all(type).filter(({ id }) => ids.has(id));
  }

  /** Resources of this type so many constructs further up. */
  public around(levels: number, type: string): Deployed[] {
    return this.below(type, this.construct.node.scopes.reverse()[levels]);
  }

  /** Resources of this type in the whole template. */
  public all(type: string): Deployed[] {
    return this.templates.of(Stack.of(this.construct)).filter((it) => it.type === type);
  }

  /** What the policies of a role allow. */
  public get statements(): any[] {
    return this.below('AWS::IAM::Policy').flatMap(({ properties }) => properties.PolicyDocument.Statement);
  }

  /** The actions that it allows with all resources that there are. */
  public get actionsOnAnything(): string[] {
    return this.statements.filter(({ Resource }) => [Resource].flat().includes('*')).flatMap(({ Action }) => Action);
  }
}

/** The resources of each stack, read once from what was synthesised. */
class Templates {
  private readonly known = new Map<Stack, Deployed[]>();

  constructor(private readonly directory: string) {}

  public of(stack: Stack): Deployed[] {
    const resources = this.known.get(stack) ?? this.read(stack);
    this.known.set(stack, resources);
    return resources;
  }

  private read(stack: Stack): Deployed[] {
    const directory = join(this.directory, stack.node.scopes.length > 2 && !stack.nestedStackParent ? `assembly-${stack.node.scopes[1].node.id}` : '');
    const { Resources: resources } = JSON.parse(readFileSync(join(directory, stack.templateFile), 'utf8'));
    return Object.entries<any>(resources).map(([id, it]) => ({ id, type: it.Type, properties: it.Properties ?? {}, deletionPolicy: it.DeletionPolicy }));
  }
}

/** Everything that is acknowledged in an app, with the template around it. */
export function acknowledgedIn(app: App, tier: Tier): Place[] {
  const templates = new Templates(app.synth().directory);
  return app.node.findAll().flatMap((construct) => construct.node.metadata
    .filter(({ type, data }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY && data)
    .flatMap(({ data }) => Object.entries<string>(data))
    .map(([rule, reason]) => new Place(construct, rule, reason, tier, templates)));
}
