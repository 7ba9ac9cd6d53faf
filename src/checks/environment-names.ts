import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Tier } from '../environment/tier';

/** Where something stands in its environment: at the same place in dev as in prod. */
export interface Placed {
  /** The path of the stage; undefined outside of any. */
  readonly environment?: string;
  /** The path below it: `Shop/Api/Service`. */
  readonly path: string;
}

/** Splits a path into the environment, which is the stage, and the rest. The scope is the construct, or what holds the resource. */
export function placed(scope: IConstruct, path: string): Placed {
  const environment = Stage.of(scope)?.node.path || undefined;
  const rest = environment && path.startsWith(`${environment}/`) ? path.slice(environment.length + 1) : path;
  return { environment, path: rest.split('/').map((it) => it.replace(TIER, '-<Tier>')).join('/') };
}

/** An id of a construct that a tier has for itself: `Platform-prod`. */
const TIER = new RegExp(`-(${[Tier.DEV, Tier.STAGING, Tier.PROD].map(({ name }) => name).join('|')})$`);

/**
 * The rule without names that differ by environment: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::<Stage>Shop*]`.
 *
 * Partition, region and account of the stack become pseudo parameters. Names that begin with the stage's, as those
 * do that the AWS CDK makes, lose it, and the hash at their end.
 */
export function anywhere(scope: IConstruct, rule: string): string {
  const bracket = rule.indexOf('[');
  return bracket < 0 ? rule : rule.slice(0, bracket)
    + replacements(scope).reduce((text, [name, by]) => text.replace(name, by), rule.slice(bracket));
}

type Replacement = [name: RegExp, by: (found: string) => string];

function replacements(scope: IConstruct): Replacement[] {
  const stack = scope.node.scopes.reverse().find(Stack.isStack) as Stack | undefined;
  const stage = Stage.of(scope)?.node.path.replace(/[^A-Za-z0-9]/g, '');
  return [
    [/arn:aws[\w-]*:/g, () => 'arn:<AWS::Partition>:'],
    ...literal(stack?.account, '<AWS::AccountId>'),
    ...literal(stack?.region, '<AWS::Region>'),
    ...stage ? [[new RegExp(`(?<![A-Za-z0-9])${stage}[\\w-]*`, 'gi'), (it) => withoutStage(it, stage)] as Replacement] : [],
  ];
}

function literal(value: string | undefined, parameter: string): Replacement[] {
  return value === undefined || Token.isUnresolved(value) ? [] : [[new RegExp(`(?<![\\w-])${value}(?![\\w-])`, 'g'), () => parameter]];
}

function withoutStage(name: string, stage: string): string {
  return `<Stage>${name.slice(stage.length).replace(/-?[0-9a-f]{8}(-?)$/i, '$1')}`;
}
