import { isDefinedHere, type SynthesisedTemplate, type TemplateBody, type TemplateResource, textOf } from './synthesised-templates';

/** A part of a template whose content is only known at deployment, so that no rule sees it. */
export interface NotChecked {
  /** The resource; undefined for the template as a whole. */
  readonly logicalId?: string;
  /** `nested stack of a template that is not part of this app`. */
  readonly what: string;
  /** Why it is accepted, for what this package itself needs. */
  readonly reason?: string;
}

/** What the checks cannot see of a template. */
export function notChecked(template: SynthesisedTemplate): NotChecked[] {
  const { body } = template;
  return [
    ...transformsOf(body).map((what) => ({ what })),
    ...Object.entries(body.Resources ?? {}).flatMap(([logicalId, resource]) => {
      const what = isDefinedHere(template, logicalId) ? undefined : hidden(logicalId, resource);
      return what === undefined ? [] : [{ logicalId, what, reason: ownReason(resource, body) }];
    }),
  ];
}

/** SAM changes only its own resources, which are listed one by one; so do the language extensions with their loops. */
const HARMLESS = /^AWS::(Serverless-2016-10-31|LanguageExtensions)$/;

function transformsOf(body: TemplateBody): string[] {
  const names = [body.Transform ?? []].flat().map((it) => typeof it === 'string' ? it : it?.Name ?? JSON.stringify(it));
  return [
    ...names.filter((it) => !HARMLESS.test(it)).map((it) => `what the transform ${it} makes of the template`),
    ...'Fn::Transform' in body ? ['what Fn::Transform adds to the template'] : [],
  ];
}

/** Types that define resources elsewhere, and what of them is hidden. */
const HIDING: [type: RegExp, what: string][] = [
  [/^AWS::CloudFormation::Stack$/, 'a nested stack whose template is not part of this app'],
  [/^AWS::CloudFormation::StackSet$/, 'the template of a stack set'],
  [/^AWS::ServiceCatalog::CloudFormationProvisionedProduct$/, 'the template of a product of Service Catalog'],
  [/^AWS::Serverless::/, 'what AWS SAM makes of the resource'],
  [/::MODULE$/, 'the resources of a module of the CloudFormation registry'],
];

function hidden(logicalId: string, resource: TemplateResource): string | undefined {
  const has = (name: string) => logicalId.startsWith(name) || textOf(resource).includes(`"${name}`);
  return HIDING.find(([type]) => type.test(resource.Type))?.[1]
    ?? (has('Fn::ForEach') ? 'the resources or values of Fn::ForEach' : undefined)
    ?? (has('Fn::Transform') ? 'what Fn::Transform makes of it' : undefined);
}

/** The applications by which AWS rotates secrets, in all partitions: `SecretRotationApplication` of the AWS CDK names the accounts. */
const ROTATION = new RegExp('^arn:(aws:serverlessrepo:us-east-1:297356227824|aws-cn:serverlessrepo:cn-north-1:193023089310'
  + '|aws-us-gov:serverlessrepo:us-gov-west-1:023102451235):applications/SecretsManager\\w+$');

function ownReason({ Type: type, Properties: properties }: TemplateResource, { Mappings: mappings = {} }: TemplateBody): string | undefined {
  if (type !== 'AWS::Serverless::Application') {
    return undefined;
  }
  const { ApplicationId: id, SemanticVersion: version } = properties?.Location ?? {};
  const ids = valuesOf(id, mappings);
  return ids.length > 0 && ids.every((it) => typeof it === 'string' && ROTATION.test(it))
    && valuesOf(version, mappings).every((it) => typeof it === 'string')
    ? 'AWS itself publishes this application, which rotates secrets; its version is fixed in the template.' : undefined;
}

/** The value; all that it may be if it is looked up by the partition. */
function valuesOf(value: any, mappings: { readonly [name: string]: any }): any[] {
  const [name, , key] = value?.['Fn::FindInMap'] ?? [];
  return name === undefined ? [value] : Object.values<any>(mappings[name] ?? {}).map((it) => it?.[key]);
}
