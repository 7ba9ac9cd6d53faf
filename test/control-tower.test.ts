import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import * as ts from 'typescript';
import { stackOf } from './support';
import { together } from './support/scenes';

/*
 * docs/control-tower.md says which proactive controls of AWS Control Tower do not accept what this package defines. These
 * are the same questions, in our own words, put to a stack in PROD; the page says how to put the original ones.
 */

const PAGE = readFileSync(join(__dirname, '../docs/control-tower.md'), 'utf8');

/** The type that a control looks at, and whether it accepts such a resource. */
const CONTROLS: { readonly [control: string]: [type: string, accepts: (properties: any) => boolean] } = {
  'CT.CLOUDWATCH.PR.1': ['AWS::CloudWatch::Alarm', ({ AlarmActions = [] }) => AlarmActions.length > 0],
  'CT.ECS.PR.2': ['AWS::ECS::Cluster', ({ ClusterSettings = [] }) => ClusterSettings.some(({ Name, Value }: any) => Name === 'containerInsights' && Value === 'enabled')],
  'CT.ECS.PR.3': ['AWS::ECS::TaskDefinition', ({ ContainerDefinitions }) => ContainerDefinitions.every(({ User }: any) => User && !/^(0|root)(:|$)/.test(User))],
  'CT.ECS.PR.7': ['AWS::ECS::TaskDefinition', ({ ContainerDefinitions }) => ContainerDefinitions.every(({ Memory }: any) => Memory >= 4)],
  'CT.KMS.PR.3': ['AWS::KMS::Key', ({ KeyPolicy }) => KeyPolicy.Statement.some(({ Effect, Action, Principal, Condition }: any) => Effect === 'Deny'
    && Action === 'kms:CreateGrant' && Principal.AWS === '*' && Object.keys(Condition).join() === 'BoolIfExists'
    && Object.entries(Condition.BoolIfExists).sort().join() === 'aws:PrincipalIsAWSService,false,kms:GrantIsForAWSResource,false')],
  'CT.LAMBDA.PR.3': ['AWS::Lambda::Function', ({ VpcConfig }) => VpcConfig?.SubnetIds.length > 0],
  'CT.RDS.PR.14': ['AWS::RDS::DBInstance', ({ EnableCloudwatchLogsExports: logs = [] }) => [...logs].sort().join() === 'postgresql,upgrade'],
  'CT.S3.PR.4': ['AWS::S3::Bucket', ({ NotificationConfiguration }) => NotificationConfiguration?.EventBridgeConfiguration?.EventBridgeEnabled === true],
  'CT.S3.PR.9': ['AWS::S3::Bucket', ({ ObjectLockEnabled }) => ObjectLockEnabled === true],
  'CT.S3.PR.10': ['AWS::S3::Bucket', ({ BucketEncryption: { ServerSideEncryptionConfiguration: rules } }) =>
    rules.every(({ ServerSideEncryptionByDefault: rule }: any) => rule.SSEAlgorithm === 'aws:kms')],
  'CT.SQS.PR.1': ['AWS::SQS::Queue', ({ RedrivePolicy, RedriveAllowPolicy }) => RedrivePolicy?.deadLetterTargetArn !== undefined
    || ['allowAll', 'byQueue'].includes(RedriveAllowPolicy?.redrivePermission)],
};

/** What each control does not accept, by logical id. */
function refusedIn(template: Template): { [control: string]: string[] } {
  const refused = Object.entries(CONTROLS).map(([control, [type, accepts]]): [string, string[]] => {
    const resources = Object.entries(template.findResources(type));
    expect(resources.length).toBeGreaterThan(0);
    return [control, resources.filter(([, { Properties }]) => !accepts(Properties)).map(([id]) => id)];
  });
  return Object.fromEntries(refused.filter(([, ids]) => ids.length > 0));
}

/** The Aspect of the page, as a team would copy it. */
function aspectOfThePage(): (scope: IConstruct, topic: sns.ITopic) => void {
  const [, source] = /```ts\n([^]*?)```/.exec(PAGE)!;
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const exported: any = {};
  new Function('require', 'exports', outputText)(createRequire(__filename), exported);
  return exported.meetControlTower;
}

/** What is not accepted of all constructs together, in PROD. */
function refusedWith(change: (stack: Stack) => void = () => {}): { [control: string]: string[] } {
  const stack = stackOf();
  together(stack);
  change(stack);
  return refusedIn(Template.fromStack(stack));
}

const REFUSED = refusedWith();

const UNMET = [...PAGE.matchAll(/^\| (CT\.\S+) \|.*leave the control off.*\|$/gm)].map(([, control]) => control);

test('the page names each control that refuses something, and no other', () => {
  const named = [...PAGE.matchAll(/^\| (CT\.\S+) \|/gm)].map(([, control]) => control);

  expect(Object.keys(REFUSED)).toEqual(named);
});

test('the controls that were met are named as such', () => {
  const named = [...PAGE.matchAll(/^- (CT\.\S+):/gm)].map(([, control]) => control);

  expect(Object.keys(CONTROLS).filter((it) => !(it in REFUSED))).toEqual(named);
});

test('with the Aspect of the page those are left that no template of ours can meet', () => {
  const refused = refusedWith((stack) => aspectOfThePage()(stack, new sns.Topic(stack, 'Hook')));

  expect(Object.keys(refused)).toEqual(UNMET);
});

test.each([
  ['CT.S3.PR.10', /AccessLogs/], ['CT.S3.PR.4', /AccessLogs/], ['CT.CLOUDWATCH.PR.1', /RollbackAlarms/], ['CT.LAMBDA.PR.3', /^Custom|MigrationsFunction|^BackupsCheckFunction/],
])('%s refuses nothing but what the page says', (control, named) => {
  expect(REFUSED[control].filter((id) => !named.test(id))).toEqual([]);
});
